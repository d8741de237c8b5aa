"""Loads the demo: one transaction per month, each with its settlement.

The first transaction founds the pool and settles the first month, so that either nothing or a pool
that can be continued stands. A load that was interrupted goes on with the first month that is not
closed; a pool that is complete is left alone. All of it as the worker, whom the walls bind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from brokerpool.demo.codes import Codes, read_codes
from brokerpool.demo.founding import CODE, find_plan, found
from brokerpool.demo.months import CLOSED, Months
from brokerpool.demo.people import ACCOUNTANT, DIRECTOR
from brokerpool.demo.recording import record_contracts, record_cuts
from brokerpool.demo.settling import record_month, settle_month
from brokerpool.demo.story import open_month_cut
from brokerpool.demo.world import CONTRACTS, World, draw_world
from shared.actor import Actor
from shared.db import actor_of, open_session
from shared.vocabulary import Door, PeriodState

Say = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """A demo pool that stands.

    Attributes:
        pool_id: the pool.
        world: what it was drawn as.
        fresh: whether this call wrote anything.
        settled: whether the open month is closed as well.
    """

    pool_id: int
    world: World
    fresh: bool
    settled: bool


def load(
    engine: Engine,
    today: date,
    *,
    contracts: int = CONTRACTS,
    say: Say = print,
    refresh_statistics: Callable[[], None] = lambda: None,
) -> Loaded:
    """Load the demo, or what is missing of it.

    Args:
        engine: connects as the worker.
        today: decides the months of a new pool; a pool that stands keeps its own.
        contracts: how many a new pool gets.
        say: is told how far it is.
        refresh_statistics: called after the first month; a planner that believes the tables empty
            takes half a minute for a month.
    """
    pool = _find_pool(engine) or _new_pool_id(engine)
    with open_session(engine, accountant(pool)) as session:
        plan, done = find_plan(session), _closed_months(session)
        world = draw_world(*(plan or (Months.before(today), contracts)))
        codes = read_codes(session) if plan else None
        session.rollback()
        for month in range(done, CLOSED):
            codes = _load_month(session, world, codes, month)
            session.commit()
            say(f"{world.months.name(month)} is settled.")
            if month == done:
                refresh_statistics()
        assert codes is not None
        _prepare_open_month(session, world, codes)
        session.commit()
    return Loaded(pool, world, fresh=done < CLOSED, settled=done > CLOSED)


def accountant(pool_id: int) -> Actor:
    """Who settles the demo."""
    return Actor(Door.WORKER, pool_id, None, ACCOUNTANT)


def director(pool_id: int) -> Actor:
    """Who approves it."""
    return Actor(Door.WORKER, pool_id, None, DIRECTOR)


def _load_month(session: Session, world: World, codes: Codes | None, month: int) -> Codes:
    actor = actor_of(session)
    if codes is None:
        codes = found(session, world)
    record_month(session, actor, world, codes, month)
    settle_month(session, actor, director(actor.pool_id), world.months, month)
    return codes


def _prepare_open_month(session: Session, world: World, codes: Codes) -> None:
    """Contracts the insurers confirmed already; what they pay for them waits as files."""
    fresh = [c for c in world.contracts if c.born == CLOSED]
    if any(c.case in codes.contracts for c in fresh):
        return
    record_contracts(session, codes, world, fresh)
    record_cuts(session, codes, [open_month_cut(world.contracts, world.months)])


def _closed_months(session: Session) -> int:
    number: int = session.execute(
        text("SELECT count(*) FROM period WHERE pool_id = :pool AND state = :closed"),
        {"pool": actor_of(session).pool_id, "closed": PeriodState.CLOSED},
    ).scalar_one()
    return number


def _find_pool(engine: Engine) -> int | None:
    with engine.connect() as connection:
        number: int | None = connection.execute(
            text("SELECT id FROM all_pools() WHERE code = :code"), {"code": CODE}
        ).scalar()
    return number


def _new_pool_id(engine: Engine) -> int:
    with engine.begin() as connection:
        number: int = connection.execute(text("SELECT nextval('pool_id_seq')")).scalar_one()
    return number
