"""Logins: asked of functions of the database, which look at the caller's pool and firms."""

from dataclasses import dataclass

from sqlalchemy import text

from admin_module.accounts.errors import NoSuchPerson
from shared.db import Session, actor_of


@dataclass(frozen=True)
class Member:
    """Somebody who may come in by a door.

    Attributes:
        invited: he has not chosen a password yet.
    """

    account_id: int
    name: str
    email: str
    active: bool
    invited: bool


def get_member(session: Session, membership_id: int) -> Member:
    """A member within the actor's reach.

    Raises:
        NoSuchPerson: there is none, or he is another's.
    """
    row = session.execute(
        text("SELECT * FROM find_member(CAST(:member AS int))"), {"member": membership_id}
    ).one_or_none()
    if row is None:
        raise NoSuchPerson
    return Member(*row)


def set_active(session: Session, membership_id: int, *, active: bool) -> bool:
    """Let a member in, or shut him out with all his sessions; False when he was so before."""
    return bool(
        session.execute(
            text("SELECT set_member(CAST(:member AS int), :active)"),
            {"member": membership_id, "active": active},
        ).scalar_one()
    )


def revoke(session: Session, membership_id: int) -> int:
    """End a member's sessions; how many there were."""
    ended: int = session.execute(
        text("SELECT end_member_sessions(CAST(:member AS int))"), {"member": membership_id}
    ).scalar_one()
    return ended


def reset_step(session: Session, membership_id: int) -> str | None:
    """Start or confirm the reset of a member's factors: started, own, done; None: no such."""
    step: str | None = session.execute(
        text("SELECT reset_member_factors(CAST(:member AS int), :who)"),
        {"member": membership_id, "who": actor_of(session).account_id},
    ).scalar_one()
    return step
