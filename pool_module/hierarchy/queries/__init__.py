"""Reading the hierarchy."""

from sqlalchemy import select, text

from shared.actor import Actor
from shared.db import Session
from shared.db.facts import Days
from shared.models.hierarchy import CareerLevel, CommissionGroup, Producer, ProducerPayee
from shared.models.pools import Company

CYCLE = text("""
    WITH RECURSIVE up AS (
        SELECT CAST(:parent AS int) AS producer_id, CAST(:valid AS daterange) AS valid
        UNION
        SELECT p.parent_id, up.valid * p.valid
        FROM up JOIN placement p ON p.pool_id = :pool AND p.producer_id = up.producer_id
            AND p.superseded_at IS NULL AND p.valid && up.valid
        WHERE up.producer_id <> :producer
    )
    SELECT EXISTS (SELECT 1 FROM up WHERE producer_id = :producer)
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


def closes_cycle(
    session: Session, actor: Actor, producer_id: int, parent_id: int, valid: Days
) -> bool:
    """Tell whether ``parent`` stands at or below ``producer`` on any day of ``valid``."""
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
    return bool(found)
