"""People of companies: another role, and who takes over from somebody who leaves."""

from typing import Final

from admin_module.companies.errors import NoSuchMember, OwnWayOut, RoleNotYours
from admin_module.companies.queries import people
from admin_module.companies.queries.people import Member
from shared import audit
from shared.db import Session, actor_of
from shared.permissions import Role
from shared.vocabulary import Door

OF_FIRMS: Final = (Role.BROKER, Role.ASSISTANT)
OF_STAFF: Final = tuple(role for role in Role if role not in OF_FIRMS)


def roles_for(door: str) -> tuple[Role, ...]:
    """The roles there are behind a door."""
    return OF_FIRMS if door == Door.EXTRANET else OF_STAFF


def change_role(session: Session, membership_id: int, role: str) -> Member:
    """Give somebody another role; he signs in anew, and it holds from his next request.

    Raises:
        NoSuchMember: he is not within reach.
        OwnWayOut: it is the actor himself.
        RoleNotYours: the role is none of his door.
    """
    actor = actor_of(session)
    member = people.get_member(session, actor, membership_id)
    if member.account_id == actor.account_id:
        raise OwnWayOut
    if role not in {each.value for each in roles_for(member.door)}:
        raise RoleNotYours
    if member.role == role:
        return member
    if not people.change_role(session, actor, membership_id, role):
        raise NoSuchMember
    audit.write(
        session, "role changed", "membership", membership_id,
        old={"role": member.role}, new={"role": role},
    )  # fmt: skip
    return people.get_member(session, actor, membership_id)
