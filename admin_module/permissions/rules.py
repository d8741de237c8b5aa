"""What holds for a role at a place, where it comes from, and what must never be given or taken."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from admin_module.permissions.errors import AuditorReads, GiverPays, NobodyLeft, OtherDoor
from shared.permissions import (
    OWN,
    PERMISSIONS_OF,
    READING,
    STAFF,
    START,
    Permission,
    Role,
    effective,
)

EVERYWHERE: Final = "*"
OF_ROLE: Final = "role"
KINDS: Final = ("pool", "insurer", "supergroup", "group", "subgroup", "firm", "partner")
# who has these can give every right to anybody
GIVERS: Final = frozenset({Permission.PERMISSIONS_EDIT, Permission.ACCOUNTS_EDIT})
AUDITORS: Final = START | READING | {Permission.EXPORT, Permission.REPORTS_ALL}


@dataclass(frozen=True)
class Place:
    """Where a right holds: everywhere, on a level of companies, in one company.

    Attributes:
        company_id: the company; None: wider.
        kind: of the company, or the level; None: everywhere.
        name: of the company, for people.
    """

    company_id: int | None = None
    kind: str | None = None
    name: str = ""

    @property
    def key(self) -> str:
        """As rows are stored: ``*``, ``kfirm``, ``c7``."""
        if self.company_id is not None:
            return f"c{self.company_id}"
        return f"k{self.kind}" if self.kind is not None else EVERYWHERE

    @property
    def chain(self) -> tuple[str, ...]:
        """The keys that are asked, the narrowest first."""
        level = (f"k{self.kind}",) if self.kind is not None else ()
        own = (f"c{self.company_id}",) if self.company_id is not None else ()
        return (*own, *level, EVERYWHERE)


# role, permission, key of the place → given or taken
Words = Mapping[tuple[str, str, str], bool]


@dataclass(frozen=True)
class Holders:
    """So many people of a role at a company."""

    role: str
    company_id: int
    kind: str
    people: int


@dataclass(frozen=True)
class Cell:
    """What holds for a role and a permission at a place.

    Attributes:
        own: what was said for this very place; None: nothing.
        inherited: what holds without it.
        source: where that comes from: a key, or ``role``: the role's own.
        possible: False: the permission belongs to the other portal.
    """

    role: Role
    permission: Permission
    own: bool | None
    inherited: bool
    source: str
    possible: bool

    @property
    def allowed(self) -> bool:
        """What holds."""
        return self.inherited if self.own is None else self.own


def possible(role: Role, permission: Permission) -> bool:
    """Whether a permission can be held by a role at all: no right leads through the other door."""
    side = OWN | START if PERMISSIONS_OF[role] & OWN else STAFF
    return permission in side


def cell(role: Role, permission: Permission, place: Place, words: Words) -> Cell:
    """What holds, what was said here, and what is inherited from where."""
    own = words.get((role.value, permission.value, place.key))
    source, inherited = OF_ROLE, permission in PERMISSIONS_OF[role]
    for key in place.chain:
        said = words.get((role.value, permission.value, key))
        if key != place.key and said is not None:
            source, inherited = key, said
            break
    return Cell(role, permission, own, inherited, source, possible(role, permission))


def refuse(
    change: tuple[Role, Permission, Place],
    words: Words,
    holders: Sequence[Holders],
    modules_off: Mapping[int, Collection[str]],
    *,
    allowed: bool | None,
) -> None:
    """Refuse what must not be.

    Args:
        change: whose right, which, where.
        words: what stands.
        holders: who works where.
        modules_off: what companies do not have.
        allowed: given, taken, or inherited again.

    Raises:
        OtherDoor: the permission belongs to the other portal.
        AuditorReads: the auditor would change something.
        GiverPays: who gives rights would approve payouts.
        NobodyLeft: nobody could give rights any more.
    """
    role, permission, place = change
    if not possible(role, permission):
        raise OtherDoor
    if role is Role.AUDITOR and allowed and permission not in AUDITORS:
        raise AuditorReads
    after = {key: said for key, said in words.items() if key != _key(change)}
    if allowed is not None:
        after[_key(change)] = allowed
    if allowed is not False and any(_mixes(role, here, after) for here in _places(place, holders)):
        raise GiverPays
    if _give(words, holders, modules_off) and not _give(after, holders, modules_off):
        raise NobodyLeft


def rights_of(role: str, place: Place, words: Words) -> dict[str, bool]:
    """What was given to and taken from a role at a place: the narrowest word wins."""
    found: dict[str, bool] = {}
    for key in reversed(place.chain):
        found |= {p: said for (r, p, k), said in words.items() if r == role and k == key}
    return found


def _key(change: tuple[Role, Permission, Place]) -> tuple[str, str, str]:
    role, permission, place = change
    return role.value, permission.value, place.key


def _places(place: Place, holders: Iterable[Holders]) -> list[Place]:
    """The place and every narrower one where something else may have been said."""
    levels = [Place(kind=kind) for kind in KINDS]
    companies = [Place(h.company_id, h.kind) for h in holders]
    return [place, *(p for p in (*levels, *companies) if place.key in p.chain)]


def _mixes(role: Role, place: Place, words: Words) -> bool:
    held = effective(role, rights_of(role, place, words), ())
    return bool(held & GIVERS) and Permission.SETTLEMENT_APPROVE in held


def _give(
    words: Words, holders: Sequence[Holders], modules_off: Mapping[int, Collection[str]]
) -> bool:
    """Whether somebody has both rights that rule all others."""
    for one in holders:
        place = Place(one.company_id, one.kind)
        off = modules_off.get(one.company_id, ())
        if effective(one.role, rights_of(one.role, place, words), off) >= GIVERS:
            return True
    return False
