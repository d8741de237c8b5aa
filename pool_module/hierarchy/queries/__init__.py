"""Reading the hierarchy."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from shared.actor import Actor
from shared.db import Session
from shared.db.facts import Days
from shared.models.hierarchy import (
    CareerLevel,
    CommissionGroup,
    Placement,
    Producer,
    ProducerPayee,
)
from shared.models.pools import Company

CYCLE = text("""
    WITH RECURSIVE up AS (
        SELECT CAST(:parent AS int) AS producer_id, CAST(:valid AS daterange) AS valid,
               ARRAY[CAST(:parent AS int)] AS way
        UNION
        SELECT p.parent_id, up.valid * p.valid, up.way || p.parent_id
        FROM up JOIN placement p ON p.pool_id = :pool AND p.producer_id = up.producer_id
            AND p.superseded_at IS NULL AND p.valid && up.valid
        WHERE up.producer_id <> :producer
    )
    SELECT array_agg(d.code ORDER BY w.number)
    FROM (SELECT way FROM up WHERE producer_id = :producer ORDER BY cardinality(way) LIMIT 1) u
    CROSS JOIN LATERAL unnest(u.way) WITH ORDINALITY AS w (id, number)
    JOIN producer d ON d.pool_id = :pool AND d.id = w.id
""")


def find_producer(session: Session, actor: Actor, code: str) -> Producer | None:
    """The producer of a code."""
    return session.scalars(
        select(Producer).where(Producer.pool_id == actor.pool_id, Producer.code == code)
    ).one_or_none()


def find_company(session: Session, actor: Actor, code: str) -> Company | None:
    """The company of a code."""
    return session.scalars(
        select(Company).where(Company.pool_id == actor.pool_id, Company.code == code)
    ).one_or_none()


def find_level(session: Session, actor: Actor, code: str) -> CareerLevel | None:
    """The career level of a code."""
    return session.scalars(
        select(CareerLevel).where(CareerLevel.pool_id == actor.pool_id, CareerLevel.code == code)
    ).one_or_none()


def find_group(session: Session, actor: Actor, code: str) -> CommissionGroup | None:
    """The commission group of a code."""
    return session.scalars(
        select(CommissionGroup).where(
            CommissionGroup.pool_id == actor.pool_id, CommissionGroup.code == code
        )
    ).one_or_none()


def find_payee(session: Session, actor: Actor, producer_id: int) -> int | None:
    """The company that is paid for a producer now."""
    return session.scalars(
        select(ProducerPayee.company_id).where(
            ProducerPayee.pool_id == actor.pool_id,
            ProducerPayee.producer_id == producer_id,
            ProducerPayee.superseded_at.is_(None),
        )
    ).one_or_none()


def find_cycle(
    session: Session, actor: Actor, producer_id: int, parent_id: int, valid: Days
) -> list[str]:
    """The way, by codes, on which ``parent`` stands at or below ``producer`` on a day of ``valid``.

    Returns:
        From the parent up to the producer; empty: there is none, the placement closes no cycle.
    """
    start = valid.lower.isoformat() if valid.lower else ""
    end = valid.upper.isoformat() if valid.upper else ""
    found = session.execute(
        CYCLE,
        {
            "pool": actor.pool_id,
            "producer": producer_id,
            "parent": parent_id,
            "valid": f"[{start},{end})",
        },
    ).scalar_one()
    return list(found or ())


def moment_of(session: Session, actor: Actor, model: Any, producer_id: int) -> datetime:
    """When what is known of a producer by a fact's table last changed."""
    moment: datetime = session.execute(
        select(func.greatest(func.max(model.recorded_at), func.max(model.superseded_at))).where(
            model.pool_id == actor.pool_id, model.producer_id == producer_id
        )
    ).scalar_one()
    return moment


def placements_of(session: Session, actor: Actor, producer_id: int) -> Sequence[tuple[int, Days]]:
    """The standing placements of a producer: parent and days."""
    rows = session.execute(
        select(Placement.parent_id, Placement.valid).where(
            Placement.pool_id == actor.pool_id,
            Placement.producer_id == producer_id,
            Placement.superseded_at.is_(None),
        )
    )
    return [(row[0], row[1]) for row in rows]
