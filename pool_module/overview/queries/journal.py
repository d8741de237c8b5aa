"""The journal read: who did what to which thing, why, and who was the second person."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, Text, and_, cast, func, literal, or_, select, union_all
from sqlalchemy import column as sa_column
from sqlalchemy.orm import Session

from pool_module.overview.errors import NoSuchEntry
from shared import scope
from shared.db import actor_of
from shared.db.listing import Column, Filter, Listing, Shape, Value
from shared.models.contracts import Application, Contract, Customer
from shared.models.conversation import Thread
from shared.models.hierarchy import CareerLevel, CommissionGroup, Producer
from shared.models.incoming import Discrepancy
from shared.models.kit import AuditEntry
from shared.models.ledger import SettlementRun
from shared.models.pools import Company, Division, Organisation, Team
from shared.models.products import Insurer, LineOfBusiness, Product
from shared.models.proposals import Proposal
from shared.scope import DEFAULT
from shared.vocabulary import Door

REASONS: Final = ("reason", "note", "resolution", "text")
SECONDS: Final = ("approved_by", "decided_by")
# what a thread of no organisation can be about and be everybody's
EVERYBODYS: Final = ("insurer", "product")
# what lines name by number, and what it is called
NAMED: Final[dict[str, tuple[Any, Any]]] = {
    "company": (Company, Company.name),
    "division": (Division, Division.name),
    "group": (CommissionGroup, func.coalesce(CommissionGroup.name, CommissionGroup.code)),
    "insurer": (Insurer, Insurer.name),
    "level": (CareerLevel, func.coalesce(CareerLevel.name, CareerLevel.code)),
    "line": (LineOfBusiness, LineOfBusiness.code),
    "organisation": (Organisation, Organisation.name),
    "producer": (Producer, Producer.name),
    "product": (Product, Product.name),
    "team": (Team, Team.name),
}


@dataclass(frozen=True)
class Entry:
    """A line of the journal.

    Attributes:
        id: of the line.
        when: the moment.
        who: whoever did it.
        door: where he came from.
        action: what was done.
        subject: the kind of thing.
        subject_id: which one.
        old: what it was.
        new: what it is.
        reason: why.
        second: the second person.
    """

    id: int
    when: datetime
    who: str
    door: str
    action: str
    subject: str
    subject_id: int | None
    old: dict[str, Any]
    new: dict[str, Any]
    reason: str | None
    second: str | None


def journal_list(session: Session) -> Listing:
    """The journal; ``manual`` is what people did, not what a file or a job brought."""
    of = AuditEntry
    reason, second = _reason(), _second()
    return Listing(
        name="journal",
        source=_entries(session),
        id=of.id,
        columns=(
            Column("when", of.recorded_at, Shape.MOMENT, sort=of.recorded_at),
            Column("who", of.recorded_by, Shape.TEXT),
            Column("action", of.action, Shape.ID),
            Column("subject", of.subject, Shape.ID),
            Column("thing", of.subject_id, Shape.ID),
            Column("reason", reason, Shape.TEXT),
            Column("second", second, Shape.TEXT),
            Column("door", of.door, Shape.ID),
        ),
        filters=(
            Filter("recorded_at", of.recorded_at, Shape.MOMENT),
            Filter("account", of.account_id, Shape.COUNT),
            Filter("subject", of.subject, Shape.ID),
            Filter("thing", of.subject_id, Shape.COUNT),
            Filter("action", of.action, Shape.ID),
            Filter("manual", and_(of.door != Door.WORKER, of.account_id.is_not(None)), Shape.FLAG),
        ),
    )


def get_entry(session: Session, entry_id: int) -> Entry:
    """A line of the journal with what it was and is.

    Raises:
        NoSuchEntry: there is none within reach.
    """
    of = AuditEntry
    row = session.execute(
        _entries(session)
        .where(of.id == entry_id)
        .with_only_columns(
            of.id, of.recorded_at.label("when"), of.recorded_by.label("who"), of.door, of.action,
            of.subject, of.subject_id, of.old, of.new, _reason().label("reason"),
            _second().label("second"),
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NoSuchEntry
    told = row._asdict()
    return Entry(**{**told, "old": told["old"] or {}, "new": told["new"] or {}})


def _entries(session: Session) -> Any:
    pool = actor_of(session).pool_id
    return (
        select()
        .select_from(AuditEntry)
        .outerjoin(
            SettlementRun,
            and_(
                SettlementRun.pool_id == pool,
                AuditEntry.subject == "settlement_run",
                SettlementRun.id == AuditEntry.subject_id,
            ),
        )
        .outerjoin(
            Proposal,
            and_(
                Proposal.pool_id == pool,
                AuditEntry.subject == "proposal",
                Proposal.id == AuditEntry.subject_id,
            ),
        )
        .where(AuditEntry.pool_id == pool)
    )


def _reason() -> Value:
    told = [AuditEntry.new[name].astext for name in REASONS]
    return func.coalesce(*told, Proposal.reason)


def _second() -> Value:
    told = [AuditEntry.new[name].astext for name in SECONDS]
    return func.coalesce(*told, Proposal.decided_by, SettlementRun.approved_by)


def open_of(
    session: Session, wanted: Mapping[str, Collection[int]], within: Collection[int]
) -> set[tuple[str, int]]:
    """Which things lines of the journal are about open to the actor, in one statement.

    Who reads the journal past the wall opens no record past it.

    Args:
        session: the transaction; it may see past the wall.
        wanted: kind (``OPENED``) and numbers; others are left out.
        within: organisations whose records he opens, 0 for what names none.
    """
    pool = actor_of(session).pool_id
    parts: list[Any] = [
        select(literal(kind), cast(of.id, BigInteger)).where(
            of.pool_id == pool, of.id.in_(wanted[kind]), opens(sorted(within))
        )
        for kind, (of, opens) in OPENED.items()
        if wanted.get(kind)
    ]
    if not parts:
        return set()
    return {(kind, number) for kind, number in session.execute(union_all(*parts))}


def _within(of: Any, everybodys: Any = None) -> Callable[[list[int]], Any]:
    """That a row is of one of these organisations, or everybody's; without the layer all are."""

    def condition(numbers: list[int]) -> Any:
        return or_(
            func.current_setting("app.layer") != "on",
            func.coalesce(of.organisation_id, DEFAULT).in_(numbers),
            *(() if everybodys is None else (and_(of.organisation_id.is_(None), everybodys),)),
        )

    return condition


def _reached(condition: Any) -> Callable[[list[int]], Any]:
    """That what is limited is not limited to others, whatever the organisation."""
    return lambda _: condition


# things with a page that does not open to everybody who reads of them
OPENED: Final[dict[str, tuple[Any, Callable[[list[int]], Any]]]] = {
    "application": (Application, _within(Application)),
    "company": (Company, _reached(scope.open_company(Company.id))),
    "contract": (Contract, _within(Contract)),
    "customer": (Customer, _within(Customer)),
    "discrepancy": (Discrepancy, _within(Discrepancy, Discrepancy.contract_id.is_(None))),
    "insurer": (Insurer, _reached(scope.open_insurer(Insurer.id))),
    "producer": (Producer, _reached(scope.open_company(Producer.firm_id))),
    "product": (Product, _reached(scope.open_insurer(Product.insurer_id))),
    "thread": (Thread, _within(Thread, Thread.subject.in_(EVERYBODYS))),
}


def names_of(session: Session, wanted: Mapping[str, Collection[int]]) -> dict[tuple[str, int], str]:
    """What the things a line of the journal names by number are called, in one statement.

    Args:
        session: the transaction.
        wanted: kind (``NAMED``, or account) and numbers; others are left out.
    """
    pool = actor_of(session).pool_id
    parts: list[Any] = [
        select(literal(kind), cast(of.id, BigInteger), column).where(
            of.pool_id == pool, of.id.in_(wanted[kind])
        )
        for kind, (of, column) in NAMED.items()
        if wanted.get(kind)
    ]
    if wanted.get("account"):
        people: Any = func.pool_staff().table_valued(
            sa_column("account_id", Integer), sa_column("name", Text)
        )
        parts.append(
            select(literal("account"), cast(people.c.account_id, BigInteger), people.c.name).where(
                people.c.account_id.in_(wanted["account"])
            )
        )
    if not parts:
        return {}
    rows = session.execute(union_all(*parts))
    return {(kind, number): name for kind, number, name in rows}
