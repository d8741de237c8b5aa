"""What belongs to a person at work: preferences, saved views, notices in the bell, long jobs.

Everything is scoped to the session's actor: his pool, his firm where he comes from the extranet,
his account.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from shared import outbox
from shared.db import actor_of
from shared.errors import NotFound
from shared.models.workplace import LongJob, Notification, Preference, SavedView
from shared.permissions import Permission
from shared.vocabulary import Door, JobState

# before the papers of a month (whose priority is the day they are of)
SOMEBODY_WAITS = 10_000_000
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobNotFound(NotFound):
    """A job that is none of the actor's."""

    def __init__(self) -> None:
        super().__init__("There is no such job.")


def prefer(session: Session, **chosen: object) -> None:
    """Keep preferences of the actor where he works: language, theme, density, what he has seen."""
    actor = actor_of(session)
    values = {
        "pool_id": actor.pool_id,
        "account_id": actor.account_id,
        "firm_id": own_firm(session),
        **chosen,
    }
    session.execute(
        postgresql.insert(Preference)
        .values(values)
        .on_conflict_do_update(index_elements=["pool_id", "account_id", "firm_id"], set_=chosen)
    )


def settings_of(session: Session) -> Mapping[str, Any]:
    """What the actor chose beside: per list or page, under names of their own."""
    actor = actor_of(session)
    found = session.execute(
        select(Preference.settings).where(
            Preference.pool_id == actor.pool_id,
            Preference.account_id == actor.account_id,
            Preference.firm_id.is_not_distinct_from(own_firm(session)),
        )
    ).scalar_one_or_none()
    return found or {}


def choose(session: Session, name: str, value: object) -> None:
    """Remember a choice of the actor under a name."""
    prefer(session, settings={**settings_of(session), name: value})


def seen(session: Session) -> None:
    """Everything in the bell has been seen."""
    prefer(session, bell_seen_at=func.clock_timestamp())


def people(session: Session) -> dict[str, str]:
    """The names of those the actor may know, by what the books have them under."""
    known = func.people_known().table_valued("written_as", "name")
    found = select(known.c.written_as, known.c.name).where(known.c.written_as.is_not(None))
    return {row.written_as: row.name for row in session.execute(found)}


def views_of(session: Session, listing: str) -> Sequence[SavedView]:
    """The actor's views of a list and those shared with him, in the order they were made.

    The pool's people share within an organisation: the database's wall says so.
    """
    return (
        session.execute(
            select(SavedView)
            .where(
                *_mine(session, SavedView),
                SavedView.list == listing,
                SavedView.removed_at.is_(None),
                or_(SavedView.account_id == actor_of(session).account_id, SavedView.shared),
            )
            .order_by(SavedView.id)
        )
        .scalars()
        .all()
    )


def save_view(session: Session, listing: str, name: str, query: str, *, shared: bool) -> int:
    """Keep a list's query string under a name; one of the same name of the actor is replaced."""
    actor = actor_of(session)
    session.execute(
        update(SavedView)
        .where(
            *_mine(session, SavedView),
            SavedView.list == listing,
            SavedView.name == name,
            SavedView.account_id == actor.account_id,
            SavedView.removed_at.is_(None),
        )
        .values(removed_at=func.clock_timestamp())
    )
    made: int = session.execute(
        insert(SavedView)
        .values(
            pool_id=actor.pool_id,
            firm_id=own_firm(session),
            account_id=actor.account_id,
            list=listing,
            name=name,
            query=query,
            shared=shared,
        )
        .returning(SavedView.id)
    ).scalar_one()
    return made


def remove_view(session: Session, view_id: int, *, back: bool = False) -> str | None:
    """Take a view of the actor's own away, or bring it back; its list, None if it is not his."""
    changed = session.execute(
        update(SavedView)
        .where(
            *_mine(session, SavedView),
            SavedView.id == view_id,
            SavedView.account_id == actor_of(session).account_id,
        )
        .values(removed_at=None if back else func.clock_timestamp())
        .returning(SavedView.list)
    )
    found: str | None = changed.scalar_one_or_none()
    return found


def notify(
    session: Session,
    text: str,
    *,
    link: str | None = None,
    tone: str = "info",
    account_id: int | None = None,
    firm_id: int | None = None,
    permission: Permission | None = None,
    values: Mapping[str, object] | None = None,
) -> None:
    """Put a line into the bell of a person, of a firm's people, or of staff with a permission.

    Args:
        session: the transaction that brings what is told.
        text: an English sentence, the key of its translation, with ``%(name)s`` places. No amounts.
        link: where it leads, a path of the reader's portal.
        tone: info, ok, warn or err.
        account_id: one person.
        firm_id: everybody of a broker firm; None: staff.
        permission: staff who hold it.
        values: what fills the places.
    """
    session.execute(
        insert(Notification).values(
            pool_id=actor_of(session).pool_id,
            firm_id=firm_id,
            account_id=account_id,
            permission=permission,
            text=text,
            values=dict(values or {}),
            link=link,
            tone=tone,
        )
    )


def notices(session: Session, permissions: frozenset[Permission]) -> Select[Any]:
    """The actor's bell, the latest first: what is for him, his firm, or whoever may what he may."""
    actor = actor_of(session)
    return (
        select(Notification)
        .where(
            *_mine(session, Notification),
            or_(Notification.account_id.is_(None), Notification.account_id == actor.account_id),
            or_(Notification.permission.is_(None), Notification.permission.in_(permissions)),
        )
        .order_by(Notification.recorded_at.desc())
    )


def unread(session: Session, permissions: frozenset[Permission], seen_at: datetime | None) -> int:
    """How many notices came since the actor looked last; a hundred say as much as more."""
    found = notices(session, permissions).order_by(None).with_only_columns(Notification.id)
    if seen_at is not None:
        found = found.where(Notification.recorded_at > seen_at)
    counted: int = session.execute(
        select(func.count()).select_from(found.limit(100).subquery())
    ).scalar_one()
    return counted


def start_job(
    session: Session,
    kind: str,
    task: str,
    *,
    subject: str | None = None,
    subject_id: int | None = None,
    **arguments: object,
) -> int:
    """Begin work that outlasts the request: a row people follow, and a job that does it.

    Args:
        session: the transaction; the job starts when it stands.
        kind: what it is, for its words (``shared.web.jobs``).
        task: the outbox task; it gets ``job_id`` beside ``arguments``.
        subject: the table of the thing it works on.
        subject_id: which one.
        arguments: what the task is told.
    """
    actor = actor_of(session)
    made: int = session.execute(
        insert(LongJob)
        .values(
            pool_id=actor.pool_id,
            firm_id=own_firm(session),
            account_id=actor.account_id,
            kind=kind,
            subject=subject,
            subject_id=subject_id,
        )
        .returning(LongJob.id)
    ).scalar_one()
    outbox.put(session, task, {**arguments, "job_id": made}, priority=SOMEBODY_WAITS)
    return made


def get_job(session: Session, job_id: int) -> LongJob:
    """A job the actor started; what others may know of theirs is told by the thing's own page.

    Raises:
        JobNotFound: there is none, or it is somebody else's.
    """
    found = session.execute(
        select(LongJob).where(
            *_mine(session, LongJob),
            LongJob.id == job_id,
            LongJob.account_id == actor_of(session).account_id,
        )
    ).scalar_one_or_none()
    if found is None:
        raise JobNotFound
    return found


def find_job_of(session: Session, kind: str, subject: str, subject_id: int) -> LongJob | None:
    """The latest job of a kind on a thing."""
    return session.execute(
        select(LongJob)
        .where(
            *_mine(session, LongJob),
            LongJob.kind == kind,
            LongJob.subject == subject,
            LongJob.subject_id == subject_id,
        )
        .order_by(LongJob.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def cancel_job(session: Session, job_id: int) -> None:
    """Ask a job to stop; one that has not begun is over at once."""
    session.execute(
        update(LongJob)
        .where(*_mine(session, LongJob), LongJob.id == job_id, LongJob.state.not_in(ENDED))
        .values(cancel_asked_at=func.clock_timestamp())
    )
    session.execute(
        update(LongJob)
        .where(*_mine(session, LongJob), LongJob.id == job_id, LongJob.state == JobState.WAITING)
        .values(state=JobState.CANCELLED, ended_at=func.clock_timestamp())
    )


def tell(
    session: Session, job_id: int, *, done: int | None = None, size: int | None = None,
    phase: str | None = None,
) -> bool:  # fmt: skip
    """Report how far a job is (in a transaction of its own); False when it shall stop.

    Args:
        session: the worker's.
        job_id: the job.
        done: how many of ``size``.
        size: how many there are.
        phase: what it does now: an English msgid.
    """
    told = {"done": done, "size": size, "phase": phase}
    values = {name: value for name, value in told.items() if value is not None}
    cancelled = session.execute(
        update(LongJob)
        .where(*_mine(session, LongJob), LongJob.id == job_id)
        .values(
            state=JobState.RUNNING,
            started_at=func.coalesce(LongJob.started_at, func.clock_timestamp()),
            **values,
        )
        .returning(LongJob.cancel_asked_at)
    ).scalar_one()
    return cancelled is None


def end_job(
    session: Session,
    job_id: int,
    state: JobState,
    *,
    text: str,
    link: str,
    result: Mapping[str, object] | None = None,
    error: str | None = None,
    **values: object,
) -> None:
    """Write a job's result, and tell whoever started it.

    Args:
        session: the transaction that did the work.
        job_id: the job.
        state: done, failed or cancelled.
        text: an English sentence for the bell, the key of its translation.
        link: where the result is.
        result: what came out, as JSON.
        error: what went wrong, for people: an English sentence.
        values: what fills the places of ``text`` and ``error``.
    """
    row = session.execute(
        update(LongJob)
        .where(*_mine(session, LongJob), LongJob.id == job_id, LongJob.state.not_in(ENDED))
        .values(
            state=state,
            ended_at=func.clock_timestamp(),
            result={**(result or {}), "link": link, "text": text, "values": values},
            error=error,
            values=values,
        )
        .returning(LongJob.account_id, LongJob.firm_id)
    ).one_or_none()
    if row is not None:
        tones = {JobState.DONE: "ok", JobState.FAILED: "err"}
        notify(
            session,
            text,
            link=link,
            tone=tones.get(state, "info"),
            account_id=row.account_id,
            firm_id=row.firm_id,
            values=values,
        )


def own_firm(session: Session) -> int | None:
    """The firm new rows of the actor belong to: his first; None for staff and jobs."""
    actor = actor_of(session)
    return min(actor.firm_ids) if actor.door is Door.EXTRANET else None


def _mine(session: Session, model: Any) -> list[ColumnElement[bool]]:
    actor = actor_of(session)
    here = [model.pool_id == actor.pool_id]
    if actor.door is Door.EXTRANET:
        return [*here, model.firm_id.in_(actor.firm_ids)]
    return here if actor.door is Door.WORKER else [*here, model.firm_id.is_(None)]
