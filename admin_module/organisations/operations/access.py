"""Limits: a broker firm or an insurer for an organisation or a division alone (AIM-28 to 32)."""

from admin_module.organisations.errors import LayerOff, NoSuchLimit, OneOf
from admin_module.organisations.queries import access, units
from shared import audit
from shared.db import Session, actor_of
from shared.models.units import MasterAccess
from shared.vocabulary import Unit


def limit(session: Session, subject: str, kind: Unit, unit_id: int) -> int:
    """Limit who is named to a unit, beside those he is limited to already.

    Args:
        session: the transaction.
        subject: an insurer or a broker firm by code or name, as lists offer them.
        kind: organisation or division.
        unit_id: which.

    Returns:
        The limit's number; of the one that stands already, where it does.

    Raises:
        OneOf: nobody, or more than one, is called so.
        NoSuchUnit: the pool has no such unit.
        LayerOff: an organisation, before there are any.
    """
    actor = actor_of(session)
    if kind is Unit.ORGANISATION and not units.is_enabled(session, actor):
        raise LayerOff
    units.get_unit(session, actor, kind, unit_id)
    named = _named(session, subject)
    points = {
        "company_id": None if named.insurer else named.id,
        "insurer_id": named.id if named.insurer else None,
        "organisation_id": unit_id if kind is Unit.ORGANISATION else None,
        "division_id": unit_id if kind is Unit.DIVISION else None,
    }
    same = access.find_same(session, actor, **points)
    if same is not None:
        return same.id
    row = MasterAccess(pool_id=actor.pool_id, **points)
    session.add(row)
    session.flush()
    subject_of = "insurer" if named.insurer else "company"
    audit.write(session, "limited", subject_of, named.id, new={kind.value: unit_id})
    return row.id


def end(session: Session, limit_id: int) -> None:
    """Take a limit back; without any he is for everybody again.

    Raises:
        NoSuchLimit: there is none that stands.
    """
    actor = actor_of(session)
    found = access.find_limit(session, actor, limit_id)
    if found is None:
        raise NoSuchLimit
    access.end_row(session, actor, MasterAccess, limit_id)
    subject, number = (
        ("insurer", found.insurer_id) if found.insurer_id else ("company", found.company_id)
    )
    old = {"organisation": found.organisation_id, "division": found.division_id}
    audit.write(session, "limit ended", subject, number, old=old)


def _named(session: Session, subject: str) -> access.Named:
    wanted = subject.strip().casefold()
    found = [
        each
        for each in access.masters(session, actor_of(session))
        if wanted in {each.code.casefold(), each.name.casefold(),
                      f"{each.name} ({each.code})".casefold()}
    ]  # fmt: skip
    if len(found) != 1:
        raise OneOf
    return found[0]
