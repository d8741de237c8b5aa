"""Every job's effect exactly once, whatever is killed and whatever Redis forgets.

The real parts against real servers: kill -9 of the worker, its dispatcher, its runner or the
process of the job at work, FLUSHALL, and jobs handed over twice, at random moments.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from redis import Redis
from sqlalchemy import Engine, text

from shared import jobs, outbox
from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.models.pools import Pool
from shared.vocabulary import Door
from tests.runtime.outbox_tasks import RUN
from tests.servers import Database

ROOT = Path(__file__).resolve().parents[2]
POOLS = (1, 2)
LONG = bool(os.environ.get("BROKERPOOL_PROOF"))
PATIENCE = 300 if LONG else 60


@dataclass(frozen=True)
class Plan:
    jobs: int
    kills: int
    flushes: int
    duplicates: int


PLAN = Plan(600, 12, 4, 60) if LONG else Plan(60, 3, 2, 12)


@dataclass
class Ground:
    """The worker under test, and what can be done to it."""

    engine: Engine
    redis: Redis
    environment: dict[str, str]
    dice: random.Random
    hit: Counter[str] = field(default_factory=Counter)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.runtime.outbox_worker"], env=self.environment, cwd=ROOT
        )

    def kill(self) -> None:
        """Kill one part without warning; the supervisor's own death is seen to by us."""
        parts = self._parts()
        name = self.dice.choice(sorted(parts))
        self.hit[name] += 1
        with suppress(psutil.NoSuchProcess):
            parts[name].send_signal(signal.SIGKILL)
        if name == "worker":
            assert self.process
            self.process.wait()
            self.start()

    def hand_over_twice(self, pool_id: int, outbox_id: int) -> None:
        queue = jobs.open_queue(self.redis)
        for attempt in self.dice.choices(range(1, 9), k=2):
            jobs.hand_over(queue, RUN, pool_id, outbox_id, attempt)

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(30)

    def _parts(self) -> dict[str, psutil.Process]:
        assert self.process
        worker = psutil.Process(self.process.pid)
        parts = {"worker": worker}
        for child in worker.children():
            with suppress(psutil.NoSuchProcess):
                line = " ".join(child.cmdline())
                name = "dispatcher" if "dispatcher" in line else "runner"
                parts[name] = child
                if name == "runner" and (at_work := child.children()):
                    parts["job"] = at_work[0]
        return parts


@pytest.fixture
def ground(own_database: Database, redis_url: str) -> Iterator[Ground]:
    seed = int(os.environ.get("BROKERPOOL_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}")  # noqa: T201  -- a failure is repeated by it
    url = own_database.door_url(Door.WORKER)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("DATABASE_URL")},
        "DATABASE_URL_WORKER": url,
        "REDIS_URL": redis_url,
        "PYTHONPATH": str(ROOT),
    }
    redis = Redis.from_url(redis_url)
    redis.flushall()
    dice = random.Random(seed)  # noqa: S311
    made = Ground(make_engine(url), redis, environment, dice)
    made.start()
    yield made
    made.stop()
    made.engine.dispose()
    redis.close()


def test_every_effect_exactly_once(ground: Ground) -> None:
    dice, began = ground.dice, time.monotonic()
    rows = put_jobs(ground, PLAN.jobs)
    steps = ["kill"] * PLAN.kills + ["flush"] * PLAN.flushes + ["twice"] * PLAN.duplicates
    dice.shuffle(steps)
    for number, step in enumerate(steps, 1):
        # spread over the work: the nth step comes when the nth part of it is done
        await_done(ground, PLAN.jobs * number // (len(steps) + 2))
        if step == "kill":
            time.sleep(dice.random() * 0.2)
            ground.kill()
        elif step == "flush":
            ground.redis.flushall()
        else:
            ground.hand_over_twice(*dice.choice(rows))
    await_done(ground, PLAN.jobs)
    effects = marks(ground)
    print(  # noqa: T201  -- the figures are the point
        f"{PLAN.jobs} jobs, killed {dict(ground.hit)}, {PLAN.flushes} flushes, {PLAN.duplicates} "
        f"handed over twice more: {sum(effects.values())} effects, "
        f"{PLAN.jobs - len(effects)} lost, {sum(n > 1 for n in effects.values())} doubled, "
        f"{time.monotonic() - began:.1f} s, worst row {worst(ground)} leases"
    )
    assert sum(ground.hit.values()) == PLAN.kills
    assert effects == dict.fromkeys(range(PLAN.jobs), 1)


def test_a_job_starts_within_a_second_or_so(ground: Ground) -> None:
    put_jobs(ground, 1)
    await_done(ground, 1)  # the worker is up now
    began = time.monotonic()
    put_jobs(ground, 1, first=1)
    await_done(ground, 2)
    assert (
        time.monotonic() - began < 2
    )  # at most 0.5 s to the next look; the rest is a busy machine


def put_jobs(ground: Ground, count: int, *, first: int = 0) -> list[tuple[int, int]]:
    """Put jobs of both pools; each dawdles a little after its effect."""
    rows = []
    for pool_id in POOLS:
        with open_session(ground.engine, of_pool(pool_id)) as session, session.begin():
            if session.get(Pool, pool_id) is None:
                session.add(Pool(id=pool_id, code=f"pool-{pool_id}", name=f"Pool {pool_id}"))
                session.flush()
            for number in range(first, first + count):
                if POOLS[number % len(POOLS)] == pool_id:
                    seconds = ground.dice.random() * 0.05
                    arguments = {"number": number, "seconds": seconds}
                    rows.append((pool_id, outbox.put(session, "leave_mark", arguments)))
    return rows


def await_done(ground: Ground, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while sum(marks(ground).values()) < count:
        assert time.monotonic() < deadline, f"{marks(ground).total()} of {count} after {PATIENCE} s"
        time.sleep(0.02)


def marks(ground: Ground) -> Counter[int]:
    return Counter(
        number
        for pool_id in POOLS
        for number in column(ground, pool_id, "SELECT subject_id FROM audit_entry")
    )


def worst(ground: Ground) -> int:
    return max(column(ground, pool, "SELECT max(attempts) FROM outbox")[0] for pool in POOLS)


def column(ground: Ground, pool_id: int, query: str) -> list[int]:
    with open_session(ground.engine, of_pool(pool_id)) as session:
        return list(session.execute(text(query)).scalars())


def of_pool(pool_id: int) -> Actor:
    return Actor(Door.WORKER, pool_id, None, "kill test")
