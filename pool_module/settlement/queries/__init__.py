"""Reading runs, periods and what they booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select, text, update

from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Event
from shared.models.hierarchy import Producer
from shared.models.ledger import Period, RunPacket, SettlementRun, Statement
from shared.models.pools import Pool
from shared.money import plain
from shared.vocabulary import PeriodState, RunState

LIVE = (RunState.CALCULATING, RunState.CALCULATED, RunState.APPROVED)
FACT_LOCK = 7001
TOTALS = text("""
    SELECT currency,
           coalesce(-sum(amount) FILTER (WHERE account = 1), 0),
           coalesce(sum(amount) FILTER (WHERE account = 2), 0),
           coalesce(sum(amount) FILTER (WHERE account = 3), 0),
           coalesce(sum(amount) FILTER (WHERE account = 4), 0),
           sum(postings)
    FROM run_balance WHERE pool_id = :pool AND run_id = :run
    GROUP BY currency ORDER BY currency""")
WITHHELD = text("""
    SELECT w.statement_id, w.code, w.amount
    FROM statement_withholding w
    JOIN statement s ON s.pool_id = :pool AND s.id = w.statement_id AND s.run_id = :run
    WHERE w.pool_id = :pool ORDER BY w.statement_id, w.id""")
ENTRIES = text("""
    SELECT p.payee_id, e.ref, d.code,
           coalesce(sum(p.amount) FILTER (WHERE p.account = 2), 0) AS payable,
           coalesce(sum(p.amount) FILTER (WHERE p.account = 3), 0) AS reserve
    FROM posting p
    JOIN event e ON e.pool_id = :pool AND e.id = p.event_id
    JOIN producer d ON d.pool_id = :pool AND d.id = p.producer_id
    WHERE p.pool_id = :pool AND p.run_id = :run AND p.account IN (2, 3)
    GROUP BY p.payee_id, e.ref, d.code ORDER BY e.ref, d.code""")
STATEMENTS = text("""
    SELECT s.*, c.code FROM statement s
    JOIN company c ON c.pool_id = :pool AND c.id = s.company_id
    WHERE s.pool_id = :pool AND s.run_id = :run ORDER BY c.code""")


@dataclass(frozen=True)
class Progress:
    """How far a calculation is."""

    packets: int
    packets_done: int
    events: int
    events_done: int
    postings: int


@dataclass(frozen=True)
class Totals:
    """What a run books in a currency: sums of its draft, or of the ledger once closed."""

    currency: str
    receivable: Decimal
    payable: Decimal
    reserve: Decimal
    margin: Decimal
    postings: int


def find_live_run(session: Session, actor: Actor, *, lock: bool = False) -> SettlementRun | None:
    """The run that is being calculated, or waits for approval or close."""
    statement = select(SettlementRun).where(
        SettlementRun.pool_id == actor.pool_id, SettlementRun.state.in_(LIVE)
    )
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def get_run(session: Session, actor: Actor, run_id: int, *, lock: bool = False) -> SettlementRun:
    """A run by its id; ``lock`` holds it until the end of the transaction."""
    statement = select(SettlementRun).where(
        SettlementRun.pool_id == actor.pool_id, SettlementRun.id == run_id
    )
    return session.scalars(statement.with_for_update() if lock else statement).one()


def find_last_closed(session: Session, actor: Actor) -> SettlementRun | None:
    """The run closed last."""
    return session.scalars(
        select(SettlementRun)
        .where(SettlementRun.pool_id == actor.pool_id, SettlementRun.state == RunState.CLOSED)
        .order_by(SettlementRun.through.desc())
        .limit(1)
    ).first()


def closed_runs_before(session: Session, actor: Actor, through: date) -> tuple[int, ...]:
    """Ids of the closed runs through earlier days."""
    return tuple(
        session.scalars(
            select(SettlementRun.id)
            .where(
                SettlementRun.pool_id == actor.pool_id,
                SettlementRun.state == RunState.CLOSED,
                SettlementRun.through < through,
            )
            .order_by(SettlementRun.through)
        )
    )


def closed_runs(session: Session, actor: Actor) -> tuple[int, ...]:
    """Ids of all closed runs, the oldest first."""
    return closed_runs_before(session, actor, date.max)


def find_open_period(session: Session, actor: Actor) -> Period | None:
    """The open period, if one was begun."""
    return session.scalars(
        select(Period).where(Period.pool_id == actor.pool_id, Period.state == PeriodState.OPEN)
    ).one_or_none()


def get_period(session: Session, actor: Actor, period_id: int) -> Period:
    """A period by its id."""
    return session.scalars(
        select(Period).where(Period.pool_id == actor.pool_id, Period.id == period_id)
    ).one()


def find_period(session: Session, actor: Actor, name: str) -> Period | None:
    """A period by its name, e.g. ``2026-03``."""
    return session.scalars(
        select(Period).where(Period.pool_id == actor.pool_id, Period.name == name)
    ).one_or_none()


def fix_moment(session: Session, actor: Actor) -> datetime:
    """Take the moment up to which facts are known.

    Waits for transactions that are recording facts; the next ones record later than it.
    """
    session.execute(
        text("SELECT pg_advisory_xact_lock(:lock, :pool)"),
        {"lock": FACT_LOCK, "pool": actor.pool_id},
    )
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def progress_of(session: Session, actor: Actor, run_id: int) -> Progress:
    """How far the calculation of a run is."""
    row = session.execute(
        select(
            func.count(),
            func.count(RunPacket.done_at),
            func.coalesce(func.sum(RunPacket.events), 0),
            func.coalesce(func.sum(RunPacket.events).filter(RunPacket.done_at.is_not(None)), 0),
            func.coalesce(func.sum(RunPacket.postings), 0),
        ).where(RunPacket.pool_id == actor.pool_id, RunPacket.run_id == run_id)
    ).one()
    return Progress(*(int(value) for value in row))


def move_run(
    session: Session, actor: Actor, run_id: int, old: RunState, new: RunState, **values: object
) -> bool:
    """Move a run from one state to the next; False when it was not in ``old`` any more."""
    changed = session.execute(
        update(SettlementRun)
        .where(
            SettlementRun.pool_id == actor.pool_id,
            SettlementRun.id == run_id,
            SettlementRun.state == old,
        )
        .values(state=new, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def totals_of(session: Session, actor: Actor, run_id: int) -> Sequence[Totals]:
    """The sums of a calculated run per currency."""
    rows = session.execute(TOTALS, {"pool": actor.pool_id, "run": run_id})
    return [Totals(*row) for row in rows]


def now_of(session: Session) -> datetime:
    """The database's clock."""
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def zone_of(session: Session, actor: Actor) -> str:
    """The time zone of the pool's days."""
    zone: str = session.execute(select(Pool.time_zone).where(Pool.id == actor.pool_id)).scalar_one()
    return zone


def accounts_changed(session: Session, actor: Actor, run_id: int) -> list[str]:
    """Payees of a run whose account the actor changed since they were last paid, by name."""
    changed = func.accounts_changed(run_id, actor.name).table_valued("company_id", "name")
    return list(session.scalars(select(changed.c.name).order_by(changed.c.name)))


def movements_of(session: Session, actor: Actor, run_id: int) -> dict[str, object]:
    """What a closed run moved, in the shape of a scenario's result (one currency).

    Statements in payee order, entries in (event, producer) order, both by code point; amounts are
    strings with two decimals.
    """
    run = get_run(session, actor, run_id)
    here = {"pool": actor.pool_id, "run": run_id}
    totals = totals_of(session, actor, run_id)
    withheld: dict[int, dict[str, str]] = {}
    for row in session.execute(WITHHELD, here):
        withheld.setdefault(row.statement_id, {})[row.code] = plain(row.amount)
    entries: dict[int, list[dict[str, str]]] = {}
    for row in session.execute(ENTRIES, here):
        entries.setdefault(row.payee_id, []).append(
            {
                "event": row.ref,
                "producer": row.code,
                "payable": plain(row.payable),
                "reserve": plain(row.reserve),
            }
        )
    return {
        "through": run.through.isoformat(),
        "pool_margin": plain(sum((t.margin for t in totals), Decimal(0))),
        "receivable": plain(sum((t.receivable for t in totals), Decimal(0))),
        "statements": [
            {
                "payee": row.code,
                "opening": plain(row.opening),
                "adjustments": plain(row.adjustments),
                "withheld": withheld.get(row.id, {}),
                "entries": entries.get(row.company_id, []),
                "payout": plain(row.payout),
                "closing": plain(row.closing),
                "reserve_closing": plain(row.reserve_closing),
            }
            for row in session.execute(STATEMENTS, here)
        ],
    }


@dataclass(frozen=True)
class StatementTotals:
    """How many statements a run has in a currency, and what they pay out."""

    currency: str
    count: int
    payout: Decimal


def statement_totals_of(session: Session, actor: Actor, run_id: int) -> Sequence[StatementTotals]:
    """The statements of a closed run, per currency."""
    rows = session.execute(
        select(Statement.currency, func.count(), func.sum(Statement.payout))
        .where(Statement.pool_id == actor.pool_id, Statement.run_id == run_id)
        .group_by(Statement.currency)
        .order_by(Statement.currency)
    )
    return [StatementTotals(*row) for row in rows]


def find_run_of(session: Session, actor: Actor, period: str) -> SettlementRun | None:
    """The run that closed a period, or the open one that calculates it."""
    return session.scalars(
        select(SettlementRun)
        .join(
            Period,
            (Period.pool_id == SettlementRun.pool_id) & (Period.id == SettlementRun.period_id),
        )
        .where(
            SettlementRun.pool_id == actor.pool_id,
            Period.name == period,
            SettlementRun.state != RunState.DROPPED,
        )
    ).one_or_none()


def find_event(session: Session, actor: Actor, ref: str) -> int | None:
    """The id of an event."""
    return session.scalars(
        select(Event.id).where(Event.pool_id == actor.pool_id, Event.ref == ref)
    ).one_or_none()


def find_producer_id(session: Session, actor: Actor, code: str) -> int | None:
    """The id of a producer."""
    return session.scalars(
        select(Producer.id).where(Producer.pool_id == actor.pool_id, Producer.code == code)
    ).one_or_none()
