"""What an import looks up again and again, read once: small tables, whole."""

from typing import Any

from sqlalchemy import func, select

from pool_module.incoming.queries.sets import run
from shared.actor import Actor
from shared.db import Session
from shared.models.hierarchy import Producer
from shared.models.incoming import AgencyNumber, Delivery, ImportMapping
from shared.models.pools import Pool
from shared.models.products import Agreement, LineOfBusiness, Product


def get_pool(session: Session, actor: Actor) -> Pool:
    """The actor's pool."""
    return session.scalars(select(Pool).where(Pool.id == actor.pool_id)).one()


def agency_numbers(session: Session, actor: Actor, insurer_id: int) -> list[dict[str, Any]]:
    """The insurer's standing numbers with their producers and these producers' firms."""
    rows = session.execute(
        select(
            AgencyNumber.number_key,
            func.lower(AgencyNumber.valid).label("from_day"),
            func.upper(AgencyNumber.valid).label("to_day"),
            AgencyNumber.producer_id,
            Producer.firm_id,
        )
        .join(
            Producer,
            (Producer.pool_id == AgencyNumber.pool_id) & (Producer.id == AgencyNumber.producer_id),
        )
        .where(
            AgencyNumber.pool_id == actor.pool_id,
            AgencyNumber.insurer_id == insurer_id,
            AgencyNumber.superseded_at.is_(None),
        )
    )
    return [dict(row) for row in rows.mappings()]


def lines_of_business(session: Session, actor: Actor) -> list[LineOfBusiness]:
    """The pool's lines."""
    return list(
        session.scalars(
            select(LineOfBusiness)
            .where(LineOfBusiness.pool_id == actor.pool_id)
            .order_by(LineOfBusiness.id)
        )
    )


def products(session: Session, actor: Actor, insurer_id: int) -> list[Product]:
    """The insurer's products."""
    return list(
        session.scalars(
            select(Product)
            .where(Product.pool_id == actor.pool_id, Product.insurer_id == insurer_id)
            .order_by(Product.id)
        )
    )


def agreements(session: Session, actor: Actor) -> list[Agreement]:
    """The standing agreements."""
    return list(
        session.scalars(
            select(Agreement).where(
                Agreement.pool_id == actor.pool_id, Agreement.superseded_at.is_(None)
            )
        )
    )


def find_delivery(
    session: Session, actor: Actor, insurer_id: int, fmt: str, sha256: str
) -> Delivery | None:
    """The delivery of exactly these bytes, if they came before."""
    return session.scalars(
        select(Delivery)
        .where(
            Delivery.pool_id == actor.pool_id,
            Delivery.insurer_id == insurer_id,
            Delivery.format == fmt,
            Delivery.sha256 == sha256,
        )
        .limit(1)
    ).first()


def get_delivery(session: Session, actor: Actor, delivery_id: int) -> Delivery:
    """A delivery."""
    return session.scalars(
        select(Delivery).where(Delivery.pool_id == actor.pool_id, Delivery.id == delivery_id)
    ).one()


def sum_up(session: Session, actor: Actor, delivery_id: int) -> None:
    """Write a delivery's sum and the number of its lines; of several currencies there is no sum."""
    run(
        session,
        actor,
        """
        UPDATE delivery v SET line_count = s.lines,
            gross = CASE WHEN s.currencies = 1 THEN s.gross END,
            currency = CASE WHEN s.currencies = 1 THEN s.currency END
        FROM (
            SELECT count(*) AS lines, sum(coalesce(l.gross, 0)) AS gross,
                count(DISTINCT coalesce(nullif(l.currency, ''), c.currency, o.currency))
                    AS currencies,
                min(coalesce(nullif(l.currency, ''), c.currency, o.currency)) AS currency
            FROM delivery_line l
            JOIN pool o ON o.id = l.pool_id
            LEFT JOIN contract c ON c.pool_id = :pool AND c.id = l.contract_id
            WHERE l.pool_id = :pool AND l.delivery_id = :delivery
        ) s
        WHERE v.pool_id = :pool AND v.id = :delivery
        """,
        delivery=delivery_id,
    )


def find_mapping(
    session: Session, actor: Actor, insurer_id: int, name: str
) -> ImportMapping | None:
    """The insurer's column mapping of a name."""
    return session.scalars(
        select(ImportMapping).where(
            ImportMapping.pool_id == actor.pool_id,
            ImportMapping.insurer_id == insurer_id,
            ImportMapping.name == name,
        )
    ).one_or_none()
