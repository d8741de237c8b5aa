"""What the pages of runs and statements show, each collected by one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pool_module.settlement import queries
from pool_module.settlement.engine import runs as engine
from pool_module.settlement.errors import StatementUnknown
from pool_module.settlement.operations import ordering
from pool_module.settlement.operations.runs import frame_of
from pool_module.settlement.queries import Progress, previewing, running, statements
from pool_module.settlement.queries import liability as liabilities
from pool_module.settlement.queries.liability import Outlook
from pool_module.settlement.queries.previewing import (
    Compared,
    Control,
    Deviation,
    Exceptional,
    Preview,
)
from pool_module.settlement.queries.running import Pace
from pool_module.settlement.queries.statements import Paper, StatementHead
from shared.actor import Actor
from shared.db import Session
from shared.errors import BehindTheWall
from shared.gates import Held, held
from shared.models.kit import AuditEntry
from shared.models.ledger import (
    Period,
    SettlementRun,
    StatementLine,
    StatementWithholding,
)
from shared.models.workplace import LongJob
from shared.periods import add_months
from shared.storage import open_stored
from shared.vocabulary import RunState

BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class RunNow:
    """How far a run is: what is asked for every two seconds.

    Attributes:
        job: what is ordered and not done: a calculation, or the close.
        files: files that came since the settlement before, their ``lines``, and of these the
            ``cases`` in discrepancy.
        statements: how many there are, and how many of them are ``issued``.
    """

    run: SettlementRun
    period: Period
    progress: Progress
    pace: Pace
    job: LongJob | None
    files: int
    lines: int
    cases: int
    statements: int
    issued: int

    @property
    def busy(self) -> bool:
        """Whether anything is at work on it."""
        return (
            self.job is not None
            or self.run.state == RunState.CALCULATING
            or self.issued < self.statements
        )


@dataclass(frozen=True)
class RunPage:
    """A run with all its page shows."""

    now: RunNow
    before: SettlementRun | None
    control: list[Control]
    files: Sequence[Mapping[Any, Any]]
    deviations: list[Deviation]
    previews: list[Preview]
    exceptions: list[Exceptional]
    holds: Mapping[int, list[Held]]
    news: dict[str, int]
    protocol: Sequence[AuditEntry]
    seen: str

    @property
    def stale(self) -> bool:
        """Whether a draft does not know what was recorded by now."""
        return bool(self.news)


@dataclass(frozen=True)
class StatementPage:
    """A statement with what stands beside its lines."""

    head: StatementHead
    corrections: Sequence[StatementLine]
    withholdings: Sequence[StatementWithholding]
    papers: list[Paper]
    outlooks: list[Outlook]
    holds: list[Held]


def next_period(session: Session, actor: Actor, today: date) -> tuple[SettlementRun | None, date]:
    """The live run, if there is one, and the last day of the period to settle next."""
    live = queries.find_live_run(session, actor)
    if live is not None:
        return live, live.through
    last = queries.find_last_closed(session, actor)
    first = last.through + timedelta(days=1) if last else today.replace(day=1)
    return None, add_months(first.replace(day=1), 1) - timedelta(days=1)


def ordered(session: Session, actor: Actor) -> LongJob | None:
    """The calculation that is ordered and not done."""
    return running.find_job(session, actor, (ordering.CALCULATION,))


def run_now(session: Session, actor: Actor, run_id: int) -> RunNow:
    """How far a run is.

    Raises:
        RunUnknown: the pool has none of this id.
    """
    run, period = running.get_known_run(session, actor, run_id)
    job = None
    if run.state in queries.LIVE:
        job = running.find_job(session, actor, (ordering.CLOSE,), run_id) or ordered(session, actor)
    counted = running.window_of(session, actor, *_window(session, run))
    stated = running.issued_of(session, actor, run_id)
    return RunNow(
        run,
        period,
        queries.progress_of(session, actor, run_id),
        running.pace_of(session, actor, run_id, run.known_at),
        job,
        *counted,
        *stated,
    )


def run_page(session: Session, actor: Actor, run_id: int) -> RunPage:
    """A run with its control sum, deviations, exceptions and protocol.

    Raises:
        RunUnknown: the pool has none of this id.
    """
    now = run_now(session, actor, run_id)
    run = now.run
    closed = run.state == RunState.CLOSED
    settled = closed or run.state in {RunState.CALCULATED, RunState.APPROVED}
    since, until = _window(session, run)
    before = _before(session, actor, run)
    if settled and not closed:
        engine.make_statements(session, frame_of(session, actor, run), run_id)
    return RunPage(
        now=now,
        before=before,
        control=previewing.control_of(session, actor, since, until),
        files=previewing.files_of(session, actor, since, until),
        deviations=previewing.deviations_of(session, actor, run_id, run.previous_id)
        if settled
        else [],
        previews=previewing.preview_of(session, actor, run_id, closed=closed) if settled else [],
        holds=held(session, actor, known_at=run.known_at, day=run.through),
        exceptions=previewing.exceptions_of(session, actor, run_id, run.through, closed=closed)
        if settled
        else [],
        news=previewing.news_since(session, actor, run.known_at, run.through)
        if settled and not closed
        else {},
        protocol=running.protocol_of(session, actor, run_id),
        seen=ordering.seen_of(run.known_at),
    )


def compared(
    session: Session, actor: Actor, run_id: int
) -> tuple[RunNow, SettlementRun | None, list[Compared], list[Deviation]]:
    """A run beside the one before: by line of business, and the payees that differ most.

    Raises:
        RunUnknown: the pool has none of this id.
    """
    now = run_now(session, actor, run_id)
    before = now.run.previous_id
    return (
        now,
        _before(session, actor, now.run),
        previewing.comparison_of(session, actor, run_id, before),
        previewing.deviations_of(session, actor, run_id, before, most=50),
    )


def statement_page(session: Session, actor: Actor, statement_id: int, day: date) -> StatementPage:
    """A statement with its corrections, withholdings, papers and its payee's liability.

    Raises:
        StatementUnknown: the pool has none of this id.
    """
    head = statements.get_statement(session, actor, statement_id)
    payee = head.statement.company_id
    outlooks = liabilities.outlook_of(session, actor, payee, day)
    run = queries.get_run(session, actor, head.statement.run_id)
    holds = (
        held(session, actor, company_ids=[payee], known_at=run.known_at, day=run.through)
        if head.statement.on_hold
        else {}
    )
    return StatementPage(
        head,
        statements.corrections_of(session, actor, statement_id),
        statements.withholdings_of(session, actor, statement_id),
        statements.papers_of(session, actor, statement_id),
        [o for o in outlooks if o.currency == head.statement.currency],
        holds.get(payee, []),
    )


def open_paper(
    session: Session, actor: Actor, root: Path, statement_id: int, kind: str
) -> tuple[Paper, bytes]:
    """A paper of a statement as it was issued, byte by byte.

    Raises:
        StatementUnknown: there is no such statement, or no such paper of it.
        BehindTheWall: it names customers of another organisation.
    """
    statements.get_statement(session, actor, statement_id)
    paper = next(
        (p for p in statements.papers_of(session, actor, statement_id) if p.kind == kind), None
    )
    if paper is None:
        raise StatementUnknown
    if not statements.is_open(session, actor, statement_id):
        raise BehindTheWall
    return paper, open_stored(root, actor.pool_id, paper.firm_id, paper.sha256)


def _before(session: Session, actor: Actor, run: SettlementRun) -> SettlementRun | None:
    if run.previous_id is None:
        return None
    return queries.get_run(session, actor, run.previous_id)


def _window(session: Session, run: SettlementRun) -> tuple[datetime, datetime]:
    """When the files of a run came: since the settlement before, up to now or its end."""
    ended = run.state in {RunState.CLOSED, RunState.DROPPED}
    until = run.known_at if ended else queries.now_of(session)
    return run.previous_known_at or BEGINNING, until
