"""What the start page shows beside figures: the run, the deliveries, what is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from pool_module.crm.queries.threads import within_limits
from shared.db import actor_of
from shared.models.contracts import Contract
from shared.models.conversation import Thread
from shared.models.incoming import DeliveryLine, Discrepancy
from shared.models.ledger import Period, RunPacket, SettlementRun, Statement
from shared.models.pools import Company
from shared.models.products import Insurer
from shared.vocabulary import PeriodState, RunState

OPEN: Final = "open"


@dataclass(frozen=True)
class OpenCases:
    """Discrepancies nobody has settled."""

    count: int
    sums: Mapping[str, Decimal]


@dataclass(frozen=True)
class RunStatus:
    """How far the latest run is.

    Attributes:
        id: the run; None while there is none.
        period: its period's name.
        state: of the run.
        done: portions calculated, of ``size``.
        size: all its portions.
        calculated_by: who calculated it.
        approved_by: the second person.
        closed_at: when the books were closed over it.
        statements: how many it made.
        open_period: the period that waits for its run; None while one is under way.
        cases: open discrepancies.
    """

    id: int | None
    period: str | None
    state: str | None
    done: int
    size: int
    calculated_by: str | None
    approved_by: str | None
    closed_at: datetime | None
    statements: int
    open_period: str | None
    cases: OpenCases


@dataclass(frozen=True)
class Waiting:
    """A conversation in which somebody waits for the pool."""

    id: int
    title: str
    who: str
    last_at: datetime
    unread: bool


def waiting_threads(session: Session, *, most: int = 5) -> list[Waiting]:
    """The latest conversations in which the pool has not had the last word."""
    pool = actor_of(session).pool_id
    unread = Thread.pool_read_at.is_(None) | (Thread.pool_read_at < Thread.last_at)
    rows = session.execute(
        select(
            Thread.id,
            Thread.title,
            func.coalesce(Company.name, Insurer.name, ""),
            Thread.last_at,
            unread,
        )
        .outerjoin(Company, and_(Company.pool_id == pool, Company.id == Thread.firm_id))
        .outerjoin(Insurer, and_(Insurer.pool_id == pool, Insurer.id == Thread.insurer_id))
        .where(
            Thread.pool_id == pool,
            Thread.last_side != "pool",
            Thread.state == OPEN,
            *within_limits(),
        )
        .order_by(Thread.last_at.desc(), Thread.id.desc())
        .limit(most)
    )
    return [Waiting(*row) for row in rows]


def run_status(session: Session) -> RunStatus:
    """The latest run, what it waits for, and what is still open."""
    pool = actor_of(session).pool_id
    run = session.execute(
        select(SettlementRun, Period.name)
        .join(Period, and_(Period.pool_id == pool, Period.id == SettlementRun.period_id))
        .where(SettlementRun.pool_id == pool, SettlementRun.state != RunState.DROPPED)
        .order_by(SettlementRun.id.desc())
        .limit(1)
    ).one_or_none()
    waiting = session.execute(
        select(Period.name).where(Period.pool_id == pool, Period.state == PeriodState.OPEN)
    ).scalar_one_or_none()
    cases = open_cases(session)
    if run is None:
        return RunStatus(None, None, None, 0, 0, None, None, None, 0, waiting, cases)
    told, name = run
    done, size = session.execute(
        select(func.count(RunPacket.done_at), func.count()).where(
            RunPacket.pool_id == pool, RunPacket.run_id == told.id
        )
    ).one()
    statements = session.execute(
        select(func.count()).where(Statement.pool_id == pool, Statement.run_id == told.id)
    ).scalar_one()
    return RunStatus(
        told.id, name, told.state, done, size, told.calculated_by, told.approved_by,
        told.closed_at, statements, waiting if told.state == RunState.CLOSED else None, cases,
    )  # fmt: skip


def open_cases(session: Session) -> OpenCases:
    """How many discrepancies are open, and what was delivered in them, by currency."""
    pool = actor_of(session).pool_id
    currency = func.coalesce(DeliveryLine.currency, Contract.currency)
    rows = session.execute(
        select(currency, func.count(), func.sum(Discrepancy.delivered))
        .select_from(Discrepancy)
        .outerjoin(
            DeliveryLine,
            and_(DeliveryLine.pool_id == pool, DeliveryLine.id == Discrepancy.delivery_line_id),
        )
        .outerjoin(Contract, and_(Contract.pool_id == pool, Contract.id == Discrepancy.contract_id))
        .where(Discrepancy.pool_id == pool, Discrepancy.state == OPEN)
        .group_by(currency)
    ).all()
    sums = {row[0]: row[2] for row in rows if row[0] and row[2] is not None}
    return OpenCases(sum(row[1] for row in rows), sums)
