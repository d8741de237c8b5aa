"""Tasks: what is open, of a thing, and who may do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pool_module.crm.errors import NoSuchRecord
from pool_module.crm.queries import subjects
from pool_module.crm.queries.subjects import Subject
from shared.actor import Actor
from shared.models.workplace import Task


@dataclass(frozen=True)
class Open:
    """An open task and what it is about."""

    task: Task
    about: Subject | None


def open_tasks(
    session: Session, actor: Actor, *, account_id: int | None = None, most: int = 200
) -> list[Open]:
    """What is to be done, the earliest day first, in two statements.

    Args:
        session: the transaction.
        actor: who asks.
        account_id: only what this person has to do, and what nobody has yet.
        most: so many.
    """
    query = select(Task).where(Task.pool_id == actor.pool_id, Task.done_at.is_(None))
    if account_id is not None:
        query = query.where((Task.assignee_id == account_id) | Task.assignee_id.is_(None))
    tasks = session.scalars(query.order_by(Task.due_on.asc().nulls_last(), Task.id).limit(most))
    found = tasks.all()
    about = subjects.subjects(session, actor, [(t.subject, t.subject_id) for t in found])
    return [Open(t, about.get((t.subject or "", t.subject_id or 0))) for t in found]


def tasks_of(session: Session, actor: Actor, subject: str, subject_id: int) -> Sequence[Task]:
    """The tasks about a thing: open ones first, done ones by their day."""
    return session.scalars(
        select(Task)
        .where(
            Task.pool_id == actor.pool_id, Task.subject == subject, Task.subject_id == subject_id
        )
        .order_by(Task.done_at.desc().nulls_first(), Task.due_on.asc().nulls_last(), Task.id)
    ).all()


def get_task(session: Session, actor: Actor, task_id: int) -> Task:
    """A task.

    Raises:
        NoSuchRecord: there is none within reach.
    """
    found = session.scalars(
        select(Task).where(Task.pool_id == actor.pool_id, Task.id == task_id)
    ).one_or_none()
    if found is None:
        raise NoSuchRecord
    return found


def staff(session: Session, actor: Actor) -> dict[int, str]:
    """Who works for the pool: account and name, by name. The database answers for this pool."""
    assert actor.pool_id
    rows: Any = session.execute(text("SELECT account_id, name FROM pool_staff() ORDER BY name"))
    return {row.account_id: row.name for row in rows}
