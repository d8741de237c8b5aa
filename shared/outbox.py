"""What has to run: a row written in the business transaction, done in the job's own.

Redis holds nothing that can't be lost (measured: enqueueing directly lost jobs under kills).
A row goes: put → leased (``attempts`` counts the leases) → claimed by a job, which holds its lock
→ done, or due again after a pause, or failed for good.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.orm import Session

from shared.db import actor_of
from shared.models.kit import Outbox

MOST_ATTEMPTS = 8  # a task that raises is given up after so many leases
MOST_LEASES = 50  # one that never comes to an end, because it takes its process along, after these
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LEASE = text("SELECT pool_id, id, attempts FROM lease_outbox(:most, :seconds, :waiting)")


@dataclass(frozen=True)
class Leased:
    """A row to hand over to a worker: all that leaves the database."""

    pool_id: int
    id: int
    attempt: int


@dataclass(frozen=True)
class Claimed:
    """A row a job holds."""

    task: str
    arguments: Mapping[str, Any]
    attempts: int


def put(session: Session, task: str, arguments: Mapping[str, object], *, priority: int = 0) -> int:
    """Have a task run once the session's transaction stands.

    Args:
        session: the business transaction.
        task: a name of the registry of tasks.
        arguments: ids and other JSON values, given to the task by name.
        priority: higher ones run first.

    Returns:
        The row's id.
    """
    written = session.execute(
        insert(Outbox)
        .values(
            pool_id=actor_of(session).pool_id,
            task=task,
            arguments=dict(arguments),
            priority=priority,
        )
        .returning(Outbox.id)
    )
    return int(written.scalar_one())


def lease(
    connection: Connection, *, most: int, seconds: int, waiting: Collection[int]
) -> list[Leased]:
    """Lease due rows of all pools, the most urgent first.

    Args:
        connection: the worker's, in a transaction without a pool.
        most: how many at most.
        seconds: after this time a row nobody holds or has done is due again.
        waiting: ids of rows that wait in Redis already.
    """
    values = {"most": most, "seconds": seconds, "waiting": sorted(waiting)}
    return [Leased(*row) for row in connection.execute(LEASE, values)]


def claim(session: Session, outbox_id: int) -> Claimed | None:
    """Lock a row until the end of the transaction.

    Returns:
        None when it is done, given up, or held by another job.
    """
    row = session.execute(
        select(Outbox.task, Outbox.arguments, Outbox.attempts)
        .where(*_open(session, outbox_id))
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return Claimed(*row) if row else None


def mark_done(session: Session, outbox_id: int) -> None:
    """Mark a claimed row as done, in the transaction that did it."""
    session.execute(
        update(Outbox)
        .where(*_open(session, outbox_id))
        .values(done_at=func.clock_timestamp(), error=None)
    )


def record_failure(session: Session, outbox_id: int, error: str) -> None:
    """Record that a task raised: due again after a pause that grows, or given up.

    Args:
        session: a transaction of its own; the task's is rolled back.
        outbox_id: the row.
        error: what was raised, for the people who look after it.
    """
    row = session.execute(
        select(Outbox.attempts).where(*_open(session, outbox_id)).with_for_update()
    ).one_or_none()
    if row is None:
        return
    values: dict[str, object] = {"error": error}
    if row.attempts >= MOST_ATTEMPTS:
        values["failed_at"] = func.clock_timestamp()
    else:
        values["leased_until"] = func.clock_timestamp() + pause_after(row.attempts)
    session.execute(update(Outbox).where(*_open(session, outbox_id)).values(values))


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the nth failed attempt: 5 s, 15 s, 45 s … up to an hour."""
    longer: int = 3 ** (max(attempts, 1) - 1)
    return min(FIRST_PAUSE * longer, LONGEST_PAUSE)


def _open(session: Session, outbox_id: int) -> tuple[Any, ...]:
    return (
        Outbox.pool_id == actor_of(session).pool_id,
        Outbox.id == outbox_id,
        Outbox.done_at.is_(None),
        Outbox.failed_at.is_(None),
    )
