"""What a settlement costs: a month, the same again, later months, a backdated promotion."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, create_engine, make_url, text

from brokerpool import migration
from brokerpool.addresses import door_url, owner_url
from brokerpool.bench.pool import add_month, make_pool
from brokerpool.postgres import database
from brokerpool.postgres.place import place_of
from brokerpool.postgres.server import EmbeddedPostgres
from brokerpool.settling import calculate_and_wait
from pool_module.hierarchy import operations as hierarchy
from pool_module.hierarchy import queries as hierarchy_queries
from pool_module.settlement.operations import runs
from shared import clock
from shared.actor import Actor
from shared.config import Config
from shared.db import make_engine, open_session
from shared.db.facts import stretch
from shared.periods import add_months
from shared.vocabulary import Door

POOL = 1
FIRST = date(2026, 3, 1)
HISTORY = 12
BARE_TRIES = 3  # one alone is half or twice the next, by what the disk does beside
PROMOTED = "P50"  # the fourth level of the tree: a hundred sellers below


@dataclass
class Bench:
    """A database of its own and the people who settle in it."""

    worker: Engine
    owner: Engine
    say: Callable[[str], None]
    contracts: int = 0

    def actor(self, name: str = "Bench") -> Actor:
        """Who acts."""
        return Actor(Door.WORKER, POOL, None, name)

    def month(self, number: int, events: int) -> date:
        """Add a month of business; returns its last day. Statistics are gathered after it."""
        first = add_months(FIRST, number - 1)
        with open_session(self.worker, self.actor()) as session:
            add_month(
                session,
                first,
                first=self.contracts + 1,
                contracts=events // 2,
                moment=clock.now(),
            )
            session.commit()
        self.contracts += events // 2
        with self.owner.connect() as connection:
            connection.execute(text("ANALYZE"))
            return add_months(first, 1) - timedelta(days=1)

    def draft(self, through: date) -> float:
        """Calculate; returns the seconds."""
        started = time.perf_counter()
        with open_session(self.worker, self.actor()) as session:
            run_id = runs.begin(session, self.actor(), through).id
            session.commit()
        calculate_and_wait(self.worker, self.actor(), run_id)
        with open_session(self.worker, self.actor()) as session:
            assert runs.finish(session, self.actor(), run_id)
            session.commit()
        return time.perf_counter() - started

    def close(self, through: date) -> float:
        """Approve and close; returns the seconds."""
        started = time.perf_counter()
        with open_session(self.worker, self.actor("Second")) as session:
            run_id = self.run_of(through)
            runs.approve(session, self.actor("Second"), run_id)
            session.commit()
        with open_session(self.worker, self.actor()) as session:
            runs.close(session, self.actor(), run_id, through)
            session.commit()
        return time.perf_counter() - started

    def settle(self, through: date) -> float:
        """Calculate, approve, close; returns the seconds."""
        return self.draft(through) + self.close(through)

    def number(self, query: str) -> int:
        """A number out of the database."""
        with self.owner.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())

    def run_of(self, through: date) -> int:
        """The id of the run through a day."""
        return self.number(
            f"SELECT id FROM settlement_run WHERE through = '{through}' "  # noqa: S608
            "AND state <> 'dropped'"
        )


def measure(home: Path, events: int, say: Callable[[str], None]) -> dict[str, object]:
    """Run the whole bench.

    Args:
        home: where the bench's own database is made.
        events: events of the first month; later ones have a tenth.
        say: is told what happens.

    Returns:
        The figures: seconds, counts, ratios, bytes.
    """
    with bench_database(home, say) as bench:
        say("making the pool")
        with open_session(bench.worker, bench.actor()) as session:
            make_pool(session)
            session.commit()
        through = bench.month(1, events)
        say(f"settling {events} events")
        calculation = bench.draft(through)
        again = bench.draft(through)
        closing = bench.close(through)
        first = calculation + closing
        entries = bench.number("SELECT count(*) FROM posting")
        bare = _bare(bench)
        figures: dict[str, object] = {
            "events": events,
            "entries": entries,
            "seconds": round(first, 2),
            "seconds_calculating": round(calculation, 2),
            "seconds_closing": round(closing, 2),
            "entries_per_second": round(entries / first),
            "bare_insert_seconds": round(bare, 2),
            "ratio": round(first / bare, 2),
            "second_run_seconds": round(again, 2),
            "second_run_percent": round(100 * again / first, 2),
        }
        figures |= _later(bench, events, say)
        figures["python_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        figures["database_mb"] = bench.number("SELECT pg_database_size(current_database())") >> 20
    return figures


def _later(bench: Bench, events: int, say: Callable[[str], None]) -> dict[str, object]:
    say("the next month")
    after_one = bench.settle(bench.month(2, events // 10))
    say("a backdated promotion")
    promotion, touched = _promotion(bench, add_months(FIRST, 2))
    for number in range(3, HISTORY + 1):
        say(f"month {number}")
        last = bench.month(number, events // 10)
        bench.settle(last)
    say("the month after twelve")
    after_twelve = bench.settle(bench.month(HISTORY + 1, events // 10))
    return {
        "next_month_after_1_seconds": round(after_one, 2),
        "next_month_after_12_seconds": round(after_twelve, 2),
        "next_month_ratio": round(after_twelve / after_one, 2),
        "promotion_seconds": round(promotion, 2),
        "promotion_events": touched,
    }


def _promotion(bench: Bench, day: date) -> tuple[float, int]:
    with open_session(bench.worker, bench.actor()) as session:
        producer = hierarchy_queries.find_producer(session, bench.actor(), PROMOTED)
        assert producer is not None
        valid = stretch(FIRST, None)
        hierarchy.promote(session, bench.actor(), producer, "L6", valid, reason="bench")
        session.commit()
    seconds = bench.settle(day)
    run = bench.run_of(day)
    touched = bench.number(f"SELECT count(*) FROM run_event WHERE run_id = {run}")  # noqa: S608
    return seconds, touched


def _bare(bench: Bench) -> float:
    """The seconds a bare table needs for the same rows, committed as a run's are: the median."""
    tries = []
    for _ in range(BARE_TRIES):
        with bench.owner.begin() as connection:
            connection.execute(text("CREATE TABLE bare AS SELECT * FROM posting LIMIT 0"))
        started = time.perf_counter()
        with bench.owner.begin() as connection:
            connection.execute(text("INSERT INTO bare SELECT * FROM posting"))
        tries.append(time.perf_counter() - started)
        with bench.owner.begin() as connection:
            connection.execute(text("DROP TABLE bare"))
    return median(tries)


@contextmanager
def bench_database(home: Path, say: Callable[[str], None]) -> Iterator[Bench]:
    """A database of the bench's own, with a server of its own."""
    config = Config(home, None, {}, None, home / "files")
    server = EmbeddedPostgres(place_of(home), say=say)
    server.start()
    try:
        database.ensure(server.place)
        migration.migrate(config)
        worker = make_engine(door_url(config, Door.WORKER))
        url = make_url(owner_url(config)).set(drivername="postgresql+psycopg")
        owner = create_engine(url, isolation_level="AUTOCOMMIT")
        yield Bench(worker, owner, say)
        worker.dispose()
        owner.dispose()
    finally:
        server.leave()
