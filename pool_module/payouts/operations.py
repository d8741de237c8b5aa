"""Items written when they arise, with their due date and by which terms; and paid."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pool_module.agreements import operations as agreements
from pool_module.agreements.queries.terms import Care, care_of, terms_rows
from pool_module.agreements.rules.terms import Item, Resolution, Terms, TermsRow, resolve
from pool_module.payouts import queries
from pool_module.payouts.errors import NothingToPay, PaidAlready
from pool_module.payouts.queries import Arrived, Closed, Owed
from pool_module.payouts.rules import Open, balance
from shared import audit
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.db.facts import lock
from shared.due import ItemSide, TermsBasis, TermsParty
from shared.models.terms import Invoice
from shared.parameters import Parameter, parameters

ITEMS_LOCK = 7042
SUBJECT = "invoice"
SYSTEM_OF = {
    ItemSide.PAYABLE: (Parameter.PAYABLE_DAYS, Parameter.PAYABLE_BASIS),
    ItemSide.RECEIVABLE: (Parameter.RECEIVABLE_DAYS, Parameter.RECEIVABLE_BASIS),
}


@dataclass
class Terming:
    """What the terms of many items are found by: read once.

    Attributes:
        rows: active terms by party and whom.
        care: teams and organisations by whom.
        systems: the pool's own terms by organisation, as they are asked for.
    """

    session: Session
    rows: Mapping[tuple[TermsParty, str], list[TermsRow]]
    care: Mapping[str, Care]
    systems: dict[int | None, Mapping[Parameter, Any]] = field(default_factory=dict)

    def of(
        self,
        side: ItemSide,
        key: str,
        arose_on: date,
        *,
        period_end: date | None = None,
        firm_id: int | None = None,
    ) -> tuple[Care, Resolution]:
        """The terms of an item.

        Args:
            side: who owes it.
            key: its company (c7) or insurer (i3).
            arose_on: the day it arose.
            period_end: the last day of what it settles.
            firm_id: the firm whose business it is, where it is one.
        """
        care = self.care.get(key, self.care[""])
        item = Item(
            side=side,
            arose_on=arose_on,
            period_end=period_end,
            organisation_id=care.organisation_id,
            producer=firm_id is not None,
            team=care.team_id is not None,
        )
        asked = (
            (TermsParty.COMPANY, key),
            (TermsParty.PRODUCER, f"c{firm_id}"),
            (TermsParty.TEAM, f"t{care.team_id}"),
        )
        rows = [row for whom in asked for row in self.rows.get(whom, [])]
        return care, resolve(item, rows, self._system(side, care.organisation_id))

    def _system(self, side: ItemSide, organisation_id: int | None) -> Terms:
        if organisation_id not in self.systems:
            names = tuple(name for pair in SYSTEM_OF.values() for name in pair)
            self.systems[organisation_id] = parameters(self.session, names, organisation_id)
        set_to = self.systems[organisation_id]
        days, basis = SYSTEM_OF[side]
        return Terms(set_to[days], TermsBasis(set_to[basis]))


def write_statement_items(session: Session, actor: Actor, run_id: int) -> int:
    """Write what is payable and receivable by the statements of a closed run; safe to run twice.

    A balance is compared with the debts that stand only while the run is the latest: later ones
    carried it on.

    Returns:
        How many items were written.
    """
    lock(session, ITEMS_LOCK)
    terming = _terming(session, actor)
    latest = queries.is_latest_run(session, actor, run_id)
    debts = queries.open_debts(session, actor) if latest else {}
    written = 0
    for statement in queries.statements_without_items(session, actor, run_id):
        if statement.payout > 0:
            _write_of_statement(session, terming, statement, ItemSide.PAYABLE, statement.payout)
            written += 1
        if not latest:
            continue
        account = statement.company_id, statement.currency
        balanced = balance(statement.closing, debts.get(account, []))
        _set_off(session, actor, balanced.set_off, statement.issue_date)
        if balanced.fresh > 0:
            side = ItemSide.RECEIVABLE
            _write_of_statement(session, terming, statement, side, balanced.fresh)
            written += 1
    session.flush()
    return written


def write_delivery_items(session: Session, actor: Actor, delivery_id: int) -> int:
    """Write what an insurer owes by a delivery, or what is owed to it; safe to run twice.

    A delivery that grew since gets a further item over the difference: what arose stays.

    Returns:
        How many items were written.
    """
    lock(session, ITEMS_LOCK)
    arrived = queries.get_arrived(session, actor, delivery_id)
    terming = _terming(session, actor)
    written = 0
    for owed in queries.owed_of_delivery(session, actor, delivery_id):
        if owed.amount != owed.booked:
            _write_of_delivery(session, terming, delivery_id, arrived, owed)
            written += 1
    session.flush()
    return written


def pay(session: Session, ids: Sequence[int], *, day: date) -> int:
    """Note that items are paid; what a payee pays is credited to his account.

    Args:
        session: the transaction.
        ids: the items.
        day: when the money moved.

    Raises:
        NothingToPay: there are none.
        NoSuchItem: one of them is none of the pool's.
        PaidAlready: one of them is paid.
    """
    if not ids:
        raise NothingToPay
    actor = actor_of(session)
    lock(session, ITEMS_LOCK)
    items = queries.get_items(session, actor, ids)
    for item in items:
        if item.settled_on is not None:
            raise PaidAlready(item.number)
        rest = item.amount - item.settled
        if item.side == ItemSide.RECEIVABLE and item.company_id is not None:
            agreements.adjust(
                session, actor, item.company_id, day=day, amount=rest, currency=item.currency,
                text=item.number,
            )  # fmt: skip
        _settle(item, rest, day, actor.name)
        new = {"number": item.number, "amount": str(rest), "day": day.isoformat()}
        audit.write(session, "paid", SUBJECT, item.id, new=new)
    session.flush()
    return len(items)


def _terming(session: Session, actor: Actor) -> Terming:
    return Terming(session, terms_rows(session, actor), care_of(session, actor))


def _set_off(session: Session, actor: Actor, covered: Sequence[Open], day: date) -> None:
    if covered:
        parts = dict(covered)
        for item in queries.get_items(session, actor, list(parts)):
            _settle(item, parts[item.id], day, actor.name)


def _settle(item: Invoice, amount: Decimal, day: date, who: str) -> None:
    item.settled += amount
    item.version += 1
    if item.settled == item.amount:
        item.settled_on, item.settled_by = day, who


def _write_of_statement(
    session: Session, terming: Terming, statement: Closed, side: ItemSide, amount: Decimal
) -> None:
    firm = statement.company_id if side is ItemSide.RECEIVABLE else None
    care, found = terming.of(
        side,
        f"c{statement.company_id}",
        statement.issue_date,
        period_end=statement.period_end,
        firm_id=firm,
    )
    prefix = "AP" if side is ItemSide.PAYABLE else "AR"
    session.add(
        Invoice(
            pool_id=actor_of(session).pool_id,
            firm_id=statement.company_id,
            company_id=statement.company_id,
            producer_firm_id=firm,
            statement_id=statement.id,
            side=side.value,
            number=f"{prefix}-{statement.number}",
            currency=statement.currency,
            amount=amount,
            arose_on=statement.issue_date,
            **_termed(care, found),
        )
    )


def _write_of_delivery(
    session: Session, terming: Terming, delivery_id: int, arrived: Arrived, owed: Owed
) -> None:
    amount = owed.amount - owed.booked
    side = ItemSide.RECEIVABLE if amount > 0 else ItemSide.PAYABLE
    care, found = terming.of(
        side,
        f"i{arrived.insurer_id}",
        arrived.day,
        period_end=arrived.last_booked,
        firm_id=arrived.firm_id if side is ItemSide.RECEIVABLE else None,
    )
    part = f"/{owed.parts + 1}" if owed.parts else ""
    session.add(
        Invoice(
            pool_id=actor_of(session).pool_id,
            insurer_id=arrived.insurer_id,
            producer_firm_id=arrived.firm_id,
            delivery_id=delivery_id,
            side=side.value,
            number=f"{'AR' if amount > 0 else 'AP'}-D{delivery_id}-{owed.currency}{part}",
            currency=owed.currency,
            amount=abs(amount),
            arose_on=arrived.day,
            **_termed(care, found),
        )
    )


def _termed(care: Care, found: Resolution) -> dict[str, Any]:
    """What an item keeps of its terms: the step that won, and what every step had to say."""
    return {
        "organisation_id": care.organisation_id,
        "team_id": care.team_id,
        "due_on": found.due_on,
        "step": found.step.value,
        "days": found.terms.days,
        "counted_from": found.terms.basis.value,
        "terms_id": found.terms_id,
        "reasons": [asdict(reason) for reason in found.reasons],
    }
