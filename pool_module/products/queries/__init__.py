"""Reading insurers, lines and products."""

from sqlalchemy import select

from shared.actor import Actor
from shared.db import Session
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
