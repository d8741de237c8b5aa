"""The pool's range as a firm sees it: what it may sell, why not, and its own conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, RowMapping, select, text

from pool_module.products.errors import NoSuchProduct
from pool_module.products.queries.range import line_name, product_documents
from pool_module.products.queries.selling import may_sell, products_for_firm
from pool_module.products.rules import Selling, selling
from shared.actor import Actor
from shared.db import Session
from shared.models.products import Insurer, LineOfBusiness, Product, ProductAuthorisation
from shared.scope import open_insurer


@dataclass(frozen=True)
class Offered:
    """A product with what a broker asks of it.

    Attributes:
        conditions: the rates of the firm's people, today.
    """

    head: RowMapping
    selling: Selling
    conditions: Sequence[Row[Any]]
    documents: Sequence[RowMapping]


def range_of(session: Session, actor: Actor, firm_id: int, day: date) -> Sequence[RowMapping]:
    """What a firm may sell on a day, by insurer and name."""
    return products_for_firm(session, actor, firm_id, day)


def closed_to(
    session: Session, actor: Actor, firm_id: int, day: date
) -> list[tuple[Row[Any], Selling]]:
    """What of the range a firm may not sell on a day, and why; by insurer and name."""
    if firm_id not in actor.firm_ids:
        return []
    said = (
        select(ProductAuthorisation.product_id, ProductAuthorisation.allowed)
        .where(
            ProductAuthorisation.pool_id == actor.pool_id,
            ProductAuthorisation.firm_id == firm_id,
            ProductAuthorisation.superseded_at.is_(None),
            ProductAuthorisation.valid.op("@>")(day),
        )
        .subquery()
    )
    rows = session.execute(
        select(
            Product.id, Product.name, Product.state, Product.offered_from, Product.offered_until,
            Product.restricted, Insurer.name.label("insurer"), said.c.allowed,
        )
        .join(Insurer, (Insurer.pool_id == Product.pool_id) & (Insurer.id == Product.insurer_id))
        .outerjoin(said, said.c.product_id == Product.id)
        .where(
            Product.pool_id == actor.pool_id, ~Product.catch_all, Product.state != "draft",
            open_insurer(Product.insurer_id),
        )
        .order_by(Insurer.name, Product.name, Product.id)
    )  # fmt: skip
    found = []
    for row in rows:
        judged = selling(
            state=row.state,
            offered_from=row.offered_from,
            offered_until=row.offered_until,
            restricted=row.restricted,
            authorised=row.allowed,
            day=day,
        )
        if not judged.allowed:
            found.append((row, judged))
    return found


def get_offered(
    session: Session, actor: Actor, firm_id: int, product_id: int, day: date, *, language: str
) -> Offered:
    """A product a firm may sell, with its conditions and documents.

    Raises:
        NoSuchProduct: there is none, or the firm may not sell it (features DLG-03).
    """
    judged = may_sell(session, actor, firm_id, product_id, day)
    if not judged.allowed:
        raise NoSuchProduct
    conditions = session.execute(
        text("SELECT * FROM conditions_of_product(CAST(:product AS int), :day)"),
        {"product": product_id, "day": day},
    ).all()
    return Offered(
        head=_head(session, actor, product_id, language),
        selling=judged,
        conditions=conditions,
        documents=product_documents(session, actor, product_id),
    )


def _head(session: Session, actor: Actor, product_id: int, language: str) -> RowMapping:
    return (
        session.execute(
            select(Product, Insurer.name.label("insurer"), line_name(language).label("line"))
            .join(
                Insurer, (Insurer.pool_id == Product.pool_id) & (Insurer.id == Product.insurer_id)
            )
            .join(
                LineOfBusiness,
                (LineOfBusiness.pool_id == Product.pool_id)
                & (LineOfBusiness.id == Product.line_id),
            )
            .where(Product.pool_id == actor.pool_id, Product.id == product_id)
        )
        .mappings()
        .one()
    )
