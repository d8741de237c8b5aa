"""One contract with all that belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from pool_module.contracts.errors import NoSuchContract, ProducerUnknown
from shared import scope
from shared.actor import Actor
from shared.models.contracts import (
    Application,
    Contract,
    ContractCut,
    ContractShare,
    ContractTerms,
    Customer,
    Document,
    Event,
    PremiumDue,
)
from shared.models.conversation import Thread
from shared.models.hierarchy import Producer
from shared.models.incoming import Delivery, DeliveryLine
from shared.models.ledger import SettlementRun, Statement, StatementLine
from shared.models.pools import Company
from shared.models.products import Insurer, LineOfBusiness, Product

MOST = 240


@dataclass(frozen=True)
class Whole:
    """A contract with the names of what it points to, and how much hangs on it."""

    contract: Contract
    terms: ContractTerms | None
    holder: Customer | None
    product: str | None
    insurer: str | None
    line: LineOfBusiness | None
    producer: str | None
    firm: str | None
    application_id: int | None
    documents: int
    threads: int


@dataclass(frozen=True)
class Brought:
    """A commission event and what was booked of it, line by line."""

    event: Event
    lines: Sequence[Row[Any]]
    delivery: str | None
    row_number: int | None


def get_contract(
    session: Session, actor: Actor, contract_id: int, *, lock: bool = False
) -> Contract:
    """A contract of the pool; ``lock`` has others wait who want to change it too.

    Raises:
        NoSuchContract: there is none within reach.
    """
    query = select(Contract).where(*_scope(actor), Contract.id == contract_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NoSuchContract
    return found


def get_whole(session: Session, actor: Actor, contract_id: int) -> Whole:
    """A contract with names and counts, in one statement.

    Raises:
        NoSuchContract: there is none within reach.
    """
    row = session.execute(
        select(
            Contract,
            ContractTerms,
            Customer,
            Product.name,
            Insurer.name,
            LineOfBusiness,
            Producer.name,
            Company.name,
            select(func.max(Application.id))
            .where(Application.pool_id == Contract.pool_id, Application.contract_id == Contract.id)
            .correlate(Contract)
            .scalar_subquery(),
            _counted(Document),
            _counted(Thread),
        )
        .outerjoin(
            ContractTerms,
            and_(
                ContractTerms.pool_id == Contract.pool_id,
                ContractTerms.contract_id == Contract.id,
                ContractTerms.superseded_at.is_(None),
            ),
        )
        .outerjoin(Customer, _points(Customer, Contract.holder_id))
        .outerjoin(Product, _points(Product, Contract.product_id))
        .outerjoin(Insurer, _points(Insurer, Contract.insurer_id))
        .outerjoin(LineOfBusiness, _points(LineOfBusiness, Contract.line_id))
        .outerjoin(Producer, _points(Producer, Contract.producer_id))
        .outerjoin(Company, _points(Company, Contract.firm_id))
        .where(*_scope(actor), Contract.id == contract_id)
    ).one_or_none()
    if row is None:
        raise NoSuchContract
    return Whole(*row)


def shares_of(session: Session, actor: Actor, contract_id: int) -> list[Row[Any]]:
    """The standing shares, the latest stretch first: share, valid, producer, position."""
    return list(
        session.execute(
            select(
                ContractShare.position,
                ContractShare.share,
                ContractShare.valid,
                ContractShare.reason,
                ContractShare.producer_id,
                Producer.name.label("producer"),
                Producer.code,
            )
            .join(
                Producer,
                and_(
                    Producer.pool_id == ContractShare.pool_id,
                    Producer.id == ContractShare.producer_id,
                ),
            )
            .where(
                ContractShare.pool_id == actor.pool_id,
                ContractShare.contract_id == contract_id,
                ContractShare.superseded_at.is_(None),
            )
            .order_by(func.lower(ContractShare.valid).desc().nulls_last(), ContractShare.position)
        )
    )


def cuts_of(session: Session, actor: Actor, contract_id: int) -> Sequence[ContractCut]:
    """The standing cuts by their day."""
    return session.scalars(
        select(ContractCut)
        .where(
            ContractCut.pool_id == actor.pool_id,
            ContractCut.contract_id == contract_id,
            ContractCut.superseded_at.is_(None),
        )
        .order_by(ContractCut.on_day)
    ).all()


def premiums_of(
    session: Session, actor: Actor, contract_id: int, first: date, last: date
) -> Sequence[PremiumDue]:
    """The premiums of a contract that fall due within days, in order."""
    return session.scalars(
        select(PremiumDue)
        .where(
            PremiumDue.pool_id == actor.pool_id,
            PremiumDue.contract_id == contract_id,
            PremiumDue.due_on.between(first, last),
        )
        .order_by(PremiumDue.due_on)
        .limit(MOST)
    ).all()


def brought_by(session: Session, actor: Actor, contract_id: int) -> list[Brought]:
    """The commission events of a contract, the latest first, with what was booked of each."""
    found = session.execute(
        select(Event, Delivery.file_name, DeliveryLine.row_number)
        .outerjoin(
            DeliveryLine,
            and_(DeliveryLine.pool_id == Event.pool_id, DeliveryLine.event_id == Event.id),
        )
        .outerjoin(
            Delivery,
            and_(Delivery.pool_id == DeliveryLine.pool_id, Delivery.id == DeliveryLine.delivery_id),
        )
        .where(Event.pool_id == actor.pool_id, Event.contract_id == contract_id)
        .order_by(Event.due.desc(), Event.id.desc())
        .limit(MOST)
    ).all()
    lines = _booked(session, actor, [event.id for event, _, _ in found])
    once: dict[int, Brought] = {}
    for event, name, number in found:
        once.setdefault(event.id, Brought(event, lines.get(event.id, ()), name, number))
    return list(once.values())


def _booked(session: Session, actor: Actor, events: list[int]) -> dict[int, list[Row[Any]]]:
    """What statements say of events, by event: own sales first, then up the line."""
    found: dict[int, list[Row[Any]]] = {}
    if not events:
        return found
    rows: Any = session.execute(
        select(
            StatementLine.id,
            StatementLine.event_id,
            StatementLine.statement_id,
            StatementLine.producer,
            StatementLine.level,
            StatementLine.own_sale,
            StatementLine.correction,
            StatementLine.cause,
            StatementLine.payable,
            StatementLine.reserve,
            Statement.number,
            Statement.currency,
            Statement.run_id,
            SettlementRun.through,
        )
        .join(
            Statement,
            and_(
                Statement.pool_id == StatementLine.pool_id,
                Statement.id == StatementLine.statement_id,
            ),
        )
        .join(
            SettlementRun,
            and_(SettlementRun.pool_id == Statement.pool_id, SettlementRun.id == Statement.run_id),
        )
        .where(StatementLine.pool_id == actor.pool_id, StatementLine.event_id.in_(events))
        .order_by(SettlementRun.through, StatementLine.own_sale.desc(), StatementLine.id)
    )
    for row in rows:
        found.setdefault(row.event_id, []).append(row)
    return found


def find_number(
    session: Session, actor: Actor, insurer_id: int, line_id: int, number_key: str
) -> int | None:
    """The pool's contract of a number within insurer and line, if there is one."""
    assert actor.pool_id  # the database answers for this pool, past the wall: numbers are unique
    found: int | None = session.execute(
        select(func.contract_numbered(insurer_id, line_id, number_key))
    ).scalar_one()
    return found


def get_producers(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, Producer]:
    """Producers by their numbers; who is unknown is not in it."""
    rows = session.scalars(
        select(Producer).where(
            Producer.pool_id == actor.pool_id,
            Producer.id.in_(ids),
            scope.open_company(Producer.firm_id),
        )
    )
    return {producer.id: producer for producer in rows}


def firms_of(session: Session, actor: Actor, producer_ids: Sequence[int]) -> list[int]:
    """The firms producers belong to."""
    rows = session.scalars(
        select(Producer.firm_id)
        .distinct()
        .where(
            Producer.pool_id == actor.pool_id,
            Producer.id.in_(producer_ids),
            Producer.firm_id.is_not(None),
        )
        .order_by(Producer.firm_id)
    )
    return [firm_id for firm_id in rows if firm_id is not None]


def sellers(session: Session, actor: Actor) -> list[Row[Any]]:
    """All producers for choosing one: id, name, code."""
    return list(
        session.execute(
            select(Producer.id, Producer.name, Producer.code)
            .where(Producer.pool_id == actor.pool_id, scope.open_company(Producer.firm_id))
            .order_by(Producer.sort_key, Producer.name, Producer.id)
        )
    )


def find_seller(session: Session, actor: Actor, typed: str | None) -> int | None:
    """The producer somebody typed or chose: by code, name, or both as lists offer them."""
    wanted = (typed or "").strip().casefold()
    for row in sellers(session, actor) if wanted else ():
        offered = {f"{row.name} ({row.code})", row.code, row.name}
        if wanted in {each.casefold() for each in offered}:
            return int(row.id)
    return None


def get_seller(session: Session, actor: Actor, typed: str | None) -> int | None:
    """The producer somebody typed or chose, as ``find_seller``; None: nothing was typed.

    Raises:
        ProducerUnknown: nobody within reach is called so.
    """
    found = find_seller(session, actor, typed)
    if found is None and (typed or "").strip():
        raise ProducerUnknown
    return found


def _points(model: Any, column: Any) -> Any:
    return and_(model.pool_id == Contract.pool_id, model.id == column)


def _counted(model: Any) -> Any:
    return (
        select(func.count())
        .select_from(model)
        .where(
            model.pool_id == Contract.pool_id,
            model.subject == "contract",
            model.subject_id == Contract.id,
        )
        .correlate(Contract)
        .scalar_subquery()
    )


def _scope(actor: Actor) -> list[Any]:
    here = [Contract.pool_id == actor.pool_id, ~Contract.private]
    return [*here, *scope.of_organisation(actor, Contract)]
