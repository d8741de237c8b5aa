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
        text("SELECT * FROM staff_members() WHERE id = :member"), {"member": membership_id}
    ).one_or_none()
    if found is None:
        raise NoSuchMember
    return found


def people_of(session: Session, actor: Actor, team_id: int) -> Sequence[Row[Any]]:
    """Who works in a team: id (of the membership), name, email, role, is_default; by name."""
    return session.execute(
        text("""
            SELECT s.id, s.name, s.email, s.role, m.is_default
            FROM membership_team m JOIN staff_members() s ON s.id = m.membership_id
            WHERE m.pool_id = :pool AND m.team_id = :team AND m.active
            ORDER BY lower(s.name), s.id"""),
        {"pool": actor.pool_id, "team": team_id},
    ).all()


def staff(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """All of the staff: id (of the membership), account_id, name, email, role; by name."""
    assert actor.pool_id
    return session.execute(text("SELECT * FROM staff_members() ORDER BY lower(name), id")).all()


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
