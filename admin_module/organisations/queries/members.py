"""Which teams a member of the staff works in."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from admin_module.organisations.errors import NoSuchMember
from shared.actor import Actor
from shared.models.access import MembershipTeam


def get_member(session: Session, actor: Actor, membership_id: int) -> Row[Any]:
    """A member of the pool's staff: id, account_id, name, email, role, company.

    Raises:
        NoSuchMember: there is none of this number.
    """
    assert actor.pool_id  # the database answers for this pool
    found = session.execute(
        text("SELECT * FROM member_of_staff(:member)"), {"member": membership_id}
    ).one_or_none()
    if found is None:
        raise NoSuchMember
    return found


def teams_of(session: Session, actor: Actor, membership_id: int) -> Sequence[MembershipTeam]:
    """The rows of a member's teams, also those he left."""
    return session.scalars(
        select(MembershipTeam)
        .where(
            MembershipTeam.pool_id == actor.pool_id,
            MembershipTeam.membership_id == membership_id,
        )
        .order_by(MembershipTeam.id)
    ).all()
