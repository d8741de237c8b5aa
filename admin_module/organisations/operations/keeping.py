"""Organisations, divisions and teams: added, changed, given an address, a logo, a code."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from admin_module.organisations.errors import (
    DefaultStays,
    LayerOff,
    NameTaken,
    NoPicture,
    NoSuchUnit,
    NotActive,
    StaysWhereItIs,
    StillWorkedIn,
    StoreInvalid,
)
from admin_module.organisations.queries import access, members, units
from admin_module.organisations.queries.units import MODELS, AnyUnit
from admin_module.organisations.rules import COPIED, LARGEST_LOGO, PARENT, is_folder, is_logo
from shared import audit, storage
from shared.db import Session, actor_of
from shared.models.units import CarrierCode
from shared.vocabulary import Unit

NAMED = {Unit.DIVISION: "organisation_id", Unit.TEAM: "division_id"}


@dataclass(frozen=True, kw_only=True)
class UnitValues:
    """What is kept of a unit; the last two of a division alone."""

    name: str
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    phone: str | None = None
    fax: str | None = None
    active: bool = True
    remit_to: str | None = None
    document_store: str | None = None


def add(session: Session, kind: Unit, values: UnitValues, *, parent_id: int | None) -> AnyUnit:
    """Add a unit.

    Args:
        session: the transaction.
        kind: organisation, division or team.
        values: what is kept of it.
        parent_id: the organisation of a division, the division of a team; a division of a pool
            without organisations has none.

    Raises:
        LayerOff: an organisation, before there are any.
        NoSuchUnit, NotActive: what it is to be in is not there, or takes nothing new.
        NameTaken, StoreInvalid: see there.
    """
    actor = actor_of(session)
    enabled = units.is_enabled(session, actor)
    if kind is Unit.ORGANISATION and not enabled:
        raise LayerOff
    if kind in PARENT and (enabled or kind is Unit.TEAM):
        if parent_id is None:
            raise NoSuchUnit
        if not units.get_unit(session, actor, PARENT[kind], parent_id).active:
            raise NotActive
    elif parent_id is not None:
        raise LayerOff
    told = _checked(session, kind, values, parent_id, None)
    above = {NAMED[kind]: parent_id} if kind in NAMED else {}
    unit: AnyUnit = MODELS[kind](pool_id=actor.pool_id, **told, **above)
    session.add(unit)
    session.flush()
    audit.write(session, "created", kind.value, unit.id, new={**told, **above})
    return unit


def change(
    session: Session,
    kind: Unit,
    number: int,
    values: UnitValues,
    *,
    version: int,
    parent_id: int | None = None,
) -> AnyUnit:
    """Change what is kept of a unit; where it stands it stays.

    Args:
        session: the transaction.
        kind: organisation, division or team.
        number: which.
        values: all of it, as it is to be.
        version: as it was shown.
        parent_id: what it is to be in, where somebody says so.

    Raises:
        NoSuchUnit: the pool has none.
        StaysWhereItIs: it would move.
        Conflict: somebody saved it since.
        StillWorkedIn: it would be closed, and people work there alone.
        DefaultStays, NameTaken, StoreInvalid: see there.
    """
    actor = actor_of(session)
    unit = units.get_unit(session, actor, kind, number, lock=True)
    stands: int | None = getattr(unit, NAMED[kind]) if kind in NAMED else None
    if parent_id is not None and parent_id != stands:
        raise StaysWhereItIs
    if unit.version != version:
        raise units.conflict(session, actor, kind, unit, asdict(values))
    if kind is Unit.ORGANISATION and getattr(unit, "is_default", False) and not values.active:
        raise DefaultStays
    if unit.active and not values.active:
        left = members.working_only_in(session, actor, kind, number)
        if left:
            raise StillWorkedIn(", ".join(left))
    told = _checked(session, kind, values, stands, number)
    _write(session, kind, unit, told)
    return unit


def copy_address(session: Session, kind: Unit, number: int) -> AnyUnit:
    """Take address, phone and fax over from the unit above, in one click.

    Raises:
        NoSuchUnit: the pool has none, or nothing is above it.
    """
    actor = actor_of(session)
    unit = units.get_unit(session, actor, kind, number, lock=True)
    above = units.parent_of(session, actor, kind, unit)
    if above is None:
        raise NoSuchUnit
    _write(session, kind, unit, {name: getattr(above, name) for name in COPIED})
    return unit


def set_logo(session: Session, root: Path, kind: Unit, number: int, image: bytes | None) -> None:
    """Keep a logo of a unit, or (None) none: then that of the unit above stands on its papers.

    Raises:
        NoSuchUnit: the pool has none.
        NoPicture: it is none that a paper can carry.
    """
    actor = actor_of(session)
    unit = units.get_unit(session, actor, kind, number, lock=True)
    digest = None
    if image is not None:
        if len(image) > LARGEST_LOGO or not is_logo(image):
            raise NoPicture
        digest = storage.store(root, actor.pool_id, None, image).sha256
    _write(session, kind, unit, {"logo_sha256": digest})


def open_logo(session: Session, root: Path, kind: Unit, number: int) -> bytes:
    """A unit's own logo.

    Raises:
        NoSuchUnit: the pool has none, or it has no logo.
    """
    actor = actor_of(session)
    unit = units.get_unit(session, actor, kind, number)
    if unit.logo_sha256 is None:
        raise NoSuchUnit
    return storage.open_stored(root, actor.pool_id, None, unit.logo_sha256)


def set_code(
    session: Session, kind: Unit, number: int, *, insurer_id: int, code: str | None
) -> None:
    """Keep the number an insurer knows a division or a team by; without one it has none.

    Raises:
        NoSuchUnit: the pool has no such unit or insurer.
    """
    actor = actor_of(session)
    if kind is Unit.ORGANISATION or access.find_insurer_id(session, actor, insurer_id) is None:
        raise NoSuchUnit
    units.get_unit(session, actor, kind, number, lock=True)
    old = next(
        (
            row
            for row in access.codes_of(session, actor, kind, number)
            if row.insurer_id == insurer_id
        ),
        None,
    )
    told = (code or "").strip() or None
    if told == (old.code if old else None):
        return
    if old is not None:
        access.end_row(session, actor, CarrierCode, old.id)
    if told is not None:
        place = {"team_id": number} if kind is Unit.TEAM else {"division_id": number}
        session.add(CarrierCode(pool_id=actor.pool_id, insurer_id=insurer_id, code=told, **place))
        session.flush()
    audit.write(
        session,
        "carrier code set",
        kind.value,
        number,
        old={"insurer": insurer_id, "code": old.code if old else None},
        new={"insurer": insurer_id, "code": told},
    )


def _checked(
    session: Session, kind: Unit, values: UnitValues, parent_id: int | None, number: int | None
) -> dict[str, Any]:
    """What a unit of this kind has, neat, with a name nobody else has."""
    told = {
        name: (value.strip() or None) if isinstance(value, str) else value
        for name, value in asdict(values).items()
    }
    if kind is not Unit.DIVISION:
        del told["remit_to"], told["document_store"]
    elif told["document_store"] is not None and not is_folder(str(told["document_store"])):
        raise StoreInvalid
    taken = units.find_named(session, actor_of(session), kind, values.name.strip(), parent_id)
    if taken is not None and taken != number:
        raise NameTaken(values.name.strip())
    return told


def _write(session: Session, kind: Unit, unit: AnyUnit, told: Mapping[str, Any]) -> None:
    before = {name: getattr(unit, name) for name in told}
    changed = audit.write_change(session, "changed", kind.value, unit.id, before=before, after=told)
    for name in changed:
        setattr(unit, name, told[name])
    session.flush()
    session.refresh(unit)
