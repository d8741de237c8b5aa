"""Searching the pool: names by the beginnings of their words, numbers, amounts.

One statement finds the words, an index range each (under row-level security: ``=``, ``<``, ``>=``
of text are leakproof, LIKE and trigrams are not); one per kind of hit tells what it is.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy import String as Text
from sqlalchemy import column as named
from sqlalchemy.orm import Session, aliased

from pool_module.overview.rules.asking import Asked
from shared import scope
from shared.actor import Actor
from shared.db import actor_of
from shared.models.contracts import Application, Contract, Customer
from shared.models.hierarchy import Producer
from shared.models.ledger import Statement, StatementLine
from shared.models.pools import Company
from shared.models.products import Insurer, Product, ProductAuthorisation
from shared.models.search import SearchWord
from shared.search_words import after, forms_of
from shared.vocabulary import Door

MOST: Final = 8  # of a kind
WIDE: Final = 24  # customers whose contracts and applications are looked at
# whose words have to be found for a kind of hit
SOURCES: Final = {
    "producer": ("producer", "company"),
    "contract": ("contract", "customer"),
    "customer": ("customer",),
    "application": ("application", "customer"),
    "insurer": ("insurer",),
    "product": ("product",),
    "statement": ("statement",),
}
ORGANISED: Final = ("application", "contract", "customer")
Found = dict[str, list[int]]
Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Hit:
    """Something found.

    Attributes:
        kind: what it is.
        id: which one.
        name: what it is called.
        details: what tells it from others of the name.
        parent_id: the statement of a line.
        private: whether it is a broker's own.
        amount: of a line.
        currency: of the amount.
    """

    kind: str
    id: int
    name: str
    details: tuple[str, ...] = ()
    parent_id: int | None = None
    private: bool = False
    amount: Decimal | None = None
    currency: str | None = None


def search(
    session: Session, asked: Asked, *, kinds: Collection[str], today: date
) -> dict[str, list[Hit]]:
    """Find what begins with what was asked, at most eight of a kind.

    Args:
        session: the transaction; its actor's rows are found.
        asked: what was typed.
        kinds: what the person may see.
        today: decides which restricted products a broker may sell.

    Returns:
        The kinds that have hits, each in the order of its words.
    """
    if asked.is_empty:
        return {}
    actor = actor_of(session)
    wanted = [kind for kind in FINDERS if kind in kinds and kind in asked.kinds]
    found = _words(session, actor, asked, {s for kind in wanted for s in SOURCES.get(kind, ())})
    hits: dict[str, list[Hit]] = {}
    for kind in wanted:
        query = FINDERS[kind](actor, asked, found, today)
        if query is not None:
            rows = session.execute(query.limit(MOST)).all()
            order = {id_: at for at, id_ in enumerate(found.get(kind, []))}
            ranked = sorted(rows, key=lambda row, order=order: order.get(row.id, len(order)))  # type: ignore[misc]
            if ranked:
                hits[kind] = [_hit(kind, row) for row in ranked]
    return hits


def _words(session: Session, actor: Actor, asked: Asked, sources: Collection[str]) -> Found:
    """The ids of what has the words, by kind, the closest words first."""
    lookups = _lookups(asked)
    if not sources or not lookups:
        return {}
    kinds = values(named("kind", Text), name="kinds").data([(s,) for s in sorted(sources)])
    parts = []
    for rank, (word, others) in enumerate(lookups):
        here = (
            select(SearchWord.subject_id, SearchWord.word)
            .where(*_within(SearchWord, actor), SearchWord.kind == kinds.c.kind, *_begins(word))
            .where(*(_has(actor, other) for other in others))
            .order_by(SearchWord.word)
            .limit(WIDE)
            .lateral(f"lookup_{rank}")
        )
        parts.append(
            select(kinds.c.kind, here.c.subject_id, here.c.word, literal(rank).label("rank"))
            .select_from(kinds)
            .join(here, true())
        )
    rows = session.execute(union_all(*parts)).all()
    found: Found = {}
    for kind, subject, *_ in sorted(rows, key=lambda row: (row.rank, row.word, row.subject_id)):
        ids = found.setdefault(kind, [])
        if subject not in ids:
            ids.append(subject)
    return found


def _lookups(asked: Asked) -> list[tuple[str, list[str]]]:
    """What to look up: a beginning, and the words that have to stand beside it."""
    first, *others = asked.words or ("",)
    plans = [(form, others) for form in forms_of(first)]
    if len(asked.number) > 1 and asked.number != first:
        plans.append((asked.number, []))
    return [(form, rest) for form, rest in plans if form]


def _begins(word: str, of: Any = SearchWord) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return of.word >= word, of.word < after(word)


def _has(actor: Actor, word: str) -> ColumnElement[bool]:
    """That the thing has another word as well."""
    other = aliased(SearchWord)
    begins = or_(*(func.starts_with(other.word, form) for form in forms_of(word)))
    return exists(literal(1)).where(
        *_within(other, actor),
        other.kind == SearchWord.kind,
        other.subject_id == SearchWord.subject_id,
        begins,
    )


def _within(of: Any, actor: Actor) -> list[ColumnElement[bool]]:
    """The actor's rows: the pool's that are not private, or those of his firms and the range."""
    if actor.door is Door.EXTRANET:
        mine = of.firm_id.in_(actor.firm_ids)
        return [of.pool_id == actor.pool_id, or_(mine, of.firm_id.is_(None))]
    here = [of.pool_id == actor.pool_id, ~of.private]
    unit = scope.of_organisation(actor, of)
    return [*here, or_(of.kind.not_in(ORGANISED), *unit)] if unit else here


def _of_firm(of: Any, actor: Actor) -> list[ColumnElement[bool]]:
    """Rows of a table with firms: the actor's."""
    rows: list[ColumnElement[bool]] = [of.pool_id == actor.pool_id]
    if actor.door is Door.EXTRANET:
        return [*rows, of.firm_id.in_(actor.firm_ids)]
    if hasattr(of, "private"):
        rows.append(~of.private)
    return [*rows, *scope.of_organisation(actor, of)] if hasattr(of, "team_id") else rows


def _producers(actor: Actor, _asked: Asked, found: Found, _today: date) -> Query | None:
    own, firms = found.get("producer", []), found.get("company", [])
    if not own and not firms:
        return None
    return (
        select(Producer.id, Producer.name, Company.name.label("b"), Producer.code.label("a"))
        .outerjoin(
            Company, (Company.pool_id == Producer.pool_id) & (Company.id == Producer.firm_id)
        )
        .where(Producer.pool_id == actor.pool_id, scope.open_company(Producer.firm_id))
        .where(or_(Producer.id.in_(own), Producer.firm_id.in_(firms)))
        .order_by(Producer.id.in_(own).desc(), Producer.sort_key, Producer.id)
    )


def _contracts(actor: Actor, _asked: Asked, found: Found, _today: date) -> Query | None:
    own, holders = found.get("contract", []), found.get("customer", [])
    if not own and not holders:
        return None
    return (
        select(
            Contract.id,
            Contract.number.label("name"),
            Contract.private,
            _person().label("a"),
            func.coalesce(Product.name, Contract.own_product).label("b"),
        )
        .outerjoin(
            Customer,
            (Customer.pool_id == Contract.pool_id) & (Customer.id == Contract.holder_id),
        )
        .outerjoin(
            Product, (Product.pool_id == Contract.pool_id) & (Product.id == Contract.product_id)
        )
        .where(*_of_firm(Contract, actor))
        .where(or_(Contract.id.in_(own), Contract.holder_id.in_(holders)))
        .order_by(Contract.id.in_(own).desc(), Contract.id.desc())
    )


def _customers(actor: Actor, _asked: Asked, found: Found, _today: date) -> Query | None:
    if not found.get("customer"):
        return None
    query = (
        select(
            Customer.id, _person().label("name"), Customer.private, Customer.city.label("a"),
            func.to_char(Customer.birth_date, "YYYY").label("b"),
        )
        .where(*_of_firm(Customer, actor))
        .where(Customer.id.in_(found["customer"]))
        .order_by(Customer.sort_key, Customer.id)
    )  # fmt: skip
    # a broker keeps his own customers; those of pool contracts he meets at the contract
    return query.where(Customer.private) if actor.door is Door.EXTRANET else query


def _applications(actor: Actor, _asked: Asked, found: Found, _today: date) -> Query | None:
    own, customers = found.get("application", []), found.get("customer", [])
    if not own and not customers:
        return None
    return (
        select(
            Application.id,
            Application.case_number.label("name"),
            _person().label("a"),
            Product.name.label("b"),
        )
        .outerjoin(
            Customer,
            (Customer.pool_id == Application.pool_id) & (Customer.id == Application.customer_id),
        )
        .outerjoin(
            Product,
            (Product.pool_id == Application.pool_id) & (Product.id == Application.product_id),
        )
        .where(*_of_firm(Application, actor))
        .where(or_(Application.id.in_(own), Application.customer_id.in_(customers)))
        .order_by(Application.id.in_(own).desc(), Application.id.desc())
    )


def _insurers(actor: Actor, _asked: Asked, found: Found, _today: date) -> Query | None:
    if not found.get("insurer"):
        return None
    return (
        select(Insurer.id, Insurer.name, Insurer.code.label("a"))
        .where(
            Insurer.pool_id == actor.pool_id,
            Insurer.id.in_(found["insurer"]),
            scope.open_insurer(Insurer.id),
        )
        .order_by(Insurer.name)
    )


def _products(actor: Actor, _asked: Asked, found: Found, today: date) -> Query | None:
    if not found.get("product"):
        return None
    query = (
        select(Product.id, Product.name, Insurer.name.label("a"), Product.code.label("b"))
        .join(Insurer, (Insurer.pool_id == Product.pool_id) & (Insurer.id == Product.insurer_id))
        .where(
            Product.pool_id == actor.pool_id,
            Product.id.in_(found["product"]),
            scope.open_insurer(Product.insurer_id),
        )
        .order_by(Product.name)
    )
    if actor.door is not Door.EXTRANET:
        return query
    allowed = exists(literal(1)).where(
        ProductAuthorisation.pool_id == Product.pool_id,
        ProductAuthorisation.product_id == Product.id,
        ProductAuthorisation.firm_id.in_(actor.firm_ids),
        ProductAuthorisation.superseded_at.is_(None),
        ProductAuthorisation.valid.contains(literal(today, Date)),
        ProductAuthorisation.allowed,
    )
    return query.where(or_(~Product.restricted, allowed), ~Product.catch_all)


def _statements(actor: Actor, _asked: Asked, found: Found, _today: date) -> Query | None:
    if not found.get("statement"):
        return None
    return (
        select(
            Statement.id,
            Statement.number.label("name"),
            Company.name.label("a"),
            Statement.payout.label("amount"),
            Statement.currency,
        )
        .join(
            Company, (Company.pool_id == Statement.pool_id) & (Company.id == Statement.company_id)
        )
        .where(*_of_firm(Statement, actor), Statement.id.in_(found["statement"]))
        .order_by(Statement.id.desc())
    )


def _lines(actor: Actor, asked: Asked, _found: Found, _today: date) -> Query | None:
    if asked.cents is None:
        return None
    return (
        select(
            StatementLine.id,
            StatementLine.statement_id.label("parent_id"),
            StatementLine.contract_number.label("name"),
            StatementLine.payable.label("amount"),
            Statement.currency,
            StatementLine.producer.label("a"),
            Statement.number.label("b"),
        )
        .join(
            Statement,
            (Statement.pool_id == StatementLine.pool_id)
            & (Statement.id == StatementLine.statement_id),
        )
        .where(*_of_firm(StatementLine, actor))
        .where(StatementLine.payable_cents.in_([asked.cents, -asked.cents]))
        .order_by(StatementLine.id.desc())
    )


def _person() -> ColumnElement[Any]:
    return func.concat_ws(", ", Customer.last_name, Customer.first_name)


def _hit(kind: str, row: Row[Any]) -> Hit:
    told: dict[str, Any] = dict(row._mapping)  # noqa: SLF001  -- how SQLAlchemy names a row's columns
    return Hit(
        kind=kind,
        id=told["id"],
        name=told["name"],
        details=tuple(_details(told.get("a"), told.get("b"))),
        parent_id=told.get("parent_id"),
        private=told.get("private", False),
        amount=told.get("amount"),
        currency=told.get("currency"),
    )


def _details(*parts: str | None) -> Iterable[str]:
    return (part for part in parts if part)


Finder = Callable[[Actor, Asked, Found, date], Query | None]
FINDERS: Final[dict[str, Finder]] = {
    "producer": _producers,
    "contract": _contracts,
    "customer": _customers,
    "application": _applications,
    "insurer": _insurers,
    "product": _products,
    "statement": _statements,
    "line": _lines,
}
__all__: Sequence[str] = ("Hit", "search")
