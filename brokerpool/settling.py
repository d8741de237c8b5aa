"""Calculating with as many workers as there are cores; a packet each at a time."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from pool_module.settlement.operations import runs
from shared.actor import Actor
from shared.db import open_session

Done = Callable[[int], None]


def calculate_and_wait(
    engine: Engine,
    actor: Actor,
    run_id: int,
    *,
    workers: int | None = None,
    done: Done | None = None,
) -> None:
    """Calculate the waiting packets of a run, one transaction each.

    Args:
        engine: connections as the worker's role, at least ``workers`` of them.
        actor: in whose pool.
        run_id: the run.
        workers: how many at once; default: one per core.
        done: called with a packet's number when it is calculated.

    Raises:
        Exception: the first one a worker met; the packets done so far stay done.
    """

    def work() -> None:
        for number in _packets(engine, actor, run_id):
            if done is not None:
                done(number)

    count = workers or os.cpu_count() or 1
    with ThreadPoolExecutor(count, thread_name_prefix="packets") as pool:
        for future in [pool.submit(work) for _ in range(count)]:
            future.result()


def _packets(engine: Engine, actor: Actor, run_id: int) -> Iterator[int]:
    # one connection throughout: the facts are laid out on it once
    with engine.connect() as connection:
        while True:
            with open_session(connection, actor) as session:
                number = runs.calculate_next(session, actor, run_id)
                session.commit()
            if number is None:
                return
            yield number
