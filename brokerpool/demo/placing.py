"""Divisions and teams: who works where, under which number at insurers, who is limited to one.

The layer of organisations stays off: somebody who looks at the demo enables it himself.
"""

from typing import Any, Final

from sqlalchemy import text

from admin_module.organisations.operations import access, keeping, members
from admin_module.organisations.operations.keeping import UnitValues
from admin_module.organisations.queries.members import staff
from brokerpool.demo.offers import BUSINESS
from brokerpool.demo.stage import Stage
from shared.db import Session, actor_of
from shared.vocabulary import Unit

ADMIN: Final = "frauke.petersen"
COLLEAGUE: Final = "torben.ahlers"
PRIVATE: Final = "Privatkunden"
# a broker firm that business customers alone are for
LIMITED: Final = "NL-218"
ADDRESS: Final[dict[str, Any]] = {
    "street": "Am Sandtorkai 48", "postcode": "20457", "city": "Hamburg",
}  # fmt: skip
DIVISIONS: Final[dict[str, dict[str, Any]]] = {
    BUSINESS: {**ADDRESS, "phone": "+49 40 5550 200", "remit_to": "Nordlicht Gewerbe"},
    PRIVATE: {**ADDRESS, "phone": "+49 40 5550 100", "document_store": "privatkunden"},
}
TEAMS: Final = (
    ("Innendienst Hamburg", PRIVATE, ("jule.wendt", "frauke.petersen")),
    ("Innendienst Kyjiw", PRIVATE, ("oksana.hrytsenko", "frauke.petersen")),
    ("Firmenkunden", BUSINESS, ("frauke.petersen",)),
)
# unit, insurer, number; a team's goes before its division's
CODES: Final = (
    (PRIVATE, "AL", "4711-100"), (PRIVATE, "BS", "BS-20457-1"), (BUSINESS, "AL", "4711-200"),
    (BUSINESS, "BS", "BS-20457-2"), ("Innendienst Kyjiw", "UG", "UG-0088"),
    ("Innendienst Hamburg", "AL", "4711-110"),
)  # fmt: skip


def place(stage: Stage) -> None:
    """Make divisions and teams, and put people into them."""
    with stage.acting(ADMIN) as session:
        made = {(Unit.DIVISION, name): _division(session, name) for name in DIVISIONS}
        for name, division, _people in TEAMS:
            parent = made[Unit.DIVISION, division]
            unit = keeping.add(session, Unit.TEAM, UnitValues(name=name), parent_id=parent)
            made[Unit.TEAM, name] = unit.id
        for name, insurer, code in CODES:
            kind = Unit.DIVISION if name in DIVISIONS else Unit.TEAM
            number = stage.codes.insurers[insurer]
            keeping.set_code(session, kind, made[kind, name], insurer_id=number, code=code)
        access.limit(session, LIMITED, Unit.DIVISION, made[Unit.DIVISION, BUSINESS])
    with stage.acting(COLLEAGUE) as session:  # nobody chooses his own teams
        rows = {row.email.partition("@")[0]: row.id for row in staff(session, actor_of(session))}
        for person in sorted({p for _name, _division_name, people in TEAMS for p in people}):
            teams = [made[Unit.TEAM, name] for name, _d, people in TEAMS if person in people]
            members.set_teams(session, rows[person], teams, default_id=teams[0])


def _division(session: Session, name: str) -> int:
    """The division of a name; rates may have named it already."""
    values = UnitValues(name=name, **DIVISIONS[name])
    found: int | None = session.execute(
        text("SELECT id FROM division WHERE pool_id = :pool AND name = :name"),
        {"pool": actor_of(session).pool_id, "name": name},
    ).scalar_one_or_none()
    if found is None:
        return keeping.add(session, Unit.DIVISION, values, parent_id=None).id
    return keeping.change(session, Unit.DIVISION, found, values, version=1).id
