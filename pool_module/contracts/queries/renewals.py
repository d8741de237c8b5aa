"""Renewals: contracts whose term ends, or whose main due date comes, within so many days."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from pool_module.contracts.rules.calendar import RUNNING
from shared import scope
from shared.actor import Actor
from shared.db import actor_of
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.models.contracts import Contract, Customer
from shared.models.hierarchy import Producer
from shared.models.pools import Team
from shared.models.products import Insurer, Product
from shared.parameters import Parameter, parameter

FARTHEST = 366


def renewal_list(
    session: Session, actor: Actor, today: date, *, days: int | None = None
) -> Listing:
    """Contracts in force that come to their end or their main due date.

    The main due date is the yearly return of the begin. Only the organisation the actor works in
    is looked at (AIM-62), whoever may see reports past the wall.

    Args:
        session: the transaction.
        actor: staff.
        today: the pool's day.
        days: how far ahead; None: as the pool, or the organisation, has decided.
    """
    assert actor_of(session) == actor
    if days is None:
        organisation = max(actor.organisation_ids or {0}) or None
        days = int(parameter(session, Parameter.RENEWAL_DAYS, organisation))
    until = today + timedelta(days=min(max(days, 1), FARTHEST))
    due = renews_on(today)
    ends = Contract.end_on.between(today, until)
    source = (
        select()
        .select_from(Contract)
        .outerjoin(Team, and_(Team.pool_id == Contract.pool_id, Team.id == Contract.team_id))
        .where(
            Contract.pool_id == actor.pool_id,
            ~Contract.private,
            *scope.of_organisation(actor, Contract),
            Contract.state.in_(RUNNING),
            Contract.begin_on < today,
            or_(Contract.end_on.is_(None), Contract.end_on >= today),
            or_(ends, due <= until),
        )
    )
    return Listing(
        name="renewals",
        source=source,
        id=Contract.id,
        columns=(
            Column("due_on", func.least(Contract.end_on, due), Shape.DAY,
                   sort=func.least(Contract.end_on, due)),
            Column("what", case((ends, literal("ends")), else_=literal("renews")), Shape.TEXT),
            Column("number", Contract.number, Shape.ID, sort=Contract.number_key),
            Column("holder", _holder(), Shape.TEXT, sort=Contract.holder_key),
            Column("product", _named(Product, Contract.product_id), Shape.TEXT),
            Column("insurer", _named(Insurer, Contract.insurer_id), Shape.TEXT),
            Column("producer", _named(Producer, Contract.producer_id), Shape.TEXT,
                   sort=Contract.producer_key),
            Column("begin_on", Contract.begin_on, Shape.DAY, sort=Contract.begin_on),
            Column("end_on", Contract.end_on, Shape.DAY),
            Column("net_premium", Contract.net_premium, Shape.MONEY,
                   sort=Contract.net_premium_cents, currency=Contract.currency, total=True),
            Column("team", Team.name, Shape.TEXT),
        ),
        filters=(
            Filter("insurer", Contract.insurer_id, Shape.COUNT),
            Filter("ends", ends, Shape.FLAG),
            Filter("within", Contract.id, Shape.COUNT, condition=_within(today)),
            Filter("team", Contract.team_id, Shape.COUNT),
            Filter("net_premium", Contract.net_premium_cents, Shape.MONEY),
        ),
    )  # fmt: skip


def _within(today: date) -> Any:
    """That it comes within so many days of a day."""

    def condition(_: Operator, asked: Sequence[Any]) -> ColumnElement[bool]:
        last = today + timedelta(days=min(max(asked[0], 1), FARTHEST))
        return or_(Contract.end_on.between(today, last), renews_on(today) <= last)

    return condition


def renews_on(today: date) -> ColumnElement[date]:
    """The first yearly return of a contract's begin that is not before today.

    What began on 29 February returns on the 28th of years that have none.
    """
    years = func.greatest(today.year - cast(func.extract("year", Contract.begin_on), Integer), 0)
    this, following = (
        cast(Contract.begin_on + func.make_interval(years + more), Date) for more in (0, 1)
    )
    return case((this >= today, this), else_=following)


def _holder() -> Any:
    return (
        select(func.concat_ws(", ", Customer.last_name, Customer.first_name))
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
