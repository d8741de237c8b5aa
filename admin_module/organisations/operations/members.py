"""The teams of a member of the staff."""

from collections.abc import Collection

from admin_module.organisations.errors import (
    DefaultTeamMissing,
    NoSuchUnit,
    NotYourself,
    TeamMissing,
)
from admin_module.organisations.queries import members, units
from shared import audit
from shared.db import Session, actor_of
from shared.models.access import MembershipTeam
from shared.vocabulary import Unit


def set_teams(
    session: Session, membership_id: int, team_ids: Collection[int], *, default_id: int | None
) -> None:
    """Say in which teams a member works, also of several organisations (AIM-23, 24).

    Args:
        session: the transaction.
        membership_id: of the staff.
        team_ids: all of them; those he left stay on record, inactive.
        default_id: where he is after he signed in; None: the first.

    Raises:
        NoSuchMember, NoSuchUnit: there is none of this number.
        TeamMissing: none, while there are organisations.
        DefaultTeamMissing: the default one is not among them.
        NotYourself: they are his own.
    """
    actor = actor_of(session)
    member = members.get_member(session, actor, membership_id)
    if member.account_id == actor.account_id:  # nobody lets himself behind a wall
        raise NotYourself
    wanted = sorted(set(team_ids))
    if not wanted and units.is_enabled(session, actor):
        raise TeamMissing
    rows = {row.team_id: row for row in members.teams_of(session, actor, membership_id)}
    standing = {number for number, row in rows.items() if row.active}
    offered = {row.id for row in units.units(session, actor, Unit.TEAM) if row.active} | standing
    if not set(wanted) <= offered:
        raise NoSuchUnit
    if default_id is not None and default_id not in wanted:
        raise DefaultTeamMissing
    first = default_id or (wanted[0] if wanted else None)
    before = {
        "teams": sorted(standing),
        "default": next((n for n, r in rows.items() if r.active and r.is_default), None),
    }
    for number in {*rows, *wanted}:
        row = rows.get(number) or MembershipTeam(
            pool_id=actor.pool_id, membership_id=membership_id, team_id=number
        )
        row.active, row.is_default = number in wanted, number == first
        session.add(row)
    session.flush()
    audit.write_change(
        session,
        "teams set",
        "membership",
        membership_id,
        before=before,
        after={"teams": wanted, "default": first},
    )
