"""Insurers, lines and products, written."""

from pool_module.products import queries
from shared.actor import Actor
from shared.db import Session
from shared.models.products import Insurer, LineOfBusiness, Product


def insurer_of(session: Session, actor: Actor, code: str) -> Insurer:
    """The insurer of a code; it comes into being by being named."""
    insurer = queries.find_insurer(session, actor, code)
    if insurer is None:
        insurer = Insurer(pool_id=actor.pool_id, code=code, name=code)
        session.add(insurer)
        session.flush()
    return insurer


def line_of(session: Session, actor: Actor, code: str) -> LineOfBusiness:
    """The line of business of a code; it comes into being by being named."""
    line = queries.find_line(session, actor, code)
    if line is None:
        line = LineOfBusiness(pool_id=actor.pool_id, code=code)
        session.add(line)
        session.flush()
    return line


def add_product(
    session: Session,
    actor: Actor,
    *,
    code: str,
    insurer: str,
    line: str,
    name: str | None = None,
    catch_all: bool = False,
) -> Product:
    """Add a product of an insurer's line to the pool's range."""
    product = Product(
        pool_id=actor.pool_id,
        code=code,
        name=name or code,
        insurer_id=insurer_of(session, actor, insurer).id,
        line_id=line_of(session, actor, line).id,
        catch_all=catch_all,
    )
    session.add(product)
    session.flush()
    return product
