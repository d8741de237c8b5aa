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


def add_gdv_line(
    session: Session, actor: Actor, key: str, *, de: str, uk: str, en: str
) -> LineOfBusiness:
    """Add the line of business of a GDV key, under the key as its code."""
    line = LineOfBusiness(
        pool_id=actor.pool_id, code=key, gdv_key=key, name_de=de, name_uk=uk, name_en=en
    )
    session.add(line)
    session.flush()
    return line


def add_catch_all(
    session: Session, actor: Actor, insurer: Insurer, line: LineOfBusiness
) -> Product:
    """Add the product that takes what an insurer delivers of a line without a known name."""
    product = Product(
        pool_id=actor.pool_id,
        code=f"{insurer.code}/{line.code}/*",
        name=f"{insurer.name} · {line.name_de or line.code}",
        insurer_id=insurer.id,
        line_id=line.id,
        catch_all=True,
    )
    session.add(product)
    session.flush()
    return product


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
