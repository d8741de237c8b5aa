"""The list of contracts: 200,000 of them, by any of its orders, a page at a time."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from pool_module.contracts.queries.periods import Days
from pool_module.contracts.rules.calendar import RUNNING
from pool_module.crm.queries.customers import name_prefix
from shared import scope
from shared.actor import Actor
from shared.db import actor_of
from shared.db.listing import Column, Filter, Gathered, Listing, Operator, Shape
from shared.models.contracts import Contract, Customer, Event, PremiumDue
from shared.models.hierarchy import Producer
from shared.models.products import Insurer, Product
from shared.search_words import number_key

# so much of a sort key is kept with a contract
_KEPT = 160


def contract_list(session: Session, actor: Actor, today: date, period: Days) -> Listing:
    """The pool's contracts; a broker's own are not among them.

    Args:
        session: the transaction.
        actor: staff.
        today: the pool's day, for what is overdue.
        period: the days whose commission is shown.
    """
    assert actor_of(session) == actor
    return Listing(
        name="contracts",
        source=select()
        .select_from(Contract)
        .where(
            Contract.pool_id == actor.pool_id,
            ~Contract.private,
            *scope.of_organisation(actor, Contract),
        ),
        id=Contract.id,
        columns=(
            Column("number", Contract.number, Shape.ID, sort=Contract.number_key),
            Column("holder", _holder(), Shape.TEXT, sort=Contract.holder_key),
            Column("product", _named(Product, Contract.product_id), Shape.TEXT),
            Column("producer", _named(Producer, Contract.producer_id), Shape.TEXT,
                   sort=Contract.producer_key),
            Column("state", Contract.state, Shape.CODE),
            Column("begin_on", Contract.begin_on, Shape.DAY, sort=Contract.begin_on),
            Column("net_premium", Contract.net_premium, Shape.MONEY,
                   sort=Contract.net_premium_cents, currency=Contract.currency, total=True),
            Column("commission", _commission(period), Shape.MONEY, currency=Contract.currency,
                   total=True, gathered=_payments(period)),
            Column("insurer", _named(Insurer, Contract.insurer_id), Shape.TEXT),
            Column("case_number", Contract.case_number, Shape.ID),
            Column("frequency", Contract.frequency, Shape.CODE),
            Column("end_on", Contract.end_on, Shape.DAY),
            Column("cancelled_on", Contract.cancelled_on, Shape.DAY),
            Column("gross_premium", Contract.gross_premium, Shape.MONEY,
                   currency=Contract.currency),
            Column("currency", Contract.currency, Shape.ID),
        ),
        filters=_filters(today),
    )  # fmt: skip


def _filters(today: date) -> tuple[Filter, ...]:
    return (
        Filter("q", Contract.number_key, Shape.TEXT, condition=_searched),
        Filter("holder", Contract.holder_key, Shape.TEXT, key=_kept),
        Filter("producer", Contract.producer_key, Shape.TEXT, key=_kept),
        Filter("producer_id", Contract.producer_id, Shape.COUNT),
        Filter("holder_id", Contract.holder_id, Shape.COUNT),
        Filter("firm", Contract.firm_id, Shape.COUNT),
        Filter("state", Contract.state, Shape.CODE),
        Filter("insurer", Contract.insurer_id, Shape.COUNT),
        Filter("product", Contract.product_id, Shape.COUNT),
        Filter("line", Contract.line_id, Shape.COUNT),
        Filter("begin_on", Contract.begin_on, Shape.DAY),
        Filter("net_premium", Contract.net_premium_cents, Shape.MONEY),
        Filter("currency", Contract.currency, Shape.CODE),
        Filter(
            "arrears", Contract.id, Shape.FLAG, condition=_flag(Contract.id.in_(_overdue(today)))
        ),
        Filter(
            "silent",
            Contract.id,
            Shape.COUNT,
            condition=lambda _, days: _silent_since(today - timedelta(days=max(days[0], 1))),
        ),
        Filter(
            "without_producer", Contract.producer_id, Shape.FLAG,
            condition=_flag(Contract.producer_id.is_(None)),
        ),
    )  # fmt: skip


def _searched(_: Operator, typed: Sequence[Any]) -> ColumnElement[bool]:
    """A number without its separators, or the beginning of a holder's name."""
    text = str(typed[0])
    number, name = number_key(text).upper(), _kept(text)
    met = []
    if number:
        met.append(_begins(Contract.number_key, number))
    if name:
        met.append(_begins(Contract.holder_key, name))
    return or_(*met) if met else Contract.id.is_(None)


def _begins(key: Any, prefix: str) -> ColumnElement[bool]:
    # keys are letters, digits or hexadecimal: a tilde stands behind all of them
    return and_(key >= prefix, key < f"{prefix}~")


def _kept(typed: str) -> str:
    return name_prefix(typed)[:_KEPT]


def _flag(clause: ColumnElement[bool]) -> Any:
    return lambda _, asked: clause if asked[0] else not_(clause)


def _overdue(today: date) -> Any:
    """Contracts with a premium that was due before today and has not come in in full."""
    return (
        select(PremiumDue.contract_id)
        .where(
            PremiumDue.pool_id == Contract.pool_id,
            PremiumDue.due_on < today,
            PremiumDue.amount > func.coalesce(PremiumDue.paid_amount, 0),
        )
        .correlate(Contract)
    )


def _silent_since(day: date) -> ColumnElement[bool]:
    """Contracts in force that brought nothing since a day."""
    brought = (
        exists()
        .where(
            Event.pool_id == Contract.pool_id, Event.contract_id == Contract.id, Event.due >= day
        )
        .correlate(Contract)
    )
    return and_(Contract.state.in_(RUNNING), Contract.begin_on < day, ~brought)


def _holder() -> Any:
    name = func.concat_ws(", ", Customer.last_name, Customer.first_name)
    return (
        select(name)
        .where(Customer.pool_id == Contract.pool_id, Customer.id == Contract.holder_id)
        .correlate(Contract)
        .scalar_subquery()
    )


def _named(model: Any, points: Any) -> Any:
    return (
        select(model.name)
        .where(model.pool_id == Contract.pool_id, model.id == points)
        .correlate(Contract)
        .scalar_subquery()
    )


def _commission(period: Days) -> Any:
    """What insurers paid for the contract in a period."""
    return (
        select(func.sum(Event.received))
        .where(_paid(Event, period))
        .correlate(Contract)
        .scalar_subquery()
    )


def _payments(period: Days) -> Gathered:
    """The same for many contracts."""
    event = aliased(Event)
    return Gathered(event, _paid(event, period), event.received)


def _paid(event: Any, period: Days) -> ColumnElement[bool]:
    return and_(
        event.pool_id == Contract.pool_id,
        event.contract_id == Contract.id,
        event.due >= period.first,
        event.due <= period.last,
    )
