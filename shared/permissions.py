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
    DIRECTOR = "director"  # approves
    ACCOUNTANT = "accountant"  # settles
    CLERK = "clerk"  # keeps contracts
    AUDITOR = "auditor"  # reads
    BROKER = "broker"  # somebody of a broker firm
    ASSISTANT = "assistant"  # who works for him


PERMISSIONS_OF: Final = {
    **dict.fromkeys(Role, frozenset({Permission.START})),  # the rooms bring what else each may do
    Role.ADMIN: frozenset(Permission),
}


def permissions_of(role: str) -> frozenset[Permission]:
    """The permissions of a stored role; one that is no longer known holds nothing."""
    return PERMISSIONS_OF[Role(role)] if role in set(Role) else frozenset()
