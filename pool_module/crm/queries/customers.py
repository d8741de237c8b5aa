"""Customers: the list, one of them, and who may be the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from pool_module.crm.errors import NoSuchRecord
from pool_module.crm.rules import alike
from pool_module.crm.rules.alike import Described
from shared import scope
from shared.actor import Actor
from shared.db import actor_of
from shared.db.listing import Column, Filter, Listing, Shape
from shared.models.contracts import Application, Contract, Customer
from shared.models.pools import Company
from shared.models.products import Insurer, Product
from shared.sorting import prefix_key, sort_key
from shared.vocabulary import Door

# people of one birthday or postcode that are looked through
_MOST_ALIKE = 500


@dataclass(frozen=True)
class Alike:
    """Somebody who may be the same person."""

    id: int
    name: str
    birth_date: Any
    postcode: str | None
    city: str | None
    firm: str | None
    private: bool
    certain: bool


def customer_list(session: Session, actor: Actor) -> Listing:
    """The pool's customers, or a firm's."""
    assert actor_of(session) == actor
    name = func.concat_ws(", ", Customer.last_name, Customer.first_name)
    contracts = (
        select(func.count())
        .select_from(Contract)
        .where(Contract.pool_id == Customer.pool_id, Contract.holder_id == Customer.id)
        .correlate(Customer)
        .scalar_subquery()
    )
    firm = (
        select(Company.name)
        .where(Company.pool_id == Customer.pool_id, Company.id == Customer.firm_id)
        .correlate(Customer)
        .scalar_subquery()
    )
    return Listing(
        name="customers",
        source=select().select_from(Customer).where(*_scope(actor), ~Customer.private),
        id=Customer.id,
        columns=(
            Column("name", name, Shape.TEXT, sort=Customer.sort_key),
            Column("birth_date", Customer.birth_date, Shape.DAY, sort=Customer.birth_date),
            Column("postcode", Customer.postcode, Shape.ID, sort=Customer.postcode),
            Column("city", Customer.city, Shape.TEXT),
            Column("email", Customer.email, Shape.TEXT),
            Column("phone", Customer.phone, Shape.ID),
            Column("firm", firm, Shape.TEXT),
            Column("contracts", contracts, Shape.COUNT),
            Column("legal_person", Customer.legal_person, Shape.FLAG),
        ),
        filters=(
            Filter("q", Customer.sort_key, Shape.TEXT, key=name_prefix),
            Filter("legal_person", Customer.legal_person, Shape.FLAG),
            Filter("birth_date", Customer.birth_date, Shape.DAY),
            Filter("postcode", Customer.postcode, Shape.TEXT),
            Filter("firm", Customer.firm_id, Shape.COUNT),
        ),
    )


def name_prefix(typed: str) -> str:
    """The beginning of the sort keys of all names that begin as typed, whatever the accents."""
    letters = " ".join("".join(c if c.isalnum() else " " for c in typed).split())
    return prefix_key(letters)


def get_customer(
    session: Session, actor: Actor, customer_id: int, *, lock: bool = False
) -> Customer:
    """A customer; ``lock`` has others wait who want to change it too.

    Raises:
        NoSuchRecord: there is none within reach.
    """
    query = select(Customer).where(*_scope(actor), Customer.id == customer_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NoSuchRecord
    return found


def find_alike(session: Session, actor: Actor, person: Described) -> Sequence[Alike]:
    """Customers who may be the same as somebody about to be added.

    Looked through are those of the birth date, of the postcode and of the very name; who is
    neither born on that day nor lives there, under another spelling, is not found.
    """
    met = [Customer.sort_key == sort_key(person.last_name, person.first_name)]
    if person.birth_date:
        met.append(Customer.birth_date == person.birth_date)
    if person.postcode:
        met.append(Customer.postcode == person.postcode.strip())
    rows = session.execute(
        select(Customer, Company.name)
        .outerjoin(
            Company,
            and_(Company.pool_id == Customer.pool_id, Company.id == Customer.firm_id),
        )
        .where(*_scope(actor), or_(*met))
        .order_by(Customer.sort_key, Customer.id)
        .limit(_MOST_ALIKE)
    )
    found = []
    for customer, firm in rows:
        other = described(customer)
        if alike.is_alike(person, other):
            certain = alike.is_certain(person, other)
            found.append(
                Alike(
                    customer.id,
                    called(customer),
                    customer.birth_date,
                    customer.postcode,
                    customer.city,
                    firm,
                    customer.private,
                    certain,
                )
            )
    return sorted(found, key=lambda each: not each.certain)


def described(customer: Customer) -> Described:
    """What is known of a customer, to hold somebody against."""
    return Described(
        last_name=customer.last_name,
        first_name=customer.first_name,
        legal_person=customer.legal_person,
        birth_date=customer.birth_date,
        postcode=customer.postcode,
    )


def called(customer: Customer) -> str:
    """A customer's name in lists."""
    return ", ".join(part for part in (customer.last_name, customer.first_name) if part)


def choices(session: Session, actor: Actor, typed: str, *, most: int = 12) -> list[Row[Any]]:
    """Customers whose name begins as typed, for choosing one in a form."""
    prefix = name_prefix(typed)
    query = select(
        Customer.id,
        func.concat_ws(", ", Customer.last_name, Customer.first_name).label("name"),
        Customer.birth_date,
        Customer.city,
    ).where(*_scope(actor), ~Customer.private)
    if prefix:
        query = query.where(Customer.sort_key >= prefix, Customer.sort_key < f"{prefix}~")
    return list(session.execute(query.order_by(Customer.sort_key, Customer.id).limit(most)))


def contracts_of(session: Session, actor: Actor, customer_id: int) -> list[Row[Any]]:
    """The contracts a customer holds, the newest first."""
    return list(
        session.execute(
            select(
                Contract.id,
                Contract.number,
                Contract.state,
                Contract.begin_on,
                Contract.net_premium,
                Contract.currency,
                func.coalesce(Product.name, Contract.own_product).label("product"),
                func.coalesce(Insurer.name, Contract.own_insurer).label("insurer"),
            )
            .outerjoin(
                Product,
                and_(Product.pool_id == Contract.pool_id, Product.id == Contract.product_id),
            )
            .outerjoin(
                Insurer,
                and_(Insurer.pool_id == Contract.pool_id, Insurer.id == Contract.insurer_id),
            )
            .where(Contract.pool_id == actor.pool_id, Contract.holder_id == customer_id)
            .order_by(Contract.begin_on.desc().nulls_last(), Contract.id.desc())
            .limit(200)
        )
    )


def applications_of(session: Session, actor: Actor, customer_id: int) -> list[Row[Any]]:
    """The applications of a customer, the newest first."""
    return list(
        session.execute(
            select(
                Application.id,
                Application.case_number,
                Application.state,
                Application.applied_on,
                Application.net_premium,
                Application.currency,
                Product.name.label("product"),
            )
            .join(
                Product,
                and_(Product.pool_id == Application.pool_id, Product.id == Application.product_id),
            )
            .where(Application.pool_id == actor.pool_id, Application.customer_id == customer_id)
            .order_by(Application.id.desc())
            .limit(200)
        )
    )


def _scope(actor: Actor) -> list[Any]:
    """A firm sees its own; staff all of their organisation that is not a firm's own."""
    if actor.door is Door.EXTRANET:
        return [Customer.pool_id == actor.pool_id, Customer.firm_id.in_(actor.firm_ids)]
    here = [Customer.pool_id == actor.pool_id, ~Customer.private]
    return [*here, *scope.of_organisation(actor, Customer)]
