"""The fact lock: a run's moment tells exactly which facts it knows. Two connections each."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pool_module.settlement.queries import fix_moment
from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.models import Base
from shared.vocabulary import Door
from tests.factories.rows import Estate, build, values_of
from tests.servers import Database

Pools = tuple[Database, Estate, Estate]


@pytest.fixture(scope="class")
def pools(own_database: Database) -> Pools:
    engine = make_engine(own_database.owner_url)
    with engine.begin() as connection:
        made = build(connection, 1), build(connection, 3)
    engine.dispose()
    return own_database, *made


class TestTheFactLock:
    def test_a_runs_moment_waits_for_facts_being_recorded(self, pools: Pools) -> None:
        database, pool, _ = pools
        moments: list[datetime] = []
        with (
            _session(database, pool) as recording,
            _session(database, pool) as run,
        ):
            recorded = _adjust(recording, pool)
            fixing = threading.Thread(target=lambda: moments.append(_fix(run, pool)))
            fixing.start()
            assert _somebody_waits(database)
            assert moments == []
            recording.commit()
            fixing.join(timeout=10)
            known = moments[0]
            assert recorded < known
            # so the fact is both recorded before the moment and visible to the run
            seen = text("SELECT count(*) FROM adjustment WHERE recorded_at = :recorded")
            assert run.execute(seen, {"recorded": recorded}).scalar_one() == 1

    def test_facts_recorded_after_the_moment_are_later(self, pools: Pools) -> None:
        database, pool, _ = pools
        recorded: list[datetime] = []
        with (
            _session(database, pool) as run,
            _session(database, pool) as recording,
        ):
            known = _fix(run, pool)
            writing = threading.Thread(target=lambda: recorded.append(_adjust(recording, pool)))
            writing.start()
            assert _somebody_waits(database)
            run.commit()
            writing.join(timeout=10)
            assert recorded[0] > known

    def test_facts_do_not_wait_for_each_other(self, pools: Pools) -> None:
        database, pool, _ = pools
        with _session(database, pool) as one, _session(database, pool) as other:
            other.execute(text("SET LOCAL lock_timeout = '1s'"))
            assert _adjust(one, pool) < _adjust(other, pool)

    def test_another_pools_run_does_not_wait(self, pools: Pools) -> None:
        database, pool, elsewhere = pools
        with (
            _session(database, pool) as recording,
            _session(database, elsewhere) as run,
        ):
            run.execute(text("SET LOCAL lock_timeout = '1s'"))
            assert _adjust(recording, pool) < _fix(run, elsewhere)

    def test_a_run_does_not_move_while_postings_are_written(self, pools: Pools) -> None:
        database, pool, _ = pools
        engine = make_engine(database.owner_url)
        with engine.begin() as owner:
            run_id = owner.execute(
                text(
                    "INSERT INTO settlement_run (pool_id, period_id, through, known_at,"
                    " calculated_by) SELECT pool_id, id, '2026-06-30', now(), 'anna' FROM period"
                    " WHERE pool_id = :pool RETURNING id"
                ),
                {"pool": pool.pool_id},
            ).scalar_one()
        engine.dispose()
        with _session(database, pool) as packet, _session(database, pool) as boss:
            packet.execute(
                text(
                    "INSERT INTO posting (pool_id, event_id, run_id, producer_id, account,"
                    " currency, amount) VALUES (:pool, 5, :run, 0, 1, 'EUR', -1),"
                    " (:pool, 5, :run, 0, 4, 'EUR', 1)"
                ),
                {"pool": pool.pool_id, "run": run_id},
            )
            boss.execute(text("SET LOCAL lock_timeout = '200ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                boss.execute(text("UPDATE settlement_run SET state = 'calculated'"
                                  " WHERE state = 'calculating'"))  # fmt: skip


@contextmanager
def _session(database: Database, pool: Estate) -> Iterator[Session]:
    """A worker's session on a connection of its own, that is closed with it."""
    engine = make_engine(database.door_url(Door.WORKER), size=1)
    with open_session(engine, Actor(Door.WORKER, pool.pool_id, None, "anna")) as session:
        yield session
    engine.dispose()


def _fix(session: Session, pool: Estate) -> datetime:
    return fix_moment(session, Actor(Door.WORKER, pool.pool_id, None, "anna"))


def _adjust(session: Session, pool: Estate) -> datetime:
    """Record an adjustment, whose moment the database takes."""
    table = Base.metadata.tables["adjustment"]
    made = table.insert().values(values_of(table, pool)).returning(table.c.recorded_at)
    moment: datetime = session.execute(made).scalar_one()
    return moment


def _somebody_waits(database: Database) -> bool:
    """Whether an advisory lock is waited for, soon."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        for _ in range(100):
            row = owner.execute(waiting).fetchone()
            if row and row[0]:
                return True
            owner.execute("SELECT pg_sleep(0.02)")
    return False
