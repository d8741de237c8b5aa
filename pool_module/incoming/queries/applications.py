"""Applications that are known by one of their numbers, or go out together."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Row, or_, select

from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Application, Customer
from shared.models.incoming import AgencyNumber
from shared.models.products import Insurer, InsurerIdentity, LineOfBusiness, Product


def find_applications(
    session: Session, actor: Actor, insurer_id: int, numbers: Collection[str]
) -> list[Application]:
    """The insurer's applications one of whose numbers is among these."""
    return list(
        session.scalars(
            select(Application)
            .where(
                Application.pool_id == actor.pool_id,
                Application.insurer_id == insurer_id,
                or_(
                    Application.case_number.in_(numbers),
                    Application.broker_number.in_(numbers),
                    Application.insurer_number.in_(numbers),
                ),
            )
            .order_by(Application.id)
        )
    )


def get_for_register(
    session: Session, actor: Actor, insurer_id: int, ids: Collection[int]
) -> list[tuple[Application, Customer | None, LineOfBusiness]]:
    """Applications to an insurer with their customers and lines, by case number."""
    rows = session.execute(
        select(Application, Customer, LineOfBusiness)
        .join(
            Product,
            (Product.pool_id == Application.pool_id) & (Product.id == Application.product_id),
        )
        .join(
            LineOfBusiness,
            (LineOfBusiness.pool_id == Product.pool_id) & (LineOfBusiness.id == Product.line_id),
        )
        .outerjoin(
            Customer,
            (Customer.pool_id == Application.pool_id) & (Customer.id == Application.customer_id),
        )
        .where(
            Application.pool_id == actor.pool_id,
            Application.insurer_id == insurer_id,
            Application.id.in_(ids),
        )
        .order_by(Application.case_number)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def find_vu_number(session: Session, actor: Actor, insurer_id: int) -> str | None:
    """The insurer's number in the market (VU-Nummer), where it is known."""
    return session.scalars(
        select(InsurerIdentity.vu_number)
        .join(Insurer, Insurer.identity_id == InsurerIdentity.id)
        .where(Insurer.pool_id == actor.pool_id, Insurer.id == insurer_id)
    ).one_or_none()


def get_insurers_of(session: Session, actor: Actor, ids: Collection[int]) -> list[Row[Any]]:
    """Applications with their insurers: id, state, insurer_id, code."""
    rows: Any = session.execute(
        select(Application.id, Application.state, Application.insurer_id, Insurer.code)
        .join(
            Insurer,
            (Insurer.pool_id == Application.pool_id) & (Insurer.id == Application.insurer_id),
        )
        .where(Application.pool_id == actor.pool_id, Application.id.in_(ids))
        .order_by(Application.id)
    )
    return list(rows)


def find_agency_number(session: Session, actor: Actor, insurer_id: int, day: date) -> str | None:
    """The number the insurer knows one of the pool's producers by, the oldest first."""
    return session.scalars(
        select(AgencyNumber.number)
        .where(
            AgencyNumber.pool_id == actor.pool_id,
            AgencyNumber.insurer_id == insurer_id,
            AgencyNumber.superseded_at.is_(None),
            AgencyNumber.valid.contains(day),
        )
        .order_by(AgencyNumber.id)
        .limit(1)
    ).one_or_none()
