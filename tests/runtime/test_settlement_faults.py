"""A settlement survives whatever happens to it.

Two accountants settle the same days at the same time, in processes that are killed with SIGKILL at
random moments, on a database that is stopped at once (SIGQUIT) at random moments. At the end the
books are whole, every entry is what its facts give, and they equal an undisturbed pool's.
6 kills in ``make test``, 50 in ``make proof``; the seed is printed.
"""

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from brokerpool import migration
from brokerpool.addresses import door_url
from brokerpool.bench.pool import add_month, make_pool
from brokerpool.postgres import database
from brokerpool.postgres.place import place_of
from brokerpool.postgres.server import EmbeddedPostgres
from pool_module.settlement.operations.verification import verify
from shared import clock
from shared.actor import Actor
from shared.config import Config
from shared.db import make_engine, open_session
from shared.vocabulary import Door

PROOF = os.environ.get("BROKERPOOL_PROOF") == "1"
KILLS = 50 if PROOF else 4
STOPS = 8 if PROOF else 1
CONTRACTS = 1400
FIRST_DAY, LAST_DAY = date(2026, 3, 1), date(2026, 3, 31)
DISTURBED, QUIET = 1, 2
SEED = int(os.environ.get("BROKERPOOL_SEED") or secrets.randbelow(2**32))
BOOKS = text(
    "SELECT md5(string_agg(line, ';' ORDER BY line)), count(*) FROM (SELECT format('%s %s %s %s', "
    "e.ref, p.producer_id, p.account, sum(p.amount)) AS line FROM ledger p "
    "JOIN event e ON e.pool_id = p.pool_id AND e.id = p.event_id WHERE p.pool_id = :pool "
    "GROUP BY e.ref, p.producer_id, p.account) x"
)


@dataclass
class House:
    """An embedded database of its own, as a newcomer has it."""

    config: Config
    server: EmbeddedPostgres

    def engine(self) -> Engine:
        return make_engine(door_url(self.config, Door.WORKER))

    def settle(self, pool: int, through: date, name: str) -> subprocess.Popen[bytes]:
        arguments = ["settle", "--pool", f"bench-{pool}", "--through", through.isoformat()]
        arguments += ["--as", name, "--approve-as", "Third", "--packet-events", "25"]
        return subprocess.Popen(
            [sys.executable, "-m", "brokerpool.cli", *arguments],
            env={**os.environ, "BROKERPOOL_HOME": str(self.config.home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def stop_at_once(self) -> None:
        pid = self.server.pid()
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)
        self.server.leave()
        self.server.start()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    home = tmp_path / "home"
    config = Config(home, None, {}, None, home / "files")
    server = EmbeddedPostgres(place_of(home))
    server.start()
    try:
        database.ensure(server.place)
        migration.migrate(config)
        yield House(config, server)
    finally:
        server.leave()


def actor(pool: int) -> Actor:
    return Actor(Door.WORKER, pool, None, "test")


def load(engine: Engine) -> None:
    moment = clock.now()
    for pool in (DISTURBED, QUIET):
        with open_session(engine, actor(pool)) as session:
            make_pool(session)
            add_month(session, FIRST_DAY, first=1, contracts=CONTRACTS, moment=moment)
            session.commit()


def closed_through(engine: Engine, pool: int) -> date | None:
    with open_session(engine, actor(pool)) as session:
        found = session.execute(
            text("SELECT max(through) FROM settlement_run WHERE state = 'closed'")
        ).scalar_one()
    return found if isinstance(found, date) else None


def disturb(house: House, engine: Engine, chance: random.Random) -> tuple[int, int]:
    """Settle a few days at a time with two accountants, killing; returns kills and stops."""
    kills, stops = 0, 0
    through = FIRST_DAY
    while kills < KILLS:
        pair = [house.settle(DISTURBED, through, name) for name in ("First", "Second")]
        deadline = time.monotonic() + chance.uniform(0.5, 2.2)
        while time.monotonic() < deadline and any(p.poll() is None for p in pair):
            time.sleep(0.01)
        for process in pair:
            if process.poll() is None and kills < KILLS:
                process.send_signal(signal.SIGKILL)
                kills += 1
        if stops < STOPS and kills >= (stops + 1) * KILLS // (STOPS + 1):
            engine.dispose()
            house.stop_at_once()
            stops += 1
        for process in pair:
            _, said = process.communicate(timeout=60)
            # killed, or cut off from the database, or told that the other one was quicker
            assert process.returncode in {0, 2, -signal.SIGKILL}, said.decode()
        done = closed_through(engine, DISTURBED)
        if done is not None and done >= through:
            through = min(done + timedelta(days=1), LAST_DAY)
    return kills, stops


def finish(house: House, pool: int, through: date) -> None:
    process = house.settle(pool, through, "First")
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said.decode()


def test_killed_settlements_lose_nothing_and_book_nothing_twice(
    house: House, request: pytest.FixtureRequest
) -> None:
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(f"\nBROKERPOOL_SEED={SEED}")
    engine = house.engine()
    load(engine)
    kills, stops = disturb(house, engine, random.Random(SEED))  # noqa: S311  -- a test's dice
    done = closed_through(engine, DISTURBED)
    if done is None or done < LAST_DAY:
        open_through = _open_through(engine)
        if open_through is not None and open_through < LAST_DAY:
            finish(house, DISTURBED, open_through)
        finish(house, DISTURBED, LAST_DAY)
    finish(house, QUIET, LAST_DAY)
    books = {}
    for pool in (DISTURBED, QUIET):
        with open_session(engine, actor(pool)) as session:
            assert [f for f in verify(session, actor(pool)) if f.broken] == []
            books[pool] = tuple(session.execute(BOOKS, {"pool": pool}).one())
    engine.dispose()
    if reporter is not None:
        reporter.write_line(
            f"{kills} kills, {stops} stops of the database, {2 * CONTRACTS} events, "
            f"{books[QUIET][1]} balances: 0 violations"
        )
    assert books[DISTURBED] == books[QUIET]
    assert kills == KILLS
    assert stops == STOPS


def _open_through(engine: Engine) -> date | None:
    with open_session(engine, actor(DISTURBED)) as session:
        found = session.execute(
            text(
                "SELECT through FROM settlement_run "
                "WHERE state IN ('calculating', 'calculated', 'approved')"
            )
        ).scalar()
    return found if isinstance(found, date) else None
