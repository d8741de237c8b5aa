"""Calculating with as many workers as there are cores, and the jobs people order from a portal.

A calculation is many transactions, so that it can be watched, killed and gone on with: its job
opens them itself, in the name of whoever ordered it.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.orm import Session

from pool_module.settlement import queries
from pool_module.settlement.operations import ordering, runs
from shared import workplace
from shared.actor import Actor
from shared.db import open_session
from shared.errors import Refused
from shared.vocabulary import Door, JobState, RunState

CALCULATED: Final = "The settlement of %(period)s is calculated."
NOT_CALCULATED: Final = "The settlement could not be calculated."
STOPPED: Final = "The calculation of %(period)s was cancelled."
CLOSED: Final = "%(period)s is closed; the statements are being issued."
NOT_CLOSED: Final = "The period could not be closed."
PACKETS: Final = "Calculating packets"

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


def calculate(
    session: Session,
    actor: Actor,
    *,
    through: str,
    full: bool,
    by: str,
    account_id: int | None,
    job_id: int,
) -> None:
    """Calculate a period as ordered (task ``settlement.calculate``); goes on where it stopped."""
    person = Actor(Door.WORKER, actor.pool_id, account_id, by)
    with _engine_of(session) as engine:
        try:
            with open_session(engine, person) as own, own.begin():
                run = runs.begin(own, person, date.fromisoformat(through), full=full)
                run_id = run.id
                size = queries.progress_of(own, person, run_id).packets
                workplace.tell(own, job_id, size=size, phase=PACKETS)
        except Refused as refusal:
            _end_refused(session, job_id, refusal, NOT_CALCULATED, "/runs")
            return
        _calculate_all(engine, person, run_id, job_id)
        with open_session(engine, person) as own, own.begin():
            _end_calculation(own, person, run_id, job_id)


def close(
    session: Session,
    actor: Actor,
    *,
    run_id: int,
    day: str,
    by: str,
    account_id: int | None,
    job_id: int,
) -> None:
    """Close an approved run as ordered (task ``settlement.close``), and tell the firms."""
    person = Actor(Door.WORKER, actor.pool_id, account_id, by)
    link = f"/runs/{run_id}"
    with _engine_of(session) as engine, open_session(engine, person) as own, own.begin():
        # closed by this very job before it was killed: only its mark was missing
        if queries.get_run(own, person, run_id).state != RunState.CLOSED:
            try:
                with own.begin_nested():
                    runs.close(own, person, run_id, date.fromisoformat(day))
            except Refused as refusal:
                _end_refused(own, job_id, refusal, NOT_CLOSED, link)
                return
        period = ordering.tell_closed(own, person, run_id)
        workplace.end_job(own, job_id, JobState.DONE, text=CLOSED, link=link, period=period)


def _calculate_all(engine: Engine, person: Actor, run_id: int, job_id: int) -> None:
    """Calculate the packets; a run that is dropped meanwhile ends it quietly."""

    def done(_: int) -> None:
        with open_session(engine, person) as own, own.begin():
            progress = queries.progress_of(own, person, run_id)
            if not workplace.tell(own, job_id, done=progress.packets_done):
                ordering.drop(own, person, run_id)

    try:
        calculate_and_wait(engine, person, run_id, done=done)
    except Exception:
        # a packet that was at work when somebody dropped the run is refused by the database
        if _state(engine, person, run_id) != RunState.DROPPED:
            raise


def _end_calculation(session: Session, person: Actor, run_id: int, job_id: int) -> None:
    run = queries.get_run(session, person, run_id)
    period = queries.get_period(session, person, run.period_id).name
    link = f"/runs/{run_id}"
    if run.state == RunState.DROPPED:
        workplace.end_job(
            session, job_id, JobState.CANCELLED, text=STOPPED, link=link, period=period
        )
        return
    fresh = run.state == RunState.CALCULATING
    if runs.finish(session, person, run_id):
        workplace.end_job(session, job_id, JobState.DONE, text=CALCULATED, link=link, period=period)
        if fresh:
            ordering.tell_calculated(session, person, run)


def _end_refused(session: Session, job_id: int, refusal: Refused, sentence: str, link: str) -> None:
    values: dict[str, Any] = {name: str(value) for name, value in refusal.values.items()}
    workplace.end_job(
        session,
        job_id,
        JobState.FAILED,
        text=sentence,
        link=link,
        error=refusal.message,
        **values,
    )


def _state(engine: Engine, person: Actor, run_id: int) -> str:
    with open_session(engine, person) as session:
        return queries.get_run(session, person, run_id).state


@contextmanager
def _engine_of(session: Session) -> Iterator[Engine]:
    """Connections of one's own to where a job's session goes."""
    engine = create_engine(session.get_bind().engine.url, poolclass=NullPool)
    yield engine
    engine.dispose()
