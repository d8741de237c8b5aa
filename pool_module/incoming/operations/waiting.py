"""Lines that wait are decided again: something may have changed that lets them be booked."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final

from pool_module.incoming.operations import booking
from pool_module.incoming.operations.registers import Registers
from pool_module.incoming.queries import contracts as contract_queries
from pool_module.incoming.queries import discrepancies as queries
from pool_module.incoming.queries import lines as line_queries
from pool_module.incoming.rules.clawbacks import CLAWBACK_CAUSES
from pool_module.incoming.rules.line import Outcome, Verdict
from shared.actor import Actor
from shared.db import Session
from shared.vocabulary import DiscrepancyCause

BATCH: Final = 1_000
# what a person must decide himself; nothing else that happens settles it
_PERSONAL: Final = frozenset({DiscrepancyCause.BOOKED_TWICE})


def again(session: Session, actor: Actor, known: Registers, today: date) -> Iterator[Counter[str]]:
    """Decide all that waits of an insurer again, a batch at a time; first whose contracts are."""
    for agency_key in queries.waiting_agencies(session, actor, known.insurer_id):
        if agency_key in known.agencies:
            given = give_contracts(session, actor, known, agency_key, today)
            yield Counter(contracts=given) if given else Counter()
    causes = frozenset(DiscrepancyCause) - CLAWBACK_CAUSES - _PERSONAL
    after = 0
    while rows := queries.waiting_lines(
        session, actor, known.insurer_id, causes, after=after, most=BATCH
    ):
        yield decide(session, actor, known, rows, today, resolution="settled")
        after = rows[-1]["discrepancy_id"]
    yield from clawbacks_again(session, actor, known, today)


def give_contracts(
    session: Session, actor: Actor, known: Registers, agency_key: str, today: date
) -> int:
    """Give contracts that named an agency number nobody knew to whom it means now."""
    given = 0
    while rows := queries.waiting_for_producer(session, actor, known.insurer_id, agency_key, BATCH):
        owned: list[dict[str, Any]] = []
        for row in rows:
            owner = known.owner_of(agency_key, row["begin_on"], today)
            if owner:
                owned.append({"id": row["id"], **owner._asdict()})
        if not owned:  # the number means nobody on these days
            return given
        queries.give_to_producer(session, actor, owned)
        contract_queries.give_shares(session, actor, owned)
        done = {row["id"] for row in owned}
        closed = [row["discrepancy_id"] for row in rows if row["id"] in done]
        queries.close_discrepancies(session, actor, closed, "mapped")
        given += len(owned)
    return given


def lines_again(
    session: Session,
    actor: Actor,
    known: Registers,
    cause: DiscrepancyCause,
    today: date,
) -> Counter[str]:
    """Decide the insurer's lines that wait for one cause again."""
    counts: Counter[str] = Counter()
    after = 0
    while rows := queries.waiting_lines(
        session, actor, known.insurer_id, {cause}, after=after, most=BATCH
    ):
        counts += decide(session, actor, known, rows, today, resolution="settled")
        after = rows[-1]["discrepancy_id"]
    return counts


def clawbacks_again(
    session: Session, actor: Actor, known: Registers, today: date
) -> Iterator[Counter[str]]:
    """Weigh all waiting clawbacks of an insurer again, whole contracts at a time."""
    after = 0
    while rows := queries.waiting_clawbacks(session, actor, known.insurer_id, after, BATCH):
        yield decide(session, actor, known, rows, today, resolution="settled")
        after = rows[-1]["contract_id"]


def decide(
    session: Session,
    actor: Actor,
    known: Registers,
    rows: Sequence[dict[str, Any]],
    today: date,
    *,
    resolution: str,
) -> Counter[str]:
    """Decide these lines again; gives how many left with which outcome.

    A discrepancy whose cause is gone is closed; another cause opens another.
    """
    lines = {row["source_key"]: booking.line_from(row) for row in rows}
    accepted: dict[str, Collection[str]] = {row["source_key"]: row["accepted"] for row in rows}
    verdicts = booking.book(
        session, actor, known, list(lines.values()), today=today, accepted=accepted
    )
    moved = [row for row in rows if _moves(row, verdicts[row["source_key"]])]
    _say_expected(session, actor, [row for row in rows if row not in moved], verdicts)
    if not moved:
        return Counter()
    closed = [row["discrepancy_id"] for row in moved if row["discrepancy_id"]]
    if closed:
        queries.close_discrepancies(session, actor, closed, resolution)
    written = [
        booking.row_of(lines[row["source_key"]], verdicts[row["source_key"]]) for row in moved
    ]
    line_queries.change_lines(session, actor, written)
    waiting = [row for row in written if row["outcome"] == Outcome.DISCREPANCY]
    if waiting:
        line_queries.add_discrepancies(session, actor, waiting)
    return Counter(row["outcome"] for row in written)


def _moves(row: dict[str, Any], verdict: Verdict) -> bool:
    """Whether a line's fate changes: its cause is another, or a person has closed it already."""
    return row["discrepancy_id"] is None or verdict.cause != row["cause"]


def _say_expected(
    session: Session,
    actor: Actor,
    rows: Sequence[dict[str, Any]],
    verdicts: dict[str, Verdict],
) -> None:
    """Show the figure expected now beside what waits still."""
    changed = [
        {
            "id": row["discrepancy_id"],
            "expected": verdict.expected,
            "contract_id": verdict.contract_id,
        }
        for row in rows
        if (verdict := verdicts[row["source_key"]]).expected != row["known_expected"]
    ]
    if changed:
        queries.say_expected(session, actor, changed)
