"""The things documents, threads and tasks are about, whatever table they stand in."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from pool_module.crm.errors import NoSuchRecord
from shared import scope
from shared.actor import Actor
from shared.models.contracts import Application, Contract, Customer
from shared.models.hierarchy import Producer
from shared.models.ledger import Statement, StatementLine
from shared.models.pools import Company
from shared.models.products import Insurer, Product, ProductVersion


@dataclass(frozen=True)
class Subject:
    """A thing something is about.

    Attributes:
        kind: its table.
        id: its number.
        name: what it is called.
        firm_id: the broker firm it belongs to.
        private: whether it is a firm's own.
    """

    kind: str
    id: int
    name: str
    firm_id: int | None = None
    private: bool = False


_PERSON: Final = func.concat_ws(", ", Customer.last_name, Customer.first_name)
# table, what it is called, whose it is, whether a firm's own
_KINDS: Final[dict[str, tuple[Any, Any, Any, Any]]] = {
    "application": (Application, Application.case_number, Application.firm_id, None),
    "contract": (Contract, Contract.number, Contract.firm_id, Contract.private),
    "customer": (Customer, _PERSON, Customer.firm_id, Customer.private),
    "product": (Product, Product.name, None, None),
    "insurer": (Insurer, Insurer.name, None, None),
    "producer": (Producer, Producer.name, Producer.firm_id, None),
    "company": (Company, Company.name, Company.id, None),
    "statement": (Statement, Statement.number, Statement.firm_id, None),
    "statement_line": (StatementLine, StatementLine.contract_number, StatementLine.firm_id, None),
}
KINDS: Final = tuple(_KINDS)
# those limited to other units are out of reach
_LIMITS: Final[dict[str, ColumnElement[bool]]] = {
    "company": scope.open_company(Company.id),
    "insurer": scope.open_insurer(Insurer.id),
    "producer": scope.open_company(Producer.firm_id),
    "product": scope.open_insurer(Product.insurer_id),
}
# what is of an organisation, whatever firm or insurer it names
CASES: Final = ("application", "contract", "customer", "statement_line")


def get_subject(session: Session, actor: Actor, kind: str, number: int) -> Subject:
    """A thing by its table and number.

    Raises:
        NoSuchRecord: there is none within reach, or nothing is ever about such things.
    """
    found = subjects(session, actor, [(kind, number)])
    if not found:
        raise NoSuchRecord
    return found[kind, number]


def subjects(
    session: Session, actor: Actor, wanted: Collection[tuple[str | None, int | None]]
) -> dict[tuple[str, int], Subject]:
    """The things of a list by table and number, in one statement; those out of reach are not in."""
    asked: dict[str, set[int]] = {}
    for kind, number in wanted:
        if kind in _KINDS and number is not None:
            asked.setdefault(kind, set()).add(number)
    if not asked:
        return {}
    parts: list[Any] = [_part(actor, kind, numbers) for kind, numbers in asked.items()]
    rows: Any = session.execute(union_all(*parts))
    return {(r.kind, r.id): Subject(r.kind, r.id, r.name or "", r.firm_id, r.private) for r in rows}


def open_subject(model: Any) -> ColumnElement[bool]:
    """That what something is about is no firm, insurer, producer or product limited to others.

    Args:
        model: a class with ``subject`` and ``subject_id``.
    """
    version = and_(ProductVersion.pool_id == model.pool_id, ProductVersion.id == model.subject_id)
    here = and_(Product.pool_id == ProductVersion.pool_id, Product.id == ProductVersion.product_id)
    of_version = (
        select(Product.insurer_id)
        .join(ProductVersion, here)
        .where(version)
        .correlate(model)
        .scalar_subquery()
    )

    def of(table: Any, column: Any) -> Any:
        found = select(column).where(table.pool_id == model.pool_id, table.id == model.subject_id)
        return found.correlate(model).scalar_subquery()

    return case(
        (model.subject == "company", scope.open_company(model.subject_id)),
        (model.subject == "insurer", scope.open_insurer(model.subject_id)),
        (model.subject == "producer", scope.open_company(of(Producer, Producer.firm_id))),
        (model.subject == "product", scope.open_insurer(of(Product, Product.insurer_id))),
        (model.subject == "product_version", scope.open_insurer(of_version)),
        else_=true(),
    )


def _part(actor: Actor, kind: str, numbers: Collection[int]) -> Any:
    model, name, firm, private = _KINDS[kind]
    whose = cast(null(), Integer) if firm is None else firm
    own = literal(value=False) if private is None else private
    columns: list[Any] = [
        literal(kind).label("kind"),
        cast(model.id, BigInteger).label("id"),
        name.label("name"),
        whose.label("firm_id"),
        own.label("private"),
    ]
    limits = [_LIMITS[kind]] if kind in _LIMITS else []
    return select(*columns).where(model.pool_id == actor.pool_id, model.id.in_(numbers), *limits)
