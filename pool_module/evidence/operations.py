"""Samples followed to where they come from, papers held against their hash, a period taken out."""

import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from pool_module.evidence import queries
from pool_module.evidence.errors import NumberUnknown
from pool_module.evidence.formats import Written, csv_pieces, index, readme
from pool_module.evidence.queries import Settled, tables
from pool_module.settlement.operations.why import why_line
from pool_module.settlement.queries.statements import Paper, get_statement, papers_of
from pool_module.settlement.rules.why import Why
from shared import audit
from shared.actor import Actor
from shared.db import Session
from shared.i18n import catalogue
from shared.models.contracts import Document
from shared.models.ledger import SettlementRun
from shared.storage import digest_now, open_stored, store_file

DRAWN: Final = 8
PERIOD, EXPORT = "period", "export"
Row = Mapping[Any, Any]
# how far an export is: tables done, and of how many; False: it shall stop
Told = Callable[[int, int], bool]


@dataclass(frozen=True)
class Room:
    """What an auditor begins with.

    Attributes:
        periods: the closed ones, the latest first.
        chosen: the one looked at; None where none is closed.
        lines: a sample of its lines.
        statements: some to verify by a click.
        exports: periods taken out before.
    """

    periods: list[Settled]
    chosen: Settled | None
    lines: Sequence[Row]
    statements: Sequence[Row]
    exports: Sequence[Row]


@dataclass(frozen=True)
class Sample:
    """A line with all it comes from.

    Attributes:
        why: its explanation: the row of the insurer's file, the rate, the steps.
        run: who calculated, approved and closed.
        rule: the version of the rate that applied; None where none did.
        papers: issued for its statement.
        number: of the statement.
    """

    why: Why
    run: SettlementRun
    rule: Row | None
    papers: list[Paper]
    number: str


@dataclass(frozen=True)
class Held:
    """A paper held against the hash it was issued with; ``found`` is None: the file is gone."""

    paper: Paper
    found: str | None

    @property
    def same(self) -> bool:
        """Whether it is byte for byte what was issued."""
        return self.found == self.paper.sha256


@dataclass(frozen=True)
class Verified:
    """A closed statement, looked at again.

    Attributes:
        number: of the statement.
        payee: whose.
        held: its papers.
        lines: how many lines it has.
        sums: whether its commission is the sum of its lines.
        adds_up: whether opening, movements and closing agree.
    """

    statement_id: int
    number: str
    payee: str
    held: list[Held]
    lines: int
    sums: bool
    adds_up: bool

    @property
    def unchanged(self) -> bool:
        """Whether everything is as it was issued."""
        return bool(self.held) and all(h.same for h in self.held) and self.sums and self.adds_up


def enter(session: Session, actor: Actor, *, run_id: int | None, seed: str, lines: bool) -> Room:
    """What an auditor begins with: of the latest closed period, or of another one.

    Args:
        session: the transaction.
        actor: who.
        run_id: of the period; None: the latest.
        seed: what the sample is drawn by.
        lines: whether he may see statements.

    Raises:
        NoSuchSample: there is no such period.
    """
    periods = queries.closed_periods(session, actor)
    chosen = queries.get_period(session, actor, run_id) if run_id else next(iter(periods), None)
    shown = chosen is not None and lines
    return Room(
        periods,
        chosen,
        queries.drawn(session, actor, chosen.run_id, seed, DRAWN) if shown and chosen else (),
        queries.latest_statements(session, actor, chosen.run_id) if shown and chosen else (),
        queries.exports(session, actor),
    )


def follow(session: Session, actor: Actor, statement_id: int, line_id: int, day: date) -> Sample:
    """Follow a line to the insurer's file, the version of the rate, and who approved.

    Raises:
        LineUnknown: it is not in reach.
    """
    found = why_line(session, actor, statement_id, line_id, day)
    head = get_statement(session, actor, statement_id)
    rule = queries.get_rule_version(session, actor, found.rule.id) if found.rule else None
    return Sample(
        found,
        queries.get_run(session, actor, head.statement.run_id),
        rule,
        papers_of(session, actor, statement_id),
        head.statement.number,
    )


def number_to_id(session: Session, actor: Actor, number: str) -> int:
    """The statement of a number as typed.

    Raises:
        NumberUnknown: there is none.
    """
    found = queries.find_statement(session, actor, number)
    if found is None:
        raise NumberUnknown(number)
    return found


def verify(session: Session, actor: Actor, root: Path, statement_id: int) -> Verified:
    """Hold a closed statement against what was issued: the bytes of its papers, its sums.

    Raises:
        StatementUnknown: the pool has none.
    """
    head = get_statement(session, actor, statement_id)
    sums = queries.get_sums(session, actor, statement_id)
    held = [
        Held(paper, digest_now(root, actor.pool_id, paper.firm_id, paper.sha256))
        for paper in papers_of(session, actor, statement_id)
    ]
    return Verified(
        statement_id=statement_id,
        number=head.statement.number,
        payee=head.payee.name,
        held=held,
        lines=sums["many"],
        sums=sums["entries"] == sums["lines"],
        adds_up=sums["adds_up"],
    )


def export_period(
    session: Session, actor: Actor, root: Path, run_id: int, told: Told
) -> Document | None:
    """Take a closed period out as one ZIP: a CSV per table, and what describes them.

    Args:
        session: the transaction.
        actor: for whom.
        root: the folder of documents.
        run_id: the run that closed the period.
        told: is told how far it is.

    Returns:
        The stored file; None: somebody stopped it.

    Raises:
        NoSuchSample: no such closed period.
    """
    run = queries.get_run(session, actor, run_id)
    period = queries.get_period(session, actor, run_id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "period.zip"
        if not _write(session, actor, (run, period), path, told):
            return None
        stored = store_file(root, actor.pool_id, None, path)
    document = Document(
        pool_id=actor.pool_id,
        subject=PERIOD,
        subject_id=period.period_id,
        kind=EXPORT,
        title=period.name,
        file_name=f"{period.name}-data.zip",
        media_type="application/zip",
        sha256=stored.sha256,
        size=stored.size,
    )
    session.add(document)
    session.flush()
    audit.write(session, "exported", PERIOD, period.period_id, new={"period": period.name})
    return document


def open_export(
    session: Session, actor: Actor, root: Path, document_id: int
) -> tuple[Document, bytes]:
    """A period that was taken out, as a file.

    Raises:
        NoSuchSample: there is none.
    """
    document = queries.get_export(session, actor, document_id)
    return document, open_stored(root, actor.pool_id, None, document.sha256)


def _write(
    session: Session, actor: Actor, of: tuple[SettlementRun, Settled], path: Path, told: Told
) -> bool:
    run, period = of
    name, language = queries.get_language(session, actor)
    say = catalogue(language).gettext
    wanted = tables.tables()
    written: list[Written] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, table in enumerate(wanted):
            if not told(number, len(wanted)):
                return False
            digest, many = sha256(), 0
            heads = ";".join(field.name for field in table.fields)
            with archive.open(table.file, "w", force_zip64=True) as file:
                head = f"{heads}\r\n".encode()
                file.write(head)
                digest.update(head)
                for piece, rows in csv_pieces(tables.rows_of(session, actor, table, run)):
                    file.write(piece)
                    digest.update(piece)
                    many += rows
            written.append(Written(table, many, digest.hexdigest()))
        meanings = [(table, say(table.meaning)) for table in wanted]
        archive.writestr("index.xml", index(name, period.name, meanings))
        lines = [(one, say(one.table.meaning)) for one in written]
        archive.writestr("README.txt", readme(_head(name, period, language), lines))
    return told(len(wanted), len(wanted))


def _head(name: str, period: Settled, language: str) -> list[str]:
    say = catalogue(language).gettext
    return [
        say("%(pool)s: data of %(period)s") % {"pool": name, "period": period.name},
        say("Calculated by %(first)s, approved by %(second)s, closed by %(third)s.")
        % {"first": period.calculated_by, "second": period.approved_by,
           "third": period.closed_by},
        say(
            "CSV in UTF-8, semicolons, point before decimals, days as YYYY-MM-DD. A text that "
            "begins like a formula has an apostrophe before it."
        ),
    ]  # fmt: skip


def check_period(session: Session, actor: Actor, run_id: int) -> None:
    """See that there is such a closed period, before work is ordered on it.

    Raises:
        NoSuchSample: there is none.
    """
    queries.get_run(session, actor, run_id)
