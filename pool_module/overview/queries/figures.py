"""What runs brought: the figures behind every number of the dashboard, as lists with sums.

Of calculated runs (closed, or about to be); a month nobody has calculated yet is told by what the
insurers have reported for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Date, and_, case, cast, func, select
from sqlalchemy.orm import Session

from shared.db import actor_of
from shared.db.listing import Column, Filter, Listing, Shape, Value
from shared.models.contracts import Contract, Customer, Event
from shared.models.figures import RunFigure, RunProducerFigure
from shared.models.hierarchy import Producer
from shared.models.ledger import Posting, SettlementRun
from shared.models.products import Insurer, LineOfBusiness, Product
from shared.money import ZERO
from shared.vocabulary import Account, RunState

TOLD: Final = (RunState.CALCULATED, RunState.APPROVED, RunState.CLOSED)
BITS: Final = {"organisation": 53, "run": 39, "product": 17, "kind": 10}


@dataclass(frozen=True)
class Sums:
    """What a month brought in one currency, of one line.

    Attributes:
        month: its first day.
        currency: of the amounts.
        line_id: the line of business.
        received: what insurers pay.
        payable: what goes to producers; None while nobody has calculated it.
        margin: what stays; None likewise.
        closed: whether the books are closed over it.
    """

    month: date
    currency: str
    line_id: int | None
    received: Decimal
    payable: Decimal | None
    margin: Decimal | None
    closed: bool


@dataclass(frozen=True)
class Mover:
    """A producer whose month differs most from the one before."""

    producer_id: int
    name: str
    now: Decimal
    before: Decimal

    @property
    def change(self) -> Decimal:
        """By how much."""
        return self.now - self.before


def sums_by_month(session: Session, first: date, last: date) -> list[Sums]:
    """What each month brought, by currency and line, from the month of ``first`` to ``last``'s."""
    month = cast(func.date_trunc("month", SettlementRun.through), Date)
    rows = session.execute(
        select(
            month,
            RunFigure.currency,
            RunFigure.line_id,
            func.sum(RunFigure.received),
            func.sum(RunFigure.payable),
            func.sum(RunFigure.margin),
            func.bool_and(SettlementRun.state == RunState.CLOSED),
        )
        .join(SettlementRun, _of_run(RunFigure))
        .where(RunFigure.pool_id == actor_of(session).pool_id, *_told(first, last))
        .group_by(month, RunFigure.currency, RunFigure.line_id)
        .order_by(month)
    )
    return [Sums(*row) for row in rows]


def expected_sums(session: Session, first: date, last: date) -> list[Sums]:
    """What insurers have reported as due in a stretch of days, by currency and line."""
    rows = session.execute(
        select(Contract.currency, Contract.line_id, func.sum(Event.received))
        .select_from(Event)
        .join(Contract, _of_contract())
        .where(Event.pool_id == actor_of(session).pool_id, Event.due.between(first, last))
        .group_by(Contract.currency, Contract.line_id)
    )
    month = first.replace(day=1)
    return [
        Sums(month, currency, line, received or ZERO, None, None, closed=False)
        for currency, line, received in rows
    ]


def told_months(session: Session, first: date, last: date) -> dict[date, bool]:
    """Months that are calculated, whoever has figures in them, and whether the books are closed."""
    month = cast(func.date_trunc("month", SettlementRun.through), Date)
    rows = session.execute(
        select(month, func.bool_and(SettlementRun.state == RunState.CLOSED))
        .where(SettlementRun.pool_id == actor_of(session).pool_id, *_told(first, last))
        .group_by(month)
    )
    return {row[0]: row[1] for row in rows}


def last_told_day(session: Session) -> date | None:
    """The last day of the latest run that has figures."""
    found: date | None = session.execute(
        select(func.max(SettlementRun.through)).where(
            SettlementRun.pool_id == actor_of(session).pool_id, SettlementRun.state.in_(TOLD)
        )
    ).scalar_one()
    return found


def line_names(session: Session) -> dict[int, dict[str, str]]:
    """The lines of business by language; one without a name goes by its code."""
    rows = session.execute(
        select(LineOfBusiness).where(LineOfBusiness.pool_id == actor_of(session).pool_id)
    ).scalars()
    return {
        line.id: {
            "de": line.name_de or line.code,
            "uk": line.name_uk or line.code,
            "en": line.name_en or line.code,
        }
        for line in rows
    }


def movers(
    session: Session, this: tuple[date, date], previous: tuple[date, date], currency: str, *,
    most: int = 5,
) -> list[Mover]:  # fmt: skip
    """The producers whose credit differs most between two months, the largest change first."""
    paid = RunProducerFigure.payable + RunProducerFigure.reserve
    now = func.coalesce(func.sum(case((SettlementRun.through.between(*this), paid))), 0)
    before = func.coalesce(func.sum(case((SettlementRun.through.between(*previous), paid))), 0)
    rows = session.execute(
        select(Producer.id, Producer.name, now, before)
        .select_from(RunProducerFigure)
        .join(SettlementRun, _of_run(RunProducerFigure))
        .join(Producer, _of_producer())
        .where(
            RunProducerFigure.pool_id == actor_of(session).pool_id,
            RunProducerFigure.currency == currency,
            *_told(previous[0], this[1]),
        )
        .group_by(Producer.id, Producer.name)
        .having(now != before)
        .order_by(func.abs(now - before).desc(), Producer.id)
        .limit(most)
    )
    return [Mover(*row) for row in rows]


def figure_list(session: Session) -> Listing:
    """What runs brought, a row per product, kind and currency."""
    cents = _cents
    currency = RunFigure.currency
    # unique within the pool, as lists want it: organisation, run, product, kind and two letters of
    # the currency
    number = (
        cast(RunFigure.run_id, BigInteger) * 2 ** BITS["run"]
        + cast(RunFigure.product_id, BigInteger) * 2 ** BITS["product"]
        + cast(func.ascii(RunFigure.kind) - 64, BigInteger) * 2 ** BITS["kind"]
        + (func.ascii(currency) - 65) * 32
        + func.ascii(func.substr(currency, 2))
        - 65
        + cast(RunFigure.organisation_id % 1024, BigInteger) * 2 ** BITS["organisation"]
    )
    return Listing(
        name="figures",
        source=select()
        .select_from(RunFigure)
        .join(SettlementRun, _of_run(RunFigure))
        .join(Product, _named(Product, RunFigure.product_id))
        .join(Insurer, _named(Insurer, RunFigure.insurer_id))
        .join(LineOfBusiness, _named(LineOfBusiness, RunFigure.line_id))
        .where(
            RunFigure.pool_id == actor_of(session).pool_id, SettlementRun.state.in_(TOLD)
        ),
        id=number,
        columns=(
            Column("through", SettlementRun.through, Shape.DAY, sort=SettlementRun.through),
            Column("insurer", Insurer.name, Shape.TEXT, sort=Insurer.name),
            Column("line", LineOfBusiness.code, Shape.TEXT, sort=LineOfBusiness.code),
            Column("product", Product.name, Shape.TEXT, sort=Product.name),
            Column("kind", RunFigure.kind, Shape.CODE),
            _money("received", RunFigure.received, cents(RunFigure.received), currency),
            _money("payable", RunFigure.payable, cents(RunFigure.payable), currency),
            _money("margin", RunFigure.margin, cents(RunFigure.margin), currency),
            Column("currency", currency, Shape.ID),
            Column("events", RunFigure.events, Shape.COUNT, sort=RunFigure.events),
        ),
        extra={
            "run_id": RunFigure.run_id,
            "product_id": RunFigure.product_id,
            "line_id": RunFigure.line_id,
            "kind_code": RunFigure.kind,
        },
        filters=(
            Filter("through", SettlementRun.through, Shape.DAY),
            Filter("insurer", RunFigure.insurer_id, Shape.COUNT),
            Filter("line", RunFigure.line_id, Shape.COUNT),
            Filter("product", RunFigure.product_id, Shape.COUNT),
            Filter("kind", RunFigure.kind, Shape.CODE),
            Filter("currency", currency, Shape.ID),
        ),
    )  # fmt: skip


def producer_list(session: Session) -> Listing:
    """What runs brought each producer."""
    of, cents = RunProducerFigure, _cents
    number = (
        cast(of.run_id, BigInteger) * 2 ** BITS["run"]
        + cast(of.producer_id, BigInteger) * 2 ** BITS["kind"]
        + (func.ascii(of.currency) - 65) * 32
        + func.ascii(func.substr(of.currency, 2))
        - 65
    )
    credit = of.payable + of.reserve
    return Listing(
        name="producer_figures",
        source=select()
        .select_from(of)
        .join(SettlementRun, _of_run(of))
        .join(Producer, _of_producer())
        .where(of.pool_id == actor_of(session).pool_id, SettlementRun.state.in_(TOLD)),
        id=number,
        columns=(
            Column("through", SettlementRun.through, Shape.DAY, sort=SettlementRun.through),
            Column("producer", Producer.name, Shape.TEXT, sort=Producer.sort_key),
            _money("received", of.received, cents(of.received), of.currency),
            _money("base", of.base, cents(of.base), of.currency),
            Column("units", of.units, Shape.COUNT),
            _money("credit", credit, cents(credit), of.currency),
            _money("payable", of.payable, cents(of.payable), of.currency),
            _money("reserve", of.reserve, cents(of.reserve), of.currency),
            Column("currency", of.currency, Shape.ID),
            Column("events", of.events, Shape.COUNT, sort=of.events),
        ),
        extra={"producer_id": of.producer_id, "run_id": of.run_id},
        filters=(
            Filter("through", SettlementRun.through, Shape.DAY),
            Filter("producer", of.producer_id, Shape.COUNT),
            Filter("currency", of.currency, Shape.ID),
        ),
    )


def entry_list(session: Session, run_id: int) -> Listing:
    """What a run booked, event by event: the cases behind its figures.

    Args:
        session: the transaction.
        run_id: the run; one of another pool has no entries.
    """
    pool = actor_of(session).pool_id
    amount = Posting.amount
    booked = (
        select(
            Posting.event_id,
            Posting.currency,
            (-func.coalesce(_sum_of(amount, Account.RECEIVABLE), 0)).label("received"),
            func.coalesce(_sum_of(amount, Account.MARGIN), 0).label("margin"),
        )
        .where(
            Posting.pool_id == pool,
            Posting.run_id == run_id,
            Posting.account.in_([Account.RECEIVABLE, Account.MARGIN]),
        )
        .group_by(Posting.event_id, Posting.currency)
        .subquery("booked")
    )
    of, currency = booked.c, booked.c.currency
    passed = of.received - of.margin
    return Listing(
        name="entries",
        source=select()
        .select_from(booked)
        .join(Event, and_(Event.pool_id == pool, Event.id == of.event_id))
        .join(Contract, and_(Contract.pool_id == pool, Contract.id == Event.contract_id))
        .join(Product, and_(Product.pool_id == pool, Product.id == Contract.product_id))
        .outerjoin(Customer, and_(Customer.pool_id == pool, Customer.id == Contract.holder_id)),
        id=of.event_id,
        columns=(
            *_event_columns(),
            _money("received", of.received, _cents(of.received), currency),
            _money("payable", passed, _cents(passed), currency),
            _money("margin", of.margin, _cents(of.margin), currency),
            Column("currency", currency, Shape.ID),
        ),
        extra={"contract_id": Contract.id},
        filters=_event_filters(currency),
    )


def expected_list(session: Session) -> Listing:
    """What insurers have reported, event by event, settled or not."""
    pool = actor_of(session).pool_id
    return Listing(
        name="events",
        source=select()
        .select_from(Event)
        .join(Contract, _of_contract())
        .join(Product, and_(Product.pool_id == pool, Product.id == Contract.product_id))
        .outerjoin(Customer, and_(Customer.pool_id == pool, Customer.id == Contract.holder_id))
        .where(Event.pool_id == pool),
        id=Event.id,
        columns=(
            *_event_columns(),
            _money("received", Event.received, None, Contract.currency),
            Column("currency", Contract.currency, Shape.ID),
        ),
        extra={"contract_id": Contract.id},
        filters=_event_filters(Contract.currency),
    )


def find_run_name(session: Session, run_id: int) -> date | None:
    """The last day of a run of the pool."""
    return session.execute(
        select(SettlementRun.through).where(
            SettlementRun.pool_id == actor_of(session).pool_id, SettlementRun.id == run_id
        )
    ).scalar_one_or_none()


def _event_columns() -> Sequence[Column]:
    return (
        Column("number", Contract.number, Shape.ID, sort=Contract.number_key),
        Column("holder", func.concat_ws(", ", Customer.last_name, Customer.first_name)),
        Column("product", Product.name, Shape.TEXT, sort=Product.name),
        Column("kind", Event.kind, Shape.CODE),
        Column("effective", Event.effective, Shape.DAY, sort=Event.effective),
        Column("due", Event.due, Shape.DAY, sort=Event.due),
    )


def _event_filters(currency: Value) -> tuple[Filter, ...]:
    return (
        Filter("due", Event.due, Shape.DAY),
        Filter("insurer", Product.insurer_id, Shape.COUNT),
        Filter("line", Product.line_id, Shape.COUNT),
        Filter("product", Product.id, Shape.COUNT),
        Filter("kind", Event.kind, Shape.CODE),
        Filter("currency", currency, Shape.ID),
    )


def _money(
    name: str, value: Value, sort: Value | None, currency: Value
) -> Column:  # fmt: skip
    return Column(name, value, Shape.MONEY, sort=sort, currency=currency, total=True)


def _cents(amount: Value) -> ColumnElement[int]:
    return cast(amount * 100, BigInteger)


def _sum_of(amount: Value, account: Account) -> ColumnElement[Any]:
    return func.sum(amount).filter(Posting.account == account)


def _of_run(of: Any) -> ColumnElement[bool]:
    return and_(SettlementRun.pool_id == of.pool_id, SettlementRun.id == of.run_id)


def _named(of: Any, number: Any) -> ColumnElement[bool]:
    """The row a run's figure names by its number."""
    return and_(of.pool_id == RunFigure.pool_id, of.id == number)


def _of_contract() -> ColumnElement[bool]:
    return and_(Contract.pool_id == Event.pool_id, Contract.id == Event.contract_id)


def _of_producer() -> ColumnElement[bool]:
    return and_(
        Producer.pool_id == RunProducerFigure.pool_id, Producer.id == RunProducerFigure.producer_id
    )


def _told(first: date, last: date) -> list[ColumnElement[bool]]:
    return [SettlementRun.state.in_(TOLD), SettlementRun.through.between(first, last)]
