"""The journal: who did what to which thing, in the transaction that did it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shared.db import actor_of
from shared.models.kit import AuditEntry


def write(
    session: Session,
    action: str,
    subject: str,
    subject_id: int | None,
    *,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
) -> None:
    """Write a line of the journal; door and account are the session's actor's.

    Args:
        session: the transaction that does what is told.
        action: what was done, in the past tense, e.g. ``approved``.
        subject: the kind of thing, a table's name.
        subject_id: which one.
        old: what it was, as JSON values.
        new: what it is now.
    """
    actor = actor_of(session)
    session.execute(
        # inline: a broker writes the journal and reads nothing of it, not even the line's number
        insert(AuditEntry.__table__)  # type: ignore[arg-type]
        .inline()
        .values(
            pool_id=actor.pool_id,
            door=actor.door,
            account_id=actor.account_id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            old=dict(old) if old is not None else None,
            new=dict(new) if new is not None else None,
        )
    )


def write_change(
    session: Session,
    action: str,
    subject: str,
    subject_id: int | None,
    *,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> tuple[str, ...]:
    """Write what differs between two states of a thing; nothing where nothing does.

    Args:
        session: the transaction that makes the change.
        action: what was done, in the past tense.
        subject: the kind of thing, a table's name.
        subject_id: which one.
        before: its values as they were.
        after: its values as they are.

    Returns:
        The names of what differs.
    """
    differing = tuple(name for name, value in after.items() if before.get(name) != value)
    if differing:
        write(
            session,
            action,
            subject,
            subject_id,
            old={name: _written(before.get(name)) for name in differing},
            new={name: _written(after[name]) for name in differing},
        )
    return differing


def _written(value: object) -> object:
    """A value as JSON: days and amounts as text, exactly."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
