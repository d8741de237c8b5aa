"""Reading what an item is made of: statements of a run, sums of a delivery, debts that stand."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import and_, case, func, literal, select

from pool_module.payouts.errors import NoSuchItem
from pool_module.payouts.rules import Open
from shared.actor import Actor
from shared.db import Session
from shared.due import ItemSide
from shared.models.contracts import Contract
from shared.models.incoming import Delivery, DeliveryLine
from shared.models.ledger import Period, SettlementRun, Statement
from shared.models.pools import Pool
from shared.models.terms import Invoice
from shared.vocabulary import LineOutcome


class Closed(NamedTuple):
    """A statement as its items need it."""

    id: int
    number: str
    company_id: int
    currency: str
    payout: Decimal
    closing: Decimal
    issue_date: date
    period_end: date


class Owed(NamedTuple):
    """What a delivery says an insurer owes, in one currency, and what is booked of it."""

    currency: str
    amount: Decimal
    booked: Decimal
    parts: int


class Arrived(NamedTuple):
    """A delivery as its items need it; ``firm_id``: the one firm it is all about."""

    insurer_id: int
    day: date
    last_booked: date | None
    firm_id: int | None


def statements_without_items(session: Session, actor: Actor, run_id: int) -> Sequence[Closed]:
    """The statements of a run for which no item was written yet, payee by payee."""
    s = Statement
    rows = session.execute(
        select(
            s.id, s.number, s.company_id, s.currency, s.payout, s.closing, s.issue_date,
            Period.last_day,
        )
        .join(Period, and_(Period.pool_id == s.pool_id, Period.id == s.period_id))
        .outerjoin(Invoice, and_(Invoice.pool_id == s.pool_id, Invoice.statement_id == s.id))
        .where(s.pool_id == actor.pool_id, s.run_id == run_id, Invoice.id.is_(None))
        .order_by(s.id)
    )  # fmt: skip
    return [Closed(*row) for row in rows]


def is_latest_run(session: Session, actor: Actor, run_id: int) -> bool:
    """Whether a run is the latest one closed: balances of earlier ones were carried on."""
    run = SettlementRun
    latest = session.execute(
        select(run.id)
        .where(run.pool_id == actor.pool_id, run.state == "closed")
        .order_by(run.through.desc())
        .limit(1)
    ).scalar_one_or_none()
    return latest == run_id


def open_debts(session: Session, actor: Actor) -> dict[tuple[int, str], list[Open]]:
    """What payees still owe, per payee and currency, the oldest first."""
    of = Invoice
    found: dict[tuple[int, str], list[Open]] = {}
    for number, company, currency, rest in session.execute(
        select(of.id, of.company_id, of.currency, of.amount - of.settled)
        .where(
            of.pool_id == actor.pool_id,
            of.side == ItemSide.RECEIVABLE,
            of.company_id.is_not(None),
            of.settled_on.is_(None),
        )
        .order_by(of.arose_on, of.id)
    ):
        assert company is not None, "asked for"
        found.setdefault((company, currency), []).append(Open(number, rest))
    return found


def owed_of_delivery(session: Session, actor: Actor, delivery_id: int) -> Sequence[Owed]:
    """What a delivery's lines come to, per currency, beside what its items say."""
    line, of = DeliveryLine, Invoice
    due = func.coalesce(line.net, line.gross - func.coalesce(line.reserve, 0), 0)
    signed = case((of.side == ItemSide.RECEIVABLE, of.amount), else_=-of.amount)
    booked = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            select(of.currency, func.sum(signed), func.count())
            .where(of.pool_id == actor.pool_id, of.delivery_id == delivery_id)
            .group_by(of.currency)
        )
    }
    rows = session.execute(
        select(line.currency, func.sum(due))
        .where(
            line.pool_id == actor.pool_id,
            line.delivery_id == delivery_id,
            line.currency.is_not(None),
            line.outcome != LineOutcome.REJECTED,
        )
        .group_by(line.currency)
        .order_by(line.currency)
    )
    return [
        Owed(str(currency), amount, *booked.get(str(currency), (Decimal(0), 0)))
        for currency, amount in rows
    ]


def get_arrived(session: Session, actor: Actor, delivery_id: int) -> Arrived:
    """A delivery: whose, when it came in the pool's days, and whether it is all one firm's.

    Raises:
        NoSuchItem: the pool has none.
    """
    line = DeliveryLine
    firms = (
        select(
            func.max(line.booked_on).label("last"),
            func.count(func.distinct(Contract.firm_id)).label("firms"),
            func.bool_and(Contract.firm_id.is_not(None)).label("known"),
            func.min(Contract.firm_id).label("firm"),
        )
        .select_from(line)
        .outerjoin(
            Contract,
            and_(
                Contract.pool_id == line.pool_id,
                Contract.id == line.contract_id,
            ),
        )
        .where(line.pool_id == actor.pool_id, line.delivery_id == delivery_id)
        .subquery()
    )
    day = func.date(func.timezone(Pool.time_zone, Delivery.recorded_at))
    alone = case((and_(firms.c.firms == 1, firms.c.known), firms.c.firm))
    row = session.execute(
        select(Delivery.insurer_id, day, firms.c.last, alone)
        .select_from(Delivery)
        .join(Pool, Pool.id == Delivery.pool_id)
        .join(firms, literal(True))  # noqa: FBT003
        .where(Delivery.pool_id == actor.pool_id, Delivery.id == delivery_id)
    ).one_or_none()
    if row is None:
        raise NoSuchItem
    return Arrived(*row)


def get_items(session: Session, actor: Actor, ids: Sequence[int]) -> Sequence[Invoice]:
    """Items by their numbers, locked until the end of the transaction.

    Raises:
        NoSuchItem: one of them is none of the pool's.
    """
    found = session.scalars(
        select(Invoice)
        .where(Invoice.pool_id == actor.pool_id, Invoice.id.in_(ids))
        .order_by(Invoice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(found) != len(set(ids)):
        raise NoSuchItem
    return found
