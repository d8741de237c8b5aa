"""Who may sell what, on which day; asked by staff, and by a firm of itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Executable, RowMapping, and_, func, or_, select

from pool_module.products.errors import NoSuchProduct
from pool_module.products.rules import Selling, selling
from shared import scope
from shared.actor import Actor
from shared.db import Session
from shared.models.pools import Company
from shared.models.products import Insurer, LineOfBusiness, Product, ProductAuthorisation
from shared.vocabulary import Door, ProductState


@dataclass(frozen=True)
class Authorisation:
    """What a firm may do with a product, over which days."""

    id: int
    firm_id: int
    firm_code: str
    firm_name: str
    allowed: bool
    valid_from: date | None
    valid_to: date | None  # the first day it no longer holds
    reason: str | None


def may_sell(session: Session, actor: Actor, firm_id: int, product_id: int, day: date) -> Selling:
    """Whether a firm may sell a product on a day, and why.

    Raises:
        NoSuchProduct: the pool has none of this number, or the firm is another's.
    """
    if actor.door == Door.EXTRANET and firm_id not in actor.firm_ids:
        raise NoSuchProduct
    row = session.execute(
        select(
            Product.state,
            Product.offered_from,
            Product.offered_until,
            Product.restricted,
            ProductAuthorisation.allowed,
        )
        .outerjoin(ProductAuthorisation, _standing_of(firm_id, day))
        .where(
            Product.pool_id == actor.pool_id,
            Product.id == product_id,
            scope.open_insurer(Product.insurer_id),
        )
    ).one_or_none()
    if row is None:
        raise NoSuchProduct
    return selling(
        state=row.state,
        offered_from=row.offered_from,
        offered_until=row.offered_until,
        restricted=row.restricted,
        authorised=row.allowed,
        day=day,
    )


def products_for_firm(
    session: Session, actor: Actor, firm_id: int, day: date
) -> Sequence[RowMapping]:
    """The products a firm may sell on a day, by insurer and name.

    Rows: id, code, name, summary, features, restricted, offered_until, insurer_id, insurer,
    line_id, line_code, line_de, line_uk, line_en. Catch-alls, which stand for what insurers
    deliver without a known name, are no products one sells.
    """
    if actor.door == Door.EXTRANET and firm_id not in actor.firm_ids:
        return []
    return session.execute(_sellable(actor, firm_id, day)).mappings().all()


def sellable_ids(session: Session, actor: Actor, firm_id: int, day: date) -> frozenset[int]:
    """Ids of the products a firm may sell on a day."""
    return frozenset(row["id"] for row in products_for_firm(session, actor, firm_id, day))


def authorisations(session: Session, actor: Actor, product_id: int) -> list[Authorisation]:
    """What stands of firms and a product, by firm and day."""
    rows = session.execute(
        select(ProductAuthorisation, Company.code, Company.name)
        .join(
            Company,
            and_(
                Company.pool_id == ProductAuthorisation.pool_id,
                Company.id == ProductAuthorisation.firm_id,
            ),
        )
        .where(
            ProductAuthorisation.pool_id == actor.pool_id,
            ProductAuthorisation.product_id == product_id,
            ProductAuthorisation.superseded_at.is_(None),
        )
        .order_by(Company.sort_key, Company.id, ProductAuthorisation.valid)
    )
    return [
        Authorisation(
            id=fact.id,
            firm_id=fact.firm_id,
            firm_code=code,
            firm_name=name,
            allowed=fact.allowed,
            valid_from=fact.valid.lower,
            valid_to=fact.valid.upper,
            reason=fact.reason,
        )
        for fact, code, name in rows
    ]


def broker_firms(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """Firms that can be let in: id, code, name; by name."""
    return (
        session.execute(
            select(Company.id, Company.code, Company.name)
            .where(
                Company.pool_id == actor.pool_id,
                Company.kind.in_(("firm", "group", "subgroup", "supergroup")),
                scope.open_company(Company.id),
            )
            .order_by(Company.sort_key, Company.id)
        )
        .mappings()
        .all()
    )


def _standing_of(firm_id: int, day: date) -> ColumnElement[bool]:
    return and_(
        ProductAuthorisation.pool_id == Product.pool_id,
        ProductAuthorisation.product_id == Product.id,
        ProductAuthorisation.firm_id == firm_id,
        ProductAuthorisation.superseded_at.is_(None),
        ProductAuthorisation.valid.op("@>")(day),
    )


def _sellable(actor: Actor, firm_id: int, day: date) -> Executable:
    """The same conditions as ``rules.selling``, asked of all products at once."""
    return (
        select(
            Product.id,
            Product.code,
            Product.name,
            Product.summary,
            Product.features,
            Product.restricted,
            Product.offered_until,
            Product.insurer_id,
            Insurer.name.label("insurer"),
            Product.line_id,
            LineOfBusiness.code.label("line_code"),
            LineOfBusiness.name_de.label("line_de"),
            LineOfBusiness.name_uk.label("line_uk"),
            LineOfBusiness.name_en.label("line_en"),
        )
        .join(Insurer, (Insurer.pool_id == Product.pool_id) & (Insurer.id == Product.insurer_id))
        .join(
            LineOfBusiness,
            (LineOfBusiness.pool_id == Product.pool_id) & (LineOfBusiness.id == Product.line_id),
        )
        .outerjoin(ProductAuthorisation, _standing_of(firm_id, day))
        .where(
            Product.pool_id == actor.pool_id,
            Product.state == ProductState.ACTIVE,
            ~Product.catch_all,
            scope.open_insurer(Product.insurer_id),
            func.coalesce(Product.offered_from <= day, True),
            func.coalesce(Product.offered_until >= day, True),
            or_(
                ProductAuthorisation.allowed,
                and_(~Product.restricted, ProductAuthorisation.allowed.is_(None)),
            ),
        )
        .order_by(func.lower(Insurer.name), func.lower(Product.name), Product.id)
    )
