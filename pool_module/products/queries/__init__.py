"""Reading insurers, lines and products."""

from typing import Any

from sqlalchemy import select

from shared.actor import Actor
from shared.db import Session
from shared.errors import Conflict
from shared.models.kit import AuditEntry
from shared.models.products import Insurer, LineOfBusiness, Product


def find_insurer(session: Session, actor: Actor, code: str) -> Insurer | None:
    """The insurer of a code."""
    return session.scalars(
        select(Insurer).where(Insurer.pool_id == actor.pool_id, Insurer.code == code)
    ).one_or_none()


def find_line(session: Session, actor: Actor, code: str) -> LineOfBusiness | None:
    """The line of business of a code."""
    return session.scalars(
        select(LineOfBusiness).where(
            LineOfBusiness.pool_id == actor.pool_id, LineOfBusiness.code == code
        )
    ).one_or_none()


def find_product(session: Session, actor: Actor, code: str) -> Product | None:
    """The product of a code."""
    return session.scalars(
        select(Product).where(Product.pool_id == actor.pool_id, Product.code == code)
    ).one_or_none()


def conflict(session: Session, actor: Actor, subject: str, row: Any) -> Conflict:
    """The refusal of saving over what somebody saved: what stands by now, who saved it, when."""
    last = session.execute(
        select(AuditEntry.recorded_by, AuditEntry.recorded_at)
        .where(
            AuditEntry.pool_id == actor.pool_id,
            AuditEntry.subject == subject,
            AuditEntry.subject_id == row.id,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    stored = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    return Conflict(
        stored,
        who=last.recorded_by if last else row.recorded_by,
        when=last.recorded_at if last else row.recorded_at,
        version=row.version,
    )
