"""What people do about discrepancies. Resolved lines become events; each act is in the journal."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from pool_module.contracts import operations as contracts
from pool_module.contracts import queries as contract_queries
from pool_module.incoming.errors import DiscrepancyMoved
from pool_module.incoming.formats.numbers import normalise_agency
from pool_module.incoming.operations import journal, registers, waiting
from pool_module.incoming.operations.registers import Registers
from pool_module.incoming.queries import discrepancies as queries
from pool_module.incoming.rules.clawbacks import CLAWBACK_CAUSES
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import Days, overwrite, stretch
from shared.models.contracts import Contract
from shared.models.hierarchy import Producer
from shared.models.incoming import AgencyNumber
from shared.vocabulary import DiscrepancyCause

ACCEPTABLE: Final = CLAWBACK_CAUSES | {
    DiscrepancyCause.BOOKED_TWICE,
    DiscrepancyCause.CONTRACT_CONVERTED,
    DiscrepancyCause.RATE_DIFFERS,
    DiscrepancyCause.AMOUNT_NOT_BASE_TIMES_RATE,
    DiscrepancyCause.AGREEMENT_MISSING,
}
ASSIGNABLE: Final = frozenset(
    {DiscrepancyCause.CONTRACT_NOT_FOUND, DiscrepancyCause.CONTRACT_AMBIGUOUS}
)
_WHOLE_TIME: Final = stretch(None, None)


def map_agency_number(
    session: Session,
    actor: Actor,
    insurer_code: str,
    number: str,
    producer: Producer,
    *,
    today: date,
    valid: Days = _WHOLE_TIME,
) -> Counter[str]:
    """Say whom an insurer means by a number; everything that waited for it is settled.

    Args:
        session: the transaction.
        actor: who says it.
        insurer_code: the insurer.
        number: as he writes it.
        producer: whom he means.
        today: the pool's day.
        valid: the days [from, to) he means him.

    Returns:
        How many contracts got their producer (``contracts``), and lines which outcome.
    """
    insurer_id = registers.load(session, actor, insurer_code).insurer_id
    key = normalise_agency(number)
    subject = {"insurer_id": insurer_id, "number_key": key}
    overwrite(
        session, AgencyNumber, subject, valid, [{"number": number, "producer_id": producer.id}]
    )
    known = registers.load(session, actor, insurer_code)
    counts = Counter(contracts=waiting.give_contracts(session, actor, known, key, today))
    counts += waiting.lines_again(session, actor, known, DiscrepancyCause.PRODUCER_UNKNOWN, today)
    mapped = "producer", producer.id
    journal.note(
        session, actor, "agency_number.mapped", mapped, number=number, settled=dict(counts)
    )
    return counts


def accept(
    session: Session, actor: Actor, ids: Collection[int], *, today: date, reason: str = ""
) -> Counter[str]:
    """Take discrepancies upon oneself: the lines are booked as delivered.

    An accepted clawback stays evidence where our own clawback takes the money; see ``clawbacks``.

    Raises:
        DiscrepancyMoved: one is not open, or of a cause that can't be accepted.
    """
    found = _open(session, actor, ids, ACCEPTABLE)
    queries.close_discrepancies(session, actor, ids, "accepted")
    return _settle(session, actor, found, today, "accepted", reason=reason)


def reject(session: Session, actor: Actor, ids: Collection[int], *, reason: str = "") -> None:
    """Say that lines will not be booked, and stay as evidence; he has to deliver differently.

    Raises:
        DiscrepancyMoved: one is not open.
    """
    found = _open(session, actor, ids, frozenset(DiscrepancyCause))
    queries.close_discrepancies(session, actor, ids, "rejected")
    queries.reject_lines(session, actor, _line_ids(found))
    _note(session, actor, "discrepancy.rejected", found, Counter(), reason=reason)


def reopen(session: Session, actor: Actor, ids: Collection[int]) -> None:
    """Take back that lines stay as evidence: nothing was booked, so nothing has to be reversed.

    Raises:
        DiscrepancyMoved: one was not left as evidence.
    """
    found = queries.lock_discrepancies(session, actor, ids)
    for row in found:
        if row["resolution"] != "rejected":
            raise DiscrepancyMoved(row["id"])
    queries.reopen(session, actor, ids)
    _note(session, actor, "discrepancy.reopened", found, Counter())


def assign(
    session: Session, actor: Actor, ids: Collection[int], contract: Contract, *, today: date
) -> Counter[str]:
    """Say which contract lines mean whose number is unknown or not enough.

    Raises:
        DiscrepancyMoved: one is not open, or its contract is not in question.
    """
    found = _open(session, actor, ids, ASSIGNABLE)
    queries.point_lines(session, actor, _line_ids(found), contract.id)
    queries.close_discrepancies(session, actor, ids, "assigned")
    return _settle(session, actor, found, today, "assigned")


def record_cuts(
    session: Session,
    actor: Actor,
    ids: Collection[int],
    *,
    today: date,
    day: date | None = None,
    void: bool = False,
) -> Counter[str]:
    """Cancel the contracts of clawbacks that came without a cancellation; weigh them again.

    Args:
        session: the transaction.
        actor: who does it.
        ids: discrepancies ``clawback_without_cancellation``.
        today: the pool's day.
        day: the day the contract ended; default the line's own booking date.
        void: as if it had never been concluded.

    Raises:
        DiscrepancyMoved: one is not open, or of another cause.
    """
    cause = DiscrepancyCause.CLAWBACK_WITHOUT_CANCELLATION
    found = _open(session, actor, ids, frozenset({cause}))
    days: dict[int, date] = {}
    for row in found:
        own = day or row["booked_on"] or row["period_from"] or today
        days[row["contract_id"]] = min(own, days.get(row["contract_id"], own))
    for contract_id, on_day in days.items():
        contract = contract_queries.get_contract(session, actor, contract_id)
        contracts.cut(session, actor, contract, on_day, void=void, reason=cause.value)
        contract.state, contract.cancelled_on = "cancelled", on_day
    session.flush()
    counts: Counter[str] = Counter()
    for known in _registers(session, actor, found):
        for settled in waiting.clawbacks_again(session, actor, known, today):
            counts += settled
    _note(session, actor, "discrepancy.cut_recorded", found, counts)
    return counts


def recheck(session: Session, actor: Actor, insurer_code: str, *, today: date) -> Counter[str]:
    """Decide all waiting lines of an insurer again, after contracts, cuts or agreements changed."""
    counts: Counter[str] = Counter()
    known = registers.load(session, actor, insurer_code)
    for settled in waiting.again(session, actor, known, today):
        counts += settled
    if counts.total():
        subject = "insurer", known.insurer_id
        journal.note(session, actor, "discrepancies.rechecked", subject, settled=dict(counts))
    return counts


def _open(
    session: Session, actor: Actor, ids: Collection[int], causes: Collection[DiscrepancyCause]
) -> list[dict[str, Any]]:
    found = queries.lock_discrepancies(session, actor, ids)
    seen = {row["id"] for row in found}
    for missing in set(ids) - seen:
        raise DiscrepancyMoved(missing)
    for row in found:
        if row["state"] != "open" or row["cause"] not in causes:
            raise DiscrepancyMoved(row["id"])
    return found


def _line_ids(found: Sequence[dict[str, Any]]) -> list[int]:
    return [row["delivery_line_id"] for row in found if row["delivery_line_id"] is not None]


def _registers(session: Session, actor: Actor, found: Sequence[dict[str, Any]]) -> list[Registers]:
    insurers = sorted({row["insurer_id"] for row in found})
    return [registers.load_by_id(session, actor, insurer_id) for insurer_id in insurers]


def _settle(
    session: Session,
    actor: Actor,
    found: Sequence[dict[str, Any]],
    today: date,
    resolution: str,
    **more: object,
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for known in _registers(session, actor, found):
        mine = [row for row in found if row["insurer_id"] == known.insurer_id]
        rows = queries.lines_of(session, actor, _line_ids(mine))
        if rows:
            counts += waiting.decide(session, actor, known, rows, today, resolution=resolution)
    _note(session, actor, f"discrepancy.{resolution}", found, counts, **more)
    return counts


def _note(
    session: Session,
    actor: Actor,
    action: str,
    found: Sequence[dict[str, Any]],
    counts: Counter[str],
    **more: object,
) -> None:
    """Write one line of the journal for each discrepancy: each is a thing of its own."""
    told = {name: value for name, value in more.items() if value}
    for row in found:
        subject = "discrepancy", row["id"]
        settled = dict(counts)
        journal.note(session, actor, action, subject, cause=row["cause"], settled=settled, **told)
