"""Tasks: added, assigned, done, taken back."""

from datetime import date, datetime

from pool_module.crm.errors import NoSuchRecord, TitleMissing, WouldNotSee
from pool_module.crm.queries import subjects
from pool_module.crm.queries import tasks as queries
from shared import audit
from shared.db import Session, actor_of
from shared.models.workplace import Task


def add_task(
    session: Session,
    *,
    title: str,
    due_on: date | None = None,
    assignee_id: int | None = None,
    subject: str | None = None,
    subject_id: int | None = None,
) -> Task:
    """Add a task, about a thing or about none.

    Raises:
        TitleMissing: without a title.
        NoSuchRecord: the thing or the person is not within reach.
        WouldNotSee: the person works in another organisation than the task is of.
    """
    actor = actor_of(session)
    if not title.strip():
        raise TitleMissing
    if subject is not None and subject_id is not None:
        subjects.get_subject(session, actor, subject, subject_id)
    _check_sees(session, assignee_id, subject)
    task = Task(
        pool_id=actor.pool_id,
        subject=subject,
        subject_id=subject_id,
        title=title.strip(),
        due_on=due_on,
        assignee_id=assignee_id,
    )
    session.add(task)
    session.flush()
    audit.write(session, "task.added", "task", task.id, new={"title": task.title})
    return task


def assign(session: Session, task_id: int, account_id: int | None) -> Task:
    """Give a task to somebody of the pool, or to nobody.

    Raises:
        NoSuchRecord: the task or the person is not within reach.
        WouldNotSee: the person works in another organisation than the task is of.
    """
    actor = actor_of(session)
    task = queries.get_task(session, actor, task_id)
    _check_sees(session, account_id, task.subject)
    audit.write_change(
        session,
        "task.assigned",
        "task",
        task.id,
        before={"assignee": task.assignee_id},
        after={"assignee": account_id},
    )
    task.assignee_id = account_id
    session.flush()
    return task


def hand_over(session: Session, *, from_account: int, to_account: int) -> int:
    """Give the open tasks of somebody who leaves to a colleague; how many there were.

    What the colleague would not see is nobody's then: somebody of its organisation takes it.
    """
    actor = actor_of(session)
    if to_account not in queries.staff(session, actor):
        raise NoSuchRecord
    sees = to_account in queries.people(session, actor).offered
    mine = queries.open_tasks(session, actor, account_id=from_account)
    given = [row.task for row in mine if row.task.assignee_id == from_account]
    for task in given:
        takes = sees or task.subject not in queries.OF_ORGANISATION
        assign(session, task.id, to_account if takes else None)
    return len(given)


def _check_sees(session: Session, account_id: int | None, subject: str | None) -> None:
    if account_id is None:
        return
    staff = queries.people(session, actor_of(session), subject)
    if account_id not in staff.names:
        raise NoSuchRecord
    if account_id not in staff.offered:
        raise WouldNotSee(staff.names[account_id])


def finish(session: Session, task_id: int, *, now: datetime) -> Task:
    """Mark a task as done; done twice it stays as it was."""
    actor = actor_of(session)
    task = queries.get_task(session, actor, task_id)
    if task.done_at is None:
        task.done_at, task.done_by = now, actor.name
        session.flush()
        audit.write(session, "task.done", "task", task.id)
    return task


def undo(session: Session, task_id: int) -> Task:
    """Take back that a task is done."""
    task = queries.get_task(session, actor_of(session), task_id)
    if task.done_at is not None:
        task.done_at, task.done_by = None, None
        session.flush()
        audit.write(session, "task.reopened", "task", task.id)
    return task
