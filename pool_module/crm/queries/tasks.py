"""Tasks: what is open, of a thing, and who may do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pool_module.crm.errors import NoSuchRecord
from pool_module.crm.queries import subjects
from pool_module.crm.queries.subjects import Subject
from shared.actor import Actor
from shared.models.workplace import Task

# a task about one of these, or about nothing, is of one organisation
OF_ORGANISATION: Final = frozenset(
    {None, "application", "contract", "customer", "statement_line"}
)  # fmt: skip


@dataclass(frozen=True)
class Staff:
    """Who works for the pool: account and name, by name.

    Attributes:
        names: everybody.
        offered: who would see the task in question.
    """

    names: dict[int, str]
    offered: dict[int, str]


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
    query = select(Task).where(
        Task.pool_id == actor.pool_id, Task.done_at.is_(None), subjects.open_subject(Task)
    )
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
        select(Task).where(
            Task.pool_id == actor.pool_id, Task.id == task_id, subjects.open_subject(Task)
        )
    ).one_or_none()
    if found is None:
        raise NoSuchRecord
    return found


def staff(session: Session, actor: Actor) -> dict[int, str]:
    """Who works for the pool: account and name, by name. The database answers for this pool."""
    assert actor.pool_id
    rows: Any = session.execute(text("SELECT account_id, name FROM pool_staff() ORDER BY name"))
    return {row.account_id: row.name for row in rows}


def people(session: Session, actor: Actor, subject: str | None = None) -> Staff:
    """Who works for the pool, and who of them would see a task the actor makes or sees.

    What is of an organisation is within the actor's own: it is seen by who works in a team of it.

    Args:
        session: the transaction.
        actor: who asks.
        subject: what the task is about; None: nothing, then it is the writer's organisation's.
    """
    within = actor.organisation_ids if subject in OF_ORGANISATION else None
    rows: Any = session.execute(
        text("""
            SELECT s.account_id, min(s.name) AS name, bool_or(:everybody OR EXISTS (
                SELECT FROM membership_team x
                JOIN team t ON t.pool_id = x.pool_id AND t.id = x.team_id AND t.active
                JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id AND d.active
                WHERE x.pool_id = :pool AND x.membership_id = s.id AND x.active
                    AND coalesce(d.organisation_id, 0) = ANY (CAST(:within AS int[])))) AS sees
            FROM staff_members() s GROUP BY s.account_id ORDER BY min(s.name)"""),
        {"pool": actor.pool_id, "everybody": not within, "within": sorted(within or ())},
    ).all()
    names = {row.account_id: row.name for row in rows}
    return Staff(names, {row.account_id: row.name for row in rows if row.sees})
