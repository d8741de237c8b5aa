"""A pool with two organisations under one roof: North, the default one, and South.

Each has a division with a team, somebody of the staff who works in it, a customer with a contract,
premiums, an application, a document, a task and a thread. Whitfield is South's; Großmann North's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text, update

from admin_module.organisations.operations import enabling, keeping, members
from admin_module.organisations.operations.keeping import UnitValues
from pool_module.applications import operations as applications
from pool_module.applications.operations import Wanted
from pool_module.contracts.operations import keeping as contracts
from pool_module.contracts.operations.keeping import Data, Part
from pool_module.crm.operations import documents, tasks, threads
from pool_module.crm.operations.customers import Person, add_customer
from shared.actor import Actor
from shared.db import Session, accounts, open_session
from shared.models.access import MembershipTeam
from shared.models.pools import Company, Pool
from shared.permissions import Role
from shared.vocabulary import Door, Unit
from shared.web.passwords import hash_password
from tests.database.pool_module.casework import POOL, Desk, open_desk
from tests.factories.days import NOW, TODAY
from tests.servers import Database

NORTH, SOUTH, BOTH, NOWHERE, CHIEF = (
    "jana@pool.example", "petra@pool.example", "ben@pool.example", "nils@pool.example",
    "dora@pool.example",
)  # fmt: skip
ROLES = {
    NORTH: Role.ADMIN, SOUTH: Role.CLERK, BOTH: Role.CLERK, NOWHERE: Role.CLERK,
    CHIEF: Role.DIRECTOR,
}  # fmt: skip
CANARY = "Whitfield"  # South's; North never reads it
PASSWORD = "correct horse battery staple"


@dataclass
class Houses:
    """The pool's numbers, and ways in."""

    desk: Desk
    people: dict[str, int] = field(default_factory=dict)  # accounts
    members: dict[str, int] = field(default_factory=dict)  # memberships
    teams: dict[str, int] = field(default_factory=dict)
    divisions: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    made: dict[str, dict[str, int]] = field(default_factory=dict)

    def actor(self, email: str) -> Actor:
        """As the session of a signed-in person has it."""
        reach = {
            NORTH: frozenset({0, self.organisations["North"]}),
            SOUTH: frozenset({self.organisations["South"]}),
            BOTH: frozenset({0, self.organisations["North"]}),
            CHIEF: frozenset({0, self.organisations["North"]}),
        }.get(email, frozenset[int]())
        team = self.teams["South" if email == SOUTH else "North"] if reach else None
        return Actor(
            Door.INTRANET, POOL, self.people[email], email, organisation_ids=reach, team_id=team
        )

    @contextmanager
    def at(self, email: str) -> Iterator[Session]:
        with open_session(self.desk.engines[Door.INTRANET], self.actor(email)) as session:
            yield session
            session.commit()


def staff_of(desk: Desk, houses: Houses) -> None:
    """Give the pool its company and its people."""
    hashed = hash_password(PASSWORD)
    with desk.at(Door.WORKER) as session:
        company = Company(pool_id=POOL, code="POOL", name="Nordlicht GmbH", kind="pool")
        session.add(company)
        session.flush()
        session.get_one(Pool, POOL).operator_id = company.id
        for email, role in ROLES.items():
            houses.people[email] = accounts.create_account(
                session, email=email, name=email.split("@")[0].title(), password_hash=hashed,
                language="en",
            )  # fmt: skip
            houses.members[email] = accounts.create_membership(
                session, account_id=houses.people[email], company_id=company.id,
                door=Door.INTRANET, role=role,
            )  # fmt: skip


def open_houses(database: Database, root: Path) -> Houses:
    """Found the pool, enable its organisations, and let both work."""
    desk = open_desk(database, root)
    houses = Houses(desk)
    staff_of(desk, houses)
    with desk.at(Door.INTRANET, NORTH) as session:
        division = keeping.add(session, Unit.DIVISION, UnitValues(name="Retail"), parent_id=None)
        team = keeping.add(session, Unit.TEAM, UnitValues(name="Hamburg"), parent_id=division.id)
        houses.divisions["North"], houses.teams["North"] = division.id, team.id
    with desk.at(Door.INTRANET, NORTH) as session:
        enabling.enable(session, "Nordlicht GmbH")
        whole = session.execute(text("SELECT id FROM organisation WHERE is_default")).scalar_one()
        houses.organisations["North"] = whole
        south = keeping.add(session, Unit.ORGANISATION, UnitValues(name="South"), parent_id=None)
        division = keeping.add(session, Unit.DIVISION, UnitValues(name="Fleet"), parent_id=south.id)
        team = keeping.add(session, Unit.TEAM, UnitValues(name="Munich"), parent_id=division.id)
        houses.organisations["South"] = south.id
        houses.divisions["South"], houses.teams["South"] = division.id, team.id
        members.set_teams(session, houses.members[SOUTH], [team.id], default_id=None)
        both = [houses.teams["North"], team.id]
        members.set_teams(session, houses.members[BOTH], both, default_id=both[0])
        # he was in a team that is gone: nobody is left without one otherwise
        left = update(MembershipTeam).where(MembershipTeam.membership_id == houses.members[NOWHERE])
        session.execute(left.values(active=False, is_default=False))
    houses.made["North"] = _work(houses, NORTH, "Amundsen", "N-1")
    houses.made["South"] = _work(houses, SOUTH, CANARY, "S-1")
    return houses


def _work(houses: Houses, email: str, name: str, number: str) -> dict[str, int]:
    """A customer with all that hangs on him."""
    desk, made = houses.desk, {}
    with houses.at(email) as session:
        person = Person(name, "Iris", birth_date=date(1970, 1, 2), postcode="20095")
        made["customer"] = add_customer(session, person, firm_id=desk.firm_id).id
        wanted = Wanted(
            desk.product_id, made["customer"], producer_id=desk.producer_id, applied_on=TODAY,
            note=f"{name} note",
        )  # fmt: skip
        made["application"] = applications.save_draft(session, wanted, firm_id=desk.firm_id).id
        data = Data(
            number, made["customer"], begin_on=TODAY - timedelta(days=355), frequency="quarterly",
            net_premium=Decimal("987.65"), note=f"{name} note",
        )  # fmt: skip
        parts = [Part(desk.producer_id, Decimal(1))]
        contract = contracts.add(
            session, data, product_id=desk.product_id, parts=parts, today=TODAY
        )
        made["contract"] = contract.id
        made["thread"] = threads.open_thread(
            session, author=email, title=f"About {name}", body=f"{name} says hello", now=NOW,
            subject="contract", subject_id=contract.id, firm_id=desk.firm_id,
        ).id  # fmt: skip
        made["task"] = tasks.add_task(
            session, title=f"Call {name}", subject="customer", subject_id=made["customer"]
        ).id
        made["document"] = documents.store_upload(
            session, desk.root, documents.Upload(f"{name}.pdf", b"%PDF-1.7 " + name.encode()),
            subject="contract", subject_id=contract.id,
        ).id  # fmt: skip
    return made
