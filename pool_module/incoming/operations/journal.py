"""Lines of the journal, written in the transaction that did it."""

from shared.actor import Actor
from shared.db import Session
from shared.models.kit import AuditEntry


def note(
    session: Session,
    actor: Actor,
    action: str,
    subject: tuple[str, int | None],
    **new: object,
) -> None:
    """Write who did what to which thing (its table and id), and what it became."""
    session.add(
        AuditEntry(
            pool_id=actor.pool_id,
            door=actor.door.value,
            account_id=actor.account_id,
            action=action,
            subject=subject[0],
            subject_id=subject[1],
            new=new,
        )
    )
    session.flush()
