"""Reading insurers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, or_, select

from pool_module.products.errors import NoSuchInsurer
from shared import scope
from shared.actor import Actor
from shared.db import Session
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.models.hierarchy import Producer
from shared.models.incoming import AgencyNumber, Delivery
from shared.models.products import Insurer, Product


def _named(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
    return or_(
        *(
            column.icontains(value, autoescape=True)
            for value in values
            for column in (Insurer.name, Insurer.code, Insurer.city)
        )
    )


def insurer_list(session: Session, actor: Actor) -> Listing:
    """The pool's insurers, with how many products each has in the range and its last delivery."""
    assert session.info["actor"] == actor
    products = (
        select(func.count())
        .select_from(Product)
        .where(
            Product.pool_id == Insurer.pool_id,
            Product.insurer_id == Insurer.id,
            Product.state == "active",
        )
        .scalar_subquery()
    )
    delivered = (
        select(func.max(Delivery.recorded_at))
        .where(Delivery.pool_id == Insurer.pool_id, Delivery.insurer_id == Insurer.id)
        .scalar_subquery()
    )
    return Listing(
        name="insurers",
        source=select()
        .select_from(Insurer)
        .where(Insurer.pool_id == actor.pool_id, scope.open_insurer(Insurer.id)),
        id=Insurer.id,
        columns=(
            Column("code", Insurer.code, Shape.ID, sort=Insurer.code),
            Column("name", Insurer.name, Shape.TEXT, sort=func.lower(Insurer.name)),
            Column("country", Insurer.country, Shape.ID, sort=Insurer.country),
            Column("city", Insurer.city, Shape.TEXT, sort=Insurer.city),
            Column("email", Insurer.email, Shape.TEXT),
            Column("phone", Insurer.phone, Shape.TEXT),
            Column("products", products, Shape.COUNT, sort=products),
            Column("delivered_at", delivered, Shape.MOMENT, sort=delivered),
        ),
        filters=(
            Filter("q", Insurer.name, Shape.TEXT, condition=_named),
            Filter("country", Insurer.country, Shape.CODE),
        ),
    )


def get_insurer(session: Session, actor: Actor, insurer_id: int, *, lock: bool = False) -> Insurer:
    """An insurer by its number; ``lock`` holds it until the end of the transaction.

    Raises:
        NoSuchInsurer: the pool has none.
    """
    asked = select(Insurer).where(
        Insurer.pool_id == actor.pool_id,
        Insurer.id == insurer_id,
        scope.open_insurer(Insurer.id),
    )
    found = session.scalars(asked.with_for_update() if lock else asked).one_or_none()
    if found is None:
        raise NoSuchInsurer
    return found


def agency_numbers(session: Session, actor: Actor, insurer_id: int) -> Sequence[RowMapping]:
    """Which producer the insurer means by its numbers, and on which days."""
    return (
        session.execute(
            select(
                AgencyNumber.id,
                AgencyNumber.number,
                AgencyNumber.valid,
                AgencyNumber.producer_id,
                Producer.code.label("producer_code"),
                Producer.name.label("producer_name"),
            )
            .join(
                Producer,
                (Producer.pool_id == AgencyNumber.pool_id)
                & (Producer.id == AgencyNumber.producer_id),
            )
            .where(
                AgencyNumber.pool_id == actor.pool_id,
                AgencyNumber.insurer_id == insurer_id,
                AgencyNumber.superseded_at.is_(None),
            )
            .order_by(AgencyNumber.number_key, AgencyNumber.valid)
        )
        .mappings()
        .all()
    )


def last_deliveries(session: Session, actor: Actor, insurer_id: int) -> Sequence[RowMapping]:
    """The five files that came last from the insurer."""
    return (
        session.execute(
            select(
                Delivery.id,
                Delivery.file_name,
                Delivery.format,
                Delivery.state,
                Delivery.recorded_at,
            )
            .where(Delivery.pool_id == actor.pool_id, Delivery.insurer_id == insurer_id)
            .order_by(Delivery.id.desc())
            .limit(5)
        )
        .mappings()
        .all()
    )


def insurer_names(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """Every insurer's id, code and name, for choices."""
    return (
        session.execute(
            select(Insurer.id, Insurer.code, Insurer.name)
            .where(Insurer.pool_id == actor.pool_id, scope.open_insurer(Insurer.id))
            .order_by(func.lower(Insurer.name))
        )
        .mappings()
        .all()
    )
