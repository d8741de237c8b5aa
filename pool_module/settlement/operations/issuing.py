"""Issuing: a closed run's lines, and the papers of its statements, as jobs.

Closing puts one job, which writes the lines of all statements; that job puts those which make the
papers, some statements each. Everything here may run twice.
"""

from collections.abc import Sequence
from pathlib import Path

from pool_module.settlement import queries
from pool_module.settlement.engine import lines
from pool_module.settlement.engine.lines import Before
from pool_module.settlement.engine.pipeline import Frame
from pool_module.settlement.errors import LinesDiffer
from pool_module.settlement.operations.papers import WITH_ACTS, issue_act, issue_statement
from pool_module.settlement.queries import issuing
from shared import outbox
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import lock
from shared.models.ledger import SettlementRun
from shared.vocabulary import RunState

WRITE_LINES = "settlement.write_lines"
ISSUE_STATEMENTS = "settlement.issue_statements"
ISSUE_ACTS = "settlement.issue_acts"
WRITE_ITEMS = "payouts.write_statement_items"  # of the room above: what is due by its own terms
LINES_LOCK = 7004
MANY = 1000  # from here on a job makes many statements, so that the outbox is not flooded
BATCH, LARGE_BATCH = 10, 100  # ten are a second of typesetting


def order(session: Session, actor: Actor, run: SettlementRun) -> None:
    """Have a closed run's statements issued once the transaction that closes it stands."""
    assert run.pool_id == actor.pool_id
    for task in (WRITE_LINES, WRITE_ITEMS):
        outbox.put(session, task, {"run_id": run.id}, priority=_priority(run))


def write_lines(session: Session, actor: Actor, run_id: int) -> None:
    """Write the lines of a closed run's statements, check them, and order the papers.

    Raises:
        LinesDiffer: a statement is not the sum of its lines.
    """
    run = queries.get_run(session, actor, run_id)
    ensure_lines(session, actor, run)
    ids = issuing.statement_ids(session, actor, run_id)
    with_acts = issuing.statement_ids(session, actor, run_id, country=WITH_ACTS)
    for task, statements in ((ISSUE_STATEMENTS, ids), (ISSUE_ACTS, with_acts)):
        for batch in _batches(statements):
            arguments = {"statement_ids": list(batch)}
            outbox.put(session, task, arguments, priority=_priority(run))


def ensure_lines(session: Session, actor: Actor, run: SettlementRun) -> None:
    """Write the lines of a closed run's statements if they don't stand yet.

    Raises:
        LinesDiffer: a statement is not the sum of its lines.
    """
    assert run.state == RunState.CLOSED, run.state
    lock(session, LINES_LOCK)
    if not issuing.has_lines(session, actor, run.id):
        frame = Frame(
            pool_id=actor.pool_id,
            known_at=run.known_at,
            through=run.through,
            earlier=queries.closed_runs_before(session, actor, run.through),
        )
        before = None
        if run.previous_through and run.previous_known_at:
            before = Before(run.previous_through, run.previous_known_at)
        lines.write_lines(session, frame, run.id, before)
    unequal = issuing.find_unequal_statement(session, actor, run.id)
    if unequal is not None:
        raise LinesDiffer(unequal)


def issue_statements(session: Session, actor: Actor, root: Path, ids: Sequence[int]) -> None:
    """Issue statements as PDF and CSV; those that are issued stay as they are.

    One that can't be issued does not hold up the others: it goes on as a job of its own.

    Args:
        session: the transaction.
        actor: the worker.
        root: the folder of documents.
        ids: the statements.
    """
    _issue_each(session, actor, root, ids, ISSUE_STATEMENTS)


def issue_acts(session: Session, actor: Actor, root: Path, ids: Sequence[int]) -> None:
    """Issue the acts of services of statements; none where they come to nothing or less."""
    _issue_each(session, actor, root, ids, ISSUE_ACTS)


def _issue_each(session: Session, actor: Actor, root: Path, ids: Sequence[int], task: str) -> None:
    issue = issue_act if task == ISSUE_ACTS else issue_statement
    for statement_id in ids:
        try:
            with session.begin_nested():
                issue(session, actor, root, statement_id)
        except Exception:
            if len(ids) == 1:
                raise
            outbox.put(session, task, {"statement_ids": [statement_id]})


def _batches(ids: Sequence[int]) -> list[Sequence[int]]:
    size = LARGE_BATCH if len(ids) > MANY else BATCH
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _priority(run: SettlementRun) -> int:
    """The latest period first."""
    return run.through.toordinal()
