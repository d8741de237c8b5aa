"""The journal of a thing: who was it last, and what was done to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.errors import Conflict
from shared.models.contracts import Application, Contract, Customer
from shared.models.kit import AuditEntry
from shared.vocabulary import Door


def check_version(
    session: Session,
    actor: Actor,
    row: Application | Contract | Customer,
    version: int | None,
    stored: Mapping[str, object],
) -> None:
    """Refuse to write over what somebody saved since a version was shown.

    Args:
        session: the transaction, which holds the row locked.
        actor: who wants to write.
        row: as it stands.
        version: as it was shown; None: nobody looked before.
        stored: what stands, by the names the form has.

    Raises:
        Conflict: the row is another version; it names who saved it and when.
    """
    if version is None or row.version == version:
        return
    who, when = _last(session, actor, row.__tablename__, row.id)
    raise Conflict(stored, who=who, when=when, version=row.version)


def entries_of(
    session: Session, actor: Actor, subject: str, subject_id: int, *, most: int = 200
) -> Sequence[AuditEntry]:
    """What was done to a thing, the newest first; the extranet reads no journal."""
    if actor.door is Door.EXTRANET:
        return ()
    return session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.pool_id == actor.pool_id,
            AuditEntry.subject == subject,
            AuditEntry.subject_id == subject_id,
        )
        .order_by(AuditEntry.id.desc())
        .limit(most)
    ).all()


def _last(
    session: Session, actor: Actor, subject: str, subject_id: int
) -> tuple[str, datetime | None]:
    found = entries_of(session, actor, subject, subject_id, most=1)
    return (found[0].recorded_by, found[0].recorded_at) if found else ("–", None)
