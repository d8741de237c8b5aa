"""Which teams a member of the staff works in."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from admin_module.organisations.errors import NoSuchMember
from shared.actor import Actor
from shared.models.access import MembershipTeam
from shared.vocabulary import Unit


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


def working_only_in(session: Session, actor: Actor, kind: Unit, number: int) -> Sequence[str]:
    """Who has no other place than a unit and what is in it: they would work nowhere without it."""
    here = {Unit.ORGANISATION: "o.id", Unit.DIVISION: "d.id", Unit.TEAM: "t.id"}[kind]
    return session.scalars(
        text(f"""
            SELECT s.name FROM staff_members() s JOIN (
                SELECT m.membership_id, bool_and({here} = :number) AS nowhere_else
                FROM membership_team m
                JOIN team t ON t.pool_id = m.pool_id AND t.id = m.team_id AND t.active
                JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id AND d.active
                JOIN organisation o
                    ON o.pool_id = d.pool_id AND o.id = d.organisation_id AND o.active
                WHERE m.pool_id = :pool AND m.active GROUP BY m.membership_id
            ) place ON place.membership_id = s.id AND place.nowhere_else
            ORDER BY lower(s.name), s.id"""),  # noqa: S608  -- one of three words above
        {"pool": actor.pool_id, "number": number},
    ).all()


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
