"""What runs jobs: the dispatcher, which brings due outbox rows to RQ, and the performing of one.

Any part may be killed at any moment, and Redis may lose everything: a row that is not done is
dispatched again, and its task's effects stand in the transaction that marks it done.
"""

import importlib
import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from shared import jobs, outbox
from shared.actor import Actor
from shared.db import Session, open_session
from shared.vocabulary import Door

NAME = "worker"
ROTATE = text("SELECT rotate_context_key()")  # the extranet's context is signed anew each day
PLAN = text("SELECT plan_daily(:task)")
log = logging.getLogger(__name__)

# name of a task → "module:function", called as function(session, actor, **arguments)
Tasks = Mapping[str, str]
Task = Callable[..., None]


@dataclass(frozen=True)
class Pace:
    """How the dispatcher goes about it.

    Attributes:
        lease: seconds after which a row that is neither done nor at work is dispatched again.
        depth: jobs that may wait in Redis; few, so that a flush loses little and what is urgent
            need not queue up behind what is not.
        idle: milliseconds between looks when nothing is due.
        busy: milliseconds between looks while jobs wait.
        trouble: milliseconds until the next try when a server can't be reached.
        daily: seconds between looks whether the day's work is planned.
    """

    lease: int = 15
    depth: int = 4
    idle: int = 500
    busy: int = 100
    trouble: int = 1000
    daily: int = 300  # seconds between looks whether a day's work is planned


def dispatch(
    engine: Engine, queue: Queue, function: str, pace: Pace, daily: Collection[str] = ()
) -> NoReturn:
    """Bring due rows to RQ for as long as the process lives, and plan what is done daily.

    Args:
        engine: the worker's login.
        queue: where the workers look.
        function: the dotted name of what a worker calls with (pool id, outbox id).
        pace: how often, how many.
        daily: tasks that every pool has done once a day.
    """
    planned = time.monotonic() - pace.daily
    while True:
        try:
            if daily and time.monotonic() - planned >= pace.daily:
                plan(engine, daily)
                planned = time.monotonic()
            busy = dispatch_due(engine, queue, function, pace)
        except (OperationalError, RedisError) as error:
            log.warning("The dispatcher waits: %s", _sentence(error))
            time.sleep(pace.trouble / 1000)
        else:
            time.sleep((pace.busy if busy else pace.idle) / 1000)


def dispatch_due(engine: Engine, queue: Queue, function: str, pace: Pace) -> bool:
    """Bring what is due to RQ, as far as there is room; False when nothing waits or was due."""
    waiting = jobs.waiting(queue)
    room = pace.depth - len(waiting)
    if room <= 0:
        return True
    with engine.begin() as connection:
        leased = outbox.lease(connection, most=room, seconds=pace.lease, waiting=waiting)
    for row in leased:
        jobs.hand_over(queue, function, row.pool_id, row.id, row.attempt)
    return bool(leased or waiting)


def plan(engine: Engine, daily: Collection[str]) -> int:
    """Put what every pool has done once a day, unless its day has it; how many rows were put."""
    with engine.begin() as connection:
        connection.execute(ROTATE)
        put = [connection.execute(PLAN, {"task": task}).scalar_one() for task in daily]
    return sum(put)


def perform(engine: Engine, tasks: Tasks, pool_id: int, outbox_id: int) -> None:
    """Do what an outbox row says, once: the task and its mark are one transaction.

    Args:
        engine: the worker's login.
        tasks: the registry.
        pool_id: the pool the transaction is bound to.
        outbox_id: the row; nothing happens when it is done, given up or held by another job.
    """
    actor = Actor(door=Door.WORKER, pool_id=pool_id, account_id=None, name=NAME)
    try:
        with open_session(engine, actor) as session, session.begin():
            _perform(session, actor, tasks, outbox_id)
    except Exception as error:
        log.exception("Outbox row %s/%s failed", pool_id, outbox_id)
        with open_session(engine, actor) as session, session.begin():
            outbox.record_failure(session, outbox_id, _sentence(error))


def load(target: str) -> Any:
    """Import what ``module:name`` names."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _perform(session: Session, actor: Actor, tasks: Tasks, outbox_id: int) -> None:
    claimed = outbox.claim(session, outbox_id)
    if claimed is None:
        return
    if claimed.attempts > outbox.MOST_LEASES:
        raise RuntimeError(f"leased {claimed.attempts} times and never came to an end")
    if claimed.task not in tasks:
        raise LookupError(f"no task {claimed.task!r} in this release")
    task: Task = load(tasks[claimed.task])
    task(session, actor, **claimed.arguments)
    outbox.mark_done(session, outbox_id)


def _sentence(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
