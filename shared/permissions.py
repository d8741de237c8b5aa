"""What a person may do: each permission with its sentence, and the roles that hold it."""

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing a person may do in a portal."""

    START = "start"  # see the own start page
    ADMINISTER = "administer"  # invite people and give them roles


class Role(StrEnum):
    """What a membership makes of a person."""

    ADMIN = "admin"  # staff who run the pool's house
    BROKER = "broker"  # somebody of a broker firm


PERMISSIONS_OF: Final = {
    Role.ADMIN: frozenset(Permission),
    Role.BROKER: frozenset({Permission.START}),
}


def permissions_of(role: str) -> frozenset[Permission]:
    """The permissions of a stored role; one that is no longer known holds nothing."""
    return PERMISSIONS_OF[Role(role)] if role in set(Role) else frozenset()
