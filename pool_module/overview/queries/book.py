"""The book of business: how many contracts, what they are worth, by line, insurer and adviser.

Only of the actor's own firms (features IMS-25, 29, 31): each adviser of the firm with what he sold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from pool_module.contracts.queries.own import by_name_or_number
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.db.listing import Column, Filter, Listing, Shape
from shared.models.contracts import Contract, Customer
from shared.models.hierarchy import Producer
from shared.models.products import Insurer, LineOfBusiness, Product
from shared.vocabulary import ContractState

IN_FORCE = (ContractState.PENDING, ContractState.ACTIVE, ContractState.SUSPENDED,
            ContractState.PAID_UP)  # fmt: skip
DIMENSIONS = ("line", "insurer", "adviser")
HOLDER = func.concat_ws(", ", Customer.last_name, Customer.first_name)


@dataclass(frozen=True)
class Total:
    """Contracts in force in a currency."""

    currency: str
    contracts: int
    value: Decimal


@dataclass(frozen=True)
class Book:
    """A firm's book: the pool's contracts per currency, and how many it manages itself."""

    totals: tuple[Total, ...]
    self_managed: int
    converted: int

    @property
    def contracts(self) -> int:
        """All contracts in force: with the pool and in the firm's own keeping."""
        return sum(total.contracts for total in self.totals) + self.self_managed


def book_of(session: Session, actor: Actor) -> Book:
    """Count and value of the actor's firms: one statement."""
    rows: Any = session.execute(
        select(
            Contract.private,
            Contract.currency,
            func.count(),
            func.coalesce(func.sum(Contract.net_premium), 0),
            func.count(Contract.converted_from_id),
        )
        .where(*_in_force(actor))
        .group_by(Contract.private, Contract.currency)
        .order_by(func.count().desc())
    ).all()
    totals = tuple(
        Total(currency, n, value) for private, currency, n, value, _ in rows if not private
    )
    own = [row for row in rows if row[0]]
    return Book(totals, sum(row[2] for row in own), sum(row[4] for row in own))


def book_by(session: Session, actor: Actor, dimension: str) -> Sequence[Row[Any]]:
    """The pool contracts in force by line, insurer or adviser.

    Rows: id, name (and name_de, name_uk, name_en of a line), currency, contracts, value; the most
    contracts first.
    """
    tables: dict[str, tuple[Any, Any]] = {
        "line": (LineOfBusiness, Contract.line_id),
        "insurer": (Insurer, Contract.insurer_id),
        "adviser": (Producer, Contract.producer_id),
    }
    table, column = tables[dimension]
    names = (
        [table.code.label("name"), table.name_de, table.name_uk, table.name_en]
        if dimension == "line"
        else [table.name.label("name")]
    )
    count, value = func.count(), func.coalesce(func.sum(Contract.net_premium), 0)
    rows: Any = session.execute(
        select(
            column.label("id"), *names, Contract.currency, count.label("contracts"),
            value.label("value"),
        )
        .select_from(Contract)
        .outerjoin(table, (table.pool_id == Contract.pool_id) & (table.id == column))
        .where(*_in_force(actor), ~Contract.private)
        .group_by(column, *(n.element if hasattr(n, "element") else n for n in names),
                  Contract.currency)
        .order_by(count.desc(), column)
    ).all()  # fmt: skip
    return list(rows)


def firm_contract_list(session: Session, actor: Actor) -> Listing:
    """The pool contracts of the actor's firms."""
    assert actor == actor_of(session)
    return Listing(
        name="firm_contracts",
        source=select()
        .select_from(Contract)
        .join(Product, (Product.pool_id == Contract.pool_id) & (Product.id == Contract.product_id))
        .join(Insurer, (Insurer.pool_id == Contract.pool_id) & (Insurer.id == Contract.insurer_id))
        .outerjoin(
            Customer,
            (Customer.pool_id == Contract.pool_id) & (Customer.id == Contract.holder_id),
        )
        .where(
            Contract.pool_id == actor.pool_id,
            Contract.firm_id.in_(actor.firm_ids),
            ~Contract.private,
        ),
        id=Contract.id,
        columns=(
            Column("holder", HOLDER, sort=Customer.sort_key),
            Column("number", Contract.number, Shape.ID, sort=Contract.number_key),
            Column("product", Product.name),
            Column("insurer", Insurer.name),
            Column("begin_on", Contract.begin_on, Shape.DAY, sort=Contract.begin_on),
            Column(
                "net_premium", Contract.net_premium, Shape.MONEY,
                sort=Contract.net_premium_cents, currency=Contract.currency, total=True,
            ),
            Column("currency", Contract.currency, Shape.CODE),
            Column("state", Contract.state, Shape.CODE),
        ),
        filters=(
            Filter("state", Contract.state, Shape.CODE),
            Filter("line", Contract.line_id, Shape.COUNT),
            Filter("insurer", Contract.insurer_id, Shape.COUNT),
            Filter("adviser", Contract.producer_id, Shape.COUNT),
            Filter("holder", Contract.holder_id, Shape.COUNT),
            Filter("currency", Contract.currency, Shape.CODE),
            Filter("q", Customer.sort_key, Shape.TEXT, condition=by_name_or_number),
        ),
    )  # fmt: skip


def _in_force(actor: Actor) -> list[ColumnElement[bool]]:
    return [
        Contract.pool_id == actor.pool_id,
        Contract.firm_id.in_(actor.firm_ids),
        Contract.state.in_(IN_FORCE),
    ]
