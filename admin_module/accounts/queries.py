"""Logins: asked of functions of the database, which look at the caller's pool and firms."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select, text

from admin_module.accounts.errors import NoSuchPerson
from shared import clock
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.models.kit import AuditEntry

OPEN: Final = timedelta(hours=72)  # a request for a reset waits so long


@dataclass(frozen=True)
class Member:
    """Somebody who may come in by a door.

    Attributes:
        invited: he has not chosen a password yet, or waits.
        waits: a firm invited him, whose login works elsewhere, and the pool has not let him in.
        refused: and has refused him.
        called: as the firm typed his name, where one did.
    """

    account_id: int
    name: str
    email: str
    active: bool
    invited: bool
    waits: bool
    refused: bool
    called: str
    company_id: int


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


def find_way_in(session: Session, membership_id: int) -> str | None:
    """How who waits comes in: ``back``, ``invitation``, ``switch`` (on the page), ``sign_in``."""
    way: str | None = session.execute(
        text("SELECT way_in(CAST(:member AS int))"), {"member": membership_id}
    ).scalar_one_or_none()
    return way


def revoke(session: Session, membership_id: int) -> int:
    """End a member's sessions; how many there were."""
    ended: int = session.execute(
        text("SELECT end_member_sessions(CAST(:member AS int))"), {"member": membership_id}
    ).scalar_one()
    return ended


def find_reset(session: Session, actor: Actor, membership_id: int) -> AuditEntry | None:
    """Who asked for a reset of a member's factors, and when; None: no request is open."""
    last = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.pool_id == actor.pool_id,
            AuditEntry.subject == "membership",
            AuditEntry.subject_id == membership_id,
            AuditEntry.action.in_(("membership.factors_started", "membership.factors_done")),
            AuditEntry.recorded_at > clock.now() - OPEN,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    started = last is not None and last.action == "membership.factors_started"
    return last if started else None


def reset_step(session: Session, membership_id: int) -> str | None:
    """Start or confirm the reset of a member's factors: started, own, done; None: no such."""
    step: str | None = session.execute(
        text("SELECT reset_member_factors(CAST(:member AS int), :who)"),
        {"member": membership_id, "who": actor_of(session).account_id},
    ).scalar_one()
    return step
