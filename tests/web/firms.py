"""Both portals over a pool with a firm that has proved everything, and people behind both doors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

import portal_extranet
import portal_intranet
from admin_module.companies import operations as companies
from shared.db import accounts
from shared.models.pools import Company, Person, Pool
from shared.permissions import Role
from shared.vocabulary import Door
from tests.database.admin_module.conftest import BEGUN, give_account, prove_all
from tests.database.pool_module.casework import POOL, Desk, open_desk
from tests.servers import Database
from tests.web.portals import Browser, config_of, dispose

ADMIN, SECOND, CLERK = "frauke@pool.example", "torben@pool.example", "jule@pool.example"
BROKER, HELPER, OTHER = "olena@kontor.example", "lina@kontor.example", "boris@other.example"
STAFF = {ADMIN: Role.ADMIN, SECOND: Role.ADMIN, CLERK: Role.CLERK}


@dataclass
class Firms:
    """The pool at work.

    Attributes:
        members: membership ids by e-mail.
    """

    desk: Desk
    database: Database
    apps: dict[Door, Flask]
    members: dict[str, int]

    def browser(self, email: str) -> Browser:
        """A browser somebody is signed in with."""
        door = Door.INTRANET if email in STAFF else Door.EXTRANET
        browser = Browser(self.apps[door].test_client(), door)
        assert browser.sign_in(email).status_code == 303
        return browser


@contextmanager
def open_firms(database: Database, root: Path) -> Iterator[Firms]:
    """Found the pool, put the gates in force, open both portals."""
    desk = open_desk(database, root)
    with desk.at(Door.WORKER, "worker") as session:
        operator = Company(pool_id=POOL, code="POOL", name="Nordlicht", kind="pool")
        session.add(operator)
        session.flush()
        session.get_one(Pool, POOL).operator_id = operator.id
        firm = session.get_one(Company, (POOL, desk.firm_id))
        firm.name, firm.email = "Kontor GmbH", "post@kontor.example"
        firm.intermediary_type, firm.register_number = "broker", "D-AB12-CD345-67"
        firm.agreement_date = BEGUN
        session.add(
            Person(pool_id=POOL, company_id=firm.id, first_name="Olena", last_name="Kontor",
                   email=BROKER)
        )  # fmt: skip
        session.flush()
        places = {
            **dict.fromkeys(STAFF, operator.id),
            BROKER: firm.id, HELPER: firm.id, OTHER: desk.neighbour_id,
        }  # fmt: skip
        roles = {**STAFF, BROKER: Role.BROKER, HELPER: Role.ASSISTANT, OTHER: Role.BROKER}
        members = {}
        for email, company_id in places.items():
            account = accounts.create_account(
                session, email=email, name=email.partition("@")[0].title(), password_hash="x",
                language="en",
            )  # fmt: skip
            members[email] = accounts.create_membership(
                session, account_id=account, company_id=company_id, role=roles[email],
                door=Door.INTRANET if email in STAFF else Door.EXTRANET,
            )  # fmt: skip
    give_account(database, desk.firm_id)
    prove_all(desk, desk.firm_id)
    with desk.at(Door.INTRANET, ADMIN) as session:
        companies.put_gates(session, on=True)
    create = {Door.INTRANET: portal_intranet.create_app, Door.EXTRANET: portal_extranet.create_app}
    apps = {
        door: make(replace(config_of(database, door), storage_dir=root))
        for door, make in create.items()
    }
    yield Firms(desk, database, apps, members)
    for app in apps.values():
        dispose(app)
    desk.close()
