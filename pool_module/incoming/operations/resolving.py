"""Several discrepancies resolved by one decision; what somebody else was faster with is told.

All in one transaction: either the decision stands with everything it settles, or nothing of it.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from pool_module.contracts import queries as contract_queries
from pool_module.hierarchy import queries as hierarchy
from pool_module.incoming.errors import (
    DiscrepancyMoved,
    NoSuchContract,
    ProducerUnknown,
    ProductUnknown,
    ReasonNeeded,
    ResolvedAlready,
)
from pool_module.incoming.formats.numbers import normalise_number
from pool_module.incoming.operations import discrepancies, journal, products, registers, waiting
from pool_module.incoming.queries import agreements as agreement_queries
from pool_module.incoming.queries import cases, tasks
from pool_module.incoming.queries import discrepancies as queries
from pool_module.incoming.rules.fixes import Done, Fix, Moved, fixes_of
from pool_module.products import queries as product_queries
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import overwrite, stretch
from shared.models.contracts import Contract
from shared.models.products import Agreement
from shared.vocabulary import DiscrepancyCause

_SETTLED_BY_RATE: Final = (DiscrepancyCause.RATE_DIFFERS, DiscrepancyCause.AGREEMENT_MISSING)
_NEED_REASON: Final = frozenset({Fix.ACCEPT, Fix.LEAVE})
_CARRIED: Final = (
    "liability_months", "full_liability_months", "earning", "reserve_rate", "reserve_release",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person decides about discrepancies.

    Attributes:
        reason: why; asked for where a line is booked as delivered, or not booked.
        day: from when a rate holds; when a contract ended. None = as the lines say.
        rate: the rate agreed from then on. None = as the lines say.
        void: the contract counts as if never concluded.
        contract_id: what lines mean; or ``contract``, its number.
        producer: code of whom an agency number means.
        product: code of what a product's name means.
    """

    fix: Fix
    reason: str = ""
    day: date | None = None
    rate: Decimal | None = None
    void: bool = False
    contract_id: int | None = None
    contract: str = ""
    producer: str = ""
    product: str = ""


def resolve(
    session: Session, actor: Actor, ids: Collection[int], decision: Decision, *, today: date
) -> Done:
    """Resolve discrepancies by one decision.

    Args:
        session: the transaction.
        actor: who decides.
        ids: the discrepancies, of causes the decision fits.
        decision: what he decides.
        today: the pool's day.

    Raises:
        ResolvedAlready: not one of them is open any more.
        DiscrepancyMoved: one is of a cause the decision does not fit; nothing was done.
        NotKnownHere: the contract, producer or product named is not there; nothing was done.
        ReasonNeeded: it goes against what was agreed, and nobody says why.
    """
    done, open_ = _still_open(session, actor, ids)
    for row in open_:
        if decision.fix not in fixes_of(row["cause"]):
            raise DiscrepancyMoved(row["id"])
    if decision.fix in _NEED_REASON and not decision.reason:
        raise ReasonNeeded
    work = _Work(session, actor, open_, decision, today, done)
    done.outcomes += _FIXES[decision.fix](work)
    done.resolved = [row["id"] for row in open_]
    return done


def reopen(session: Session, actor: Actor, ids: Collection[int]) -> None:
    """Take back that lines were left as evidence."""
    discrepancies.reopen(session, actor, ids)


def note(session: Session, actor: Actor, case_id: int, text: str) -> None:
    """Write a note beside a discrepancy: into its journal, where nobody changes it.

    Raises:
        NoSuchCase: the pool has none of this id.
    """
    case = cases.get_case(session, actor, case_id)
    journal.note(session, actor, "discrepancy.noted", ("discrepancy", case["id"]), text=text)


def give_to(
    session: Session,
    actor: Actor,
    ids: Collection[int],
    *,
    assignee_id: int | None,
    title: str,
    due_on: date | None = None,
) -> int:
    """Give discrepancies to a colleague to do by a day; None takes them back. Gives how many.

    Raises:
        ResolvedAlready: not one of them is open any more.
    """
    _, open_ = _still_open(session, actor, ids)
    given = [row["id"] for row in open_]
    assert given
    tasks.close_tasks(session, actor, given)
    if assignee_id is not None:
        tasks.add_tasks(session, actor, given, assignee_id=assignee_id, due_on=due_on, title=title)
    due = due_on.isoformat() if due_on else None
    for case_id in given:
        subject = "discrepancy", case_id
        journal.note(session, actor, "discrepancy.given", subject, to=assignee_id, due=due)
    return len(given)


@dataclass
class _Work:
    """A decision about rows that are locked and open."""

    session: Session
    actor: Actor
    rows: Sequence[dict[str, Any]]
    decision: Decision
    today: date
    done: Done
    ids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids = [row["id"] for row in self.rows]

    def insurers(self) -> list[int]:
        """The insurers of the rows."""
        return sorted({row["insurer_id"] for row in self.rows})


def _still_open(
    session: Session, actor: Actor, ids: Collection[int]
) -> tuple[Done, list[dict[str, Any]]]:
    """Lock discrepancies; those resolved before are told apart."""
    found = queries.lock_discrepancies(session, actor, ids)
    for missing in set(ids) - {row["id"] for row in found}:
        raise DiscrepancyMoved(missing)
    gone = [row for row in found if row["state"] != "open"]
    if gone and len(gone) == len(found):
        raise ResolvedAlready(gone[0]["resolved_by"] or "", len(gone))
    moved = [Moved(row["id"], row["resolved_by"] or "", row["resolution"] or "") for row in gone]
    return Done(moved=moved), [row for row in found if row["state"] == "open"]


def _accept(work: _Work) -> Counter[str]:
    return discrepancies.accept(
        work.session, work.actor, work.ids, today=work.today, reason=work.decision.reason
    )


def _leave(work: _Work) -> Counter[str]:
    discrepancies.reject(work.session, work.actor, work.ids, reason=work.decision.reason)
    return Counter(rejected=len(work.ids))


def _cut(work: _Work) -> Counter[str]:
    work.done.day = work.decision.day
    return discrepancies.record_cuts(
        work.session,
        work.actor,
        work.ids,
        today=work.today,
        day=work.decision.day,
        void=work.decision.void,
    )


def _assign(work: _Work) -> Counter[str]:
    contract = _contract_of(work)
    if contract is None or {contract.insurer_id} != set(work.insurers()):
        raise NoSuchContract
    return discrepancies.assign(work.session, work.actor, work.ids, contract, today=work.today)


def _contract_of(work: _Work) -> Contract | None:
    decision = work.decision
    if decision.contract_id:
        return contract_queries.find_pool_contract(work.session, work.actor, decision.contract_id)
    key = normalise_number(decision.contract)
    found = contract_queries.find_contract(work.session, work.actor, key) if key else []
    mine = [c for c in found if not c.private and c.insurer_id in work.insurers()]
    return mine[0] if len(mine) == 1 else None


def _suggested(work: _Work) -> Counter[str]:
    """Book each line to the contract suggested first; one without a suggestion is refused."""
    near = cases.suggestions(work.session, work.actor, work.ids, most=1)
    counts: Counter[str] = Counter()
    for case_id in work.ids:
        if case_id not in near:
            raise NoSuchContract
        contract = contract_queries.get_contract(work.session, work.actor, near[case_id][0]["id"])
        counts += discrepancies.assign(
            work.session, work.actor, [case_id], contract, today=work.today
        )
    return counts


def _agree(work: _Work) -> Counter[str]:
    """Agree on the delivered rate from a day on, and decide all lines again that waited for it.

    What else is agreed (liability, reserve) stays as it was; what was booked before stays booked.
    """
    session, actor, decision = work.session, work.actor, work.decision
    told = agreement_queries.rates_of_cases(session, actor, work.ids)
    rates = {row["rate"] for row in told}
    scopes = {(row["kind"], row["agreement_id"] or row["product_id"]) for row in told}
    if (decision.rate is None and (len(rates) != 1 or None in rates)) or len(scopes) != 1:
        raise DiscrepancyMoved(work.ids[0])
    rate = decision.rate if decision.rate is not None else rates.pop()
    first = told[0]
    since = decision.day or min(row["effective"] for row in told)
    work.done.day = since
    subject, values, until = _scope_of(session, actor, first)
    row = {**values, "incoming_of": "basis", "incoming_rate": rate, "reason": decision.reason}
    overwrite(session, Agreement, subject, stretch(since, until), [row])
    journal.note(
        session,
        actor,
        "agreement.made",
        ("insurer", first["insurer_id"]),
        kind=first["kind"],
        rate=str(rate),
        since=since.isoformat(),
        cases=len(work.ids),
    )
    return _again(work)


def _scope_of(
    session: Session, actor: Actor, told: dict[str, Any]
) -> tuple[dict[str, object], dict[str, object], date | None]:
    """What an agreement is about, what else it says, and until when it holds."""
    subject: dict[str, object] = {
        "kind": told["kind"], "product_id": told["product_id"], "line_id": None, "insurer_id": None,
    }  # fmt: skip
    if told["agreement_id"] is None:  # nothing is agreed yet: on this product, from now on
        return subject, {}, None
    old = agreement_queries.get_agreement(session, actor, told["agreement_id"])
    for column in ("product_id", "line_id", "insurer_id"):
        subject[column] = getattr(old, column)
    return subject, {name: getattr(old, name) for name in _CARRIED}, old.valid.upper


def _again(work: _Work) -> Counter[str]:
    """Decide everything again that a rate can have kept waiting."""
    counts: Counter[str] = Counter()
    for insurer_id in work.insurers():
        known = registers.load_by_id(work.session, work.actor, insurer_id)
        for cause in _SETTLED_BY_RATE:
            counts += waiting.lines_again(work.session, work.actor, known, cause, work.today)
        for settled in waiting.clawbacks_again(work.session, work.actor, known, work.today):
            counts += settled
    for row in work.rows:
        subject = "discrepancy", row["id"]
        journal.note(work.session, work.actor, "discrepancy.agreed", subject, cause=row["cause"])
    return counts


def _map_agency(work: _Work) -> Counter[str]:
    session, actor = work.session, work.actor
    producer = hierarchy.find_producer(session, actor, work.decision.producer.strip())
    if producer is None:
        raise ProducerUnknown
    counts: Counter[str] = Counter()
    named = {(row["insurer_id"], _agency_of(row)) for row in work.rows}
    for insurer_id, number in sorted(named):
        code = registers.load_by_id(session, actor, insurer_id).insurer_code
        counts += discrepancies.map_agency_number(
            session, actor, code, number, producer, today=work.today
        )
    return counts


def _agency_of(row: dict[str, Any]) -> str:
    number: str = row["agency_number"] or row["details"].get("agency_number", "")
    if not number:
        raise DiscrepancyMoved(row["id"])
    return number


def _map_product(work: _Work) -> Counter[str]:
    session, actor = work.session, work.actor
    product = product_queries.find_product(session, actor, work.decision.product.strip())
    names = {row["product_name"] for row in work.rows}
    if product is None or {product.insurer_id} != set(work.insurers()) or len(names) != 1:
        raise ProductUnknown
    products.map_name(session, actor, product, names.pop() or "", work.ids)
    return _again(work)


_FIXES: Final = {
    Fix.ACCEPT: _accept,
    Fix.LEAVE: _leave,
    Fix.AGREE: _agree,
    Fix.CUT: _cut,
    Fix.ASSIGN: _assign,
    Fix.SUGGESTED: _suggested,
    Fix.MAP_AGENCY: _map_agency,
    Fix.MAP_PRODUCT: _map_product,
}
