"""A broker's own customers and contracts: private rows of his firms, never the pool's.

Pool customers of the firm are read beside them, clearly apart; nothing here writes those.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select

from shared.actor import Actor
from shared.db import Session, actor_of
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.models.contracts import Contract, Customer, PremiumDue
from shared.sorting import sort_key

HOLDER = func.concat_ws(", ", Customer.last_name, Customer.first_name)


def own_contract_list(session: Session, actor: Actor) -> Listing:
    """The firm's own contracts."""
    assert actor == actor_of(session)
    return Listing(
        name="own_contracts",
        source=select()
        .select_from(Contract)
        .outerjoin(
            Customer,
            (Customer.pool_id == Contract.pool_id) & (Customer.id == Contract.holder_id),
        )
        .where(
            Contract.pool_id == actor.pool_id,
            Contract.firm_id.in_(actor.firm_ids),
            Contract.private,
        ),
        id=Contract.id,
        columns=(
            Column("holder", HOLDER, sort=Customer.sort_key),
            Column("number", Contract.number, Shape.ID, sort=Contract.number_key),
            Column("product", Contract.own_product),
            Column("insurer", Contract.own_insurer),
            Column("begin_on", Contract.begin_on, Shape.DAY, sort=Contract.begin_on),
            Column(
                "net_premium", Contract.net_premium, Shape.MONEY,
                sort=Contract.net_premium_cents, currency=Contract.currency, total=True,
            ),
            Column("currency", Contract.currency, Shape.CODE),
            Column("state", Contract.state, Shape.CODE),
        ),
        extra={"converted_from_id": Contract.converted_from_id},
        filters=(
            Filter("state", Contract.state, Shape.CODE),
            Filter("converted", Contract.converted_from_id.is_not(None), Shape.FLAG),
            Filter("holder", Contract.holder_id, Shape.COUNT),
            Filter("q", Customer.sort_key, Shape.TEXT, condition=by_name_or_number),
        ),
    )  # fmt: skip


def customer_list(session: Session, actor: Actor, *, private: bool) -> Listing:
    """The firm's own customers, or the pool's customers the firm works for."""
    assert actor == actor_of(session)
    contracts = (
        select(func.count())
        .select_from(Contract)
        .where(
            Contract.pool_id == Customer.pool_id,
            Contract.holder_id == Customer.id,
            Contract.firm_id.in_(actor.firm_ids),
        )
        .scalar_subquery()
    )
    return Listing(
        name="own_customers" if private else "pool_customers",
        source=select()
        .select_from(Customer)
        .where(
            Customer.pool_id == actor.pool_id,
            Customer.firm_id.in_(actor.firm_ids),
            Customer.private if private else ~Customer.private,
        ),
        id=Customer.id,
        columns=(
            Column("name", HOLDER, sort=Customer.sort_key),
            Column("city", func.concat_ws(" ", Customer.postcode, Customer.city)),
            Column("phone", Customer.phone),
            Column("email", Customer.email),
            Column("contracts", contracts, Shape.COUNT),
        ),
        filters=(Filter("q", Customer.sort_key, Shape.TEXT, key=name_prefix),),
    )


def by_name_or_number(_: Operator, words: Sequence[str]) -> ColumnElement[bool]:
    """A contract whose holder's name, or whose number, begins with what was typed."""
    return or_(
        *(_begins(Customer.sort_key, name_prefix(word)) for word in words),
        *(_begins(Contract.number_key, number_key(word)) for word in words),
    )


def name_prefix(name: str) -> str:
    """The key all names begin with that begin so, whatever their accents and capitals.

    A sort key has letters first, then a zero weight, then accents and case.
    """
    key = sort_key(name)
    weights = [key[at : at + 4] for at in range(0, len(key), 4)]
    return "".join(takewhile(lambda weight: weight != "0000", weights))


def _begins(column: Any, key: str) -> ColumnElement[bool]:
    """A prefix as a range, so that an index finds it; nothing typed finds nothing."""
    return and_(column >= key, column < key + "\U0010ffff") if key else false()


def number_key(number: str) -> str:
    """A contract number as it is compared: capital letters and digits only."""
    return "".join(c for c in number.upper() if c.isalnum())


def find_own(session: Session, actor: Actor, contract_id: int) -> Contract | None:
    """A contract of the firm's own."""
    return session.scalars(
        select(Contract).where(
            Contract.pool_id == actor.pool_id,
            Contract.firm_id.in_(actor.firm_ids),
            Contract.private,
            Contract.id == contract_id,
        )
    ).one_or_none()


def find_customer(session: Session, actor: Actor, customer_id: int) -> Customer | None:
    """A customer of the firm, its own or the pool's."""
    return session.scalars(
        select(Customer).where(
            Customer.pool_id == actor.pool_id,
            Customer.firm_id.in_(actor.firm_ids),
            Customer.id == customer_id,
        )
    ).one_or_none()


def customer_choices(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """The firm's own customers by name, for a choice (id, name)."""
    return session.execute(
        select(Customer.id, HOLDER.label("name"))
        .where(
            Customer.pool_id == actor.pool_id,
            Customer.firm_id.in_(actor.firm_ids),
            Customer.private,
        )
        .order_by(Customer.sort_key, Customer.id)
    ).all()


def contracts_of(session: Session, actor: Actor, customer_id: int) -> Sequence[Contract]:
    """A customer's contracts at the firm, the newest first."""
    return session.scalars(
        select(Contract)
        .where(
            Contract.pool_id == actor.pool_id,
            Contract.firm_id.in_(actor.firm_ids),
            Contract.holder_id == customer_id,
        )
        .order_by(Contract.begin_on.desc().nulls_last(), Contract.id.desc())
    ).all()


def premiums_of(session: Session, actor: Actor, contract_id: int) -> Sequence[PremiumDue]:
    """The premiums of a contract of the firm, the next first, then the past."""
    return session.scalars(
        select(PremiumDue)
        .where(
            PremiumDue.pool_id == actor.pool_id,
            PremiumDue.firm_id.in_(actor.firm_ids),
            PremiumDue.contract_id == contract_id,
        )
        .order_by(PremiumDue.due_on.desc())
        .limit(24)
    ).all()
