"""Whose rows an actor may see: the fast path beside row-level security.

The wall stands in the database whether a query asks for it or not; asking makes lists quick: an
index keeps the order within an organisation.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, all_, and_, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.actor import Actor
from shared.models.hierarchy import Producer
from shared.models.products import Product
from shared.vocabulary import Door

DEFAULT: Final = 0  # what names no organisation
# looked up once per transaction (``shared.db.sessions``), read once per statement
_COMPANIES: Final[Any] = literal_column("((SELECT hidden_companies())::int[])", ARRAY(Integer))
_INSURERS: Final[Any] = literal_column("((SELECT hidden_insurers())::int[])", ARRAY(Integer))


def of_organisation(actor: Actor, model: Any) -> list[ColumnElement[bool]]:
    """What holds of a customer, an application or a contract within the actor's organisations.

    Args:
        actor: one without a wall, or whom the database shows nothing, adds nothing.
        model: a class whose rows of the default organisation name none.
    """
    within = actor.organisation_ids
    if actor.door is not Door.INTRANET or not within:
        return []
    if DEFAULT in within:
        return [model.organisation_id.is_(None)]
    if len(within) == 1:
        return [model.organisation_id == next(iter(within))]
    return [model.organisation_id.in_(sorted(within))]


def open_company(company_id: Any) -> ColumnElement[bool]:
    """That a broker firm is not limited to others; no firm is open."""
    return _open(company_id, _COMPANIES)


def open_insurer(insurer_id: Any) -> ColumnElement[bool]:
    """That an insurer is not limited to others; none is open."""
    return _open(insurer_id, _INSURERS)


def open_range(model: Any) -> ColumnElement[bool]:
    """That what names an insurer, or a product of one, names none that is limited to others.

    Args:
        model: a class with ``insurer_id`` and ``product_id``, either of them or none filled.
    """
    of_product = (
        select(Product.insurer_id)
        .where(Product.pool_id == model.pool_id, Product.id == model.product_id)
        .correlate(model)
        .scalar_subquery()
    )
    return and_(open_insurer(model.insurer_id), open_insurer(of_product))


def open_producer(model: Any, producer_id: Any) -> ColumnElement[bool]:
    """That a producer something names is of no firm that is limited to others; none is open.

    Args:
        model: the class that names him.
        producer_id: where.
    """
    firm = (
        select(Producer.firm_id)
        .where(Producer.pool_id == model.pool_id, Producer.id == producer_id)
        .correlate(model)
        .scalar_subquery()
    )
    return open_company(firm)


def _open(number: Any, hidden: Any) -> ColumnElement[bool]:
    return func.coalesce(number, 0) != all_(hidden)
