"""The small range with people of several roles, and their browsers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from flask import Flask

import portal_intranet
from shared.db import accounts
from shared.models.pools import Company
from shared.permissions import Role
from shared.vocabulary import Door
from shared.web.passwords import hash_password
from tests.database.pool_module.range_pool import RangePool, range_pool
from tests.servers import Database
from tests.web.portals import PASSWORD, Browser, config_of, dispose

ROLES = (Role.ACCOUNTANT, Role.CLERK, Role.AUDITOR, Role.ADMIN)


@dataclass
class Office:
    """The pool and its portal."""

    pool: RangePool
    app: Flask
    seated: dict[str, Browser] = field(default_factory=dict)

    def browser(self, role: Role = Role.ACCOUNTANT, name: str = "") -> Browser:
        """Somebody of a role, signed in; two names are two people at two desks."""
        who = name or role.value
        if who not in self.seated:
            browser = Browser(self.app.test_client(), Door.INTRANET)
            assert browser.sign_in(f"{role.value}@pool.example").status_code == 303
            self.seated[who] = browser
        return self.seated[who]


@contextmanager
def range_office(database: Database, storage: Path) -> Iterator[Office]:
    """Build it."""
    with range_pool(database) as pool:
        worker = pool.actor(Door.WORKER, "founder")
        with pool.at(worker) as session:
            house = Company(pool_id=pool.pool_id, code="POOL", name="Nordlicht", kind="pool")
            session.add(house)
            session.flush()
            secret = hash_password(PASSWORD)
            for role in ROLES:
                account = accounts.create_account(
                    session, email=f"{role.value}@pool.example", name=role.value.title(),
                    password_hash=secret, language="en",
                )  # fmt: skip
                accounts.create_membership(
                    session, account_id=account, company_id=house.id, door=Door.INTRANET, role=role
                )
        config = replace(config_of(database, Door.INTRANET), storage_dir=storage)
        app = portal_intranet.create_app(config)
        yield Office(pool, app)
        dispose(app)
