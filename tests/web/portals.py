"""Both portals on a database of their own, and clients that fill in forms as a browser does."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import portal_extranet
import portal_intranet
from shared import clock, totp
from shared.actor import Actor
from shared.config import Config
from shared.db import accounts, make_engine, open_session
from shared.models.pools import Company, Pool
from shared.permissions import Role
from shared.vault import Vault, about_totp
from shared.vocabulary import Door
from shared.web import sessions
from shared.web.database import db
from shared.web.passwords import hash_password
from tests.servers import Database, PostgresServer

CREATE = {Door.INTRANET: portal_intranet.create_app, Door.EXTRANET: portal_extranet.create_app}
PORTALS = tuple(CREATE)
ADDRESSES = count(1)  # each browser has one of its own: thirty tries a minute
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery staple"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Person:
    """Somebody with a login."""

    email: str
    name: str
    door: Door


STAFF = Person("jana@pool.example", "Jana Brandt", Door.INTRANET)
BROKER = Person("olena@firm.example", "Олена Шевченко", Door.EXTRANET)
SOMEBODY = {Door.INTRANET: STAFF, Door.EXTRANET: BROKER}


@pytest.fixture(scope="session")
def web_database(postgres: PostgresServer, template: Database) -> Database:
    """A pool with one person of staff and one broker."""
    return populated(postgres.cloned(template, "test_web"))


def populated(database: Database) -> Database:
    """Put the pool and its two people in."""
    engine = make_engine(database.door_url(Door.WORKER))
    pool_id = accounts.new_pool_id(engine)
    with open_session(engine, Actor(Door.WORKER, pool_id, None, "tests")) as session:
        session.add(Pool(id=pool_id, code="nord", name="Nordlicht"))
        session.flush()
        for person, role in ((STAFF, Role.ADMIN), (BROKER, Role.BROKER)):
            company = Company(pool_id=pool_id, code=person.door, name=f"Firm of {person.name}")
            session.add(company)
            session.flush()
            account = accounts.create_account(
                session,
                email=person.email,
                name=person.name,
                password_hash=_hashed(),
                language="en",
            )
            accounts.create_membership(
                session, account_id=account, company_id=company.id, door=person.door, role=role
            )
        session.commit()
    engine.dispose()
    return database


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


def give_app(database: Database, email: str) -> None:
    """Give somebody an app with codes; ``next_code`` shows them."""
    vault = Vault.of(database.config)
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        row = owner.execute("SELECT id FROM account WHERE email = %s", [email]).fetchone()
        assert row
        sealed, key_id = vault.seal(SECRET.encode(), about_totp(row[0]))
        owner.execute(
            "INSERT INTO second_factor (account_id, kind, name, secret, key_id)"
            " VALUES (%s, 'totp', 'App', %s, %s)",
            [row[0], sealed, key_id],
        )


@contextmanager
def readdressed(database: Database, email: str, other: str) -> Iterator[str]:
    """Somebody has changed his address, as the link in the mail does, until the end of it."""
    change = "UPDATE account SET email = %s WHERE email = %s"
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        assert owner.execute(change, [other, email]).rowcount == 1
        try:
            yield other
        finally:
            owner.execute(change, [email, other])


def next_code(database: Database) -> str:
    """A code that counts: nobody waits thirty seconds for the next one."""
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE second_factor SET last_step = NULL")
    return totp.code_at(SECRET, totp.step_of(clock.now()))


def config_of(database: Database, door: Door, base_url: str | None = None) -> Config:
    """What a portal's process is told."""
    bases = {door: base_url} if base_url else {}
    return replace(database.config, door_urls={door: database.door_url(door)}, base_urls=bases)


@pytest.fixture(scope="session")
def app_of(web_database: Database) -> Iterator[Callable[[Door], Flask]]:
    apps = {door: CREATE[door](config_of(web_database, door)) for door in PORTALS}
    yield apps.__getitem__
    for app in apps.values():
        dispose(app)


def dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@dataclass(frozen=True)
class Browser:
    """A client that sends what a browser sends; every page it gets is checked for being good."""

    client: FlaskClient
    door: Door
    address: str = field(default_factory=lambda: f"192.0.2.{next(ADDRESSES)}")

    @property
    def host(self) -> str:
        return f"http://{self.door.value}.localhost"

    def get(self, path: str, **headers: str) -> TestResponse:
        speaking = {"Accept-Language": "en", **headers}
        response = self.client.get(
            path, base_url=self.host, headers=speaking, buffered=True,
            environ_overrides={"REMOTE_ADDR": self.address},
        )  # fmt: skip
        part = "HX-Request" in headers
        if response.mimetype == "text/html" and response.status_code != 303 and not part:
            check_page(response.text)
        return response

    def post(
        self,
        path: str,
        page: str = "/login",
        *,
        fields: Any = None,
        **more: str,
    ) -> TestResponse:
        """Send a form with the token of the page it stands on; ``fields``: files and lists too."""
        token = TOKEN.search(self.get(page).text)
        assert token
        return self.client.post(
            path,
            base_url=self.host,
            data={"csrf_token": token[1], **(fields or {}), **more},
            headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"},
            environ_overrides={"REMOTE_ADDR": self.address},
        )

    def sign_in(self, email: str, **fields: str) -> TestResponse:
        """Open a session of somebody, both factors given, as the app does; no form, no hash."""
        app = self.client.application
        token = secrets.token_urlsafe(32)
        with app.app_context():
            asked = accounts.try_password(db.engine, email, device=b"", address=self.address)
            assert asked.account_id is not None, f"{email} may not come in here"
            half = sessions.hashed(secrets.token_urlsafe(32))
            assert accounts.open_web_session(db.engine, asked.account_id, half)
            assert accounts.complete_web_session(
                db.engine, half, sessions.hashed(token), rests=sessions.RESTS,
                device=sessions.hashed(email + self.address),
            )  # fmt: skip
        self.client.set_cookie(self.door.value, token, domain=f"{self.door.value}.localhost")
        return self.get("/login", **fields)

    def type_password(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """Send the form of the sign-in, as a person does."""
        given = {"email": email, "password": password, **fields}
        return self.post("/login", "/login/forgot", fields=given)

    def walk_in(self, database: Database, email: str, password: str = PASSWORD) -> TestResponse:
        """Sign in by the real forms: password, then the code of an app."""
        assert self.type_password(email, password).location == "/login/factor"
        code = next_code(database)
        return self.post("/login/factor", "/login/factor", code=code)

    def token(self) -> str:
        """The session's cookie, as somebody at the wire would copy it."""
        cookie = self.client.get_cookie(self.door.value, domain=f"{self.door.value}.localhost")
        assert cookie is not None
        return cookie.value


def check_page(page: str) -> None:
    """What is true of every page: a language, a title, one heading, labels, no inline code."""
    assert re.search(r'<html lang="(de|uk|en)"[ >]', page)
    assert re.search(r"<title>\S.*</title>", page)
    assert page.count("<h1") == 1
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)
    inputs = re.findall(r'<input class="inp" id="(\w+)"', page)
    assert all(f'<label for="{name}">' in page for name in inputs)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    told = re.findall(r'\s(?:for|aria-labelledby|aria-controls|aria-describedby)="([^"]+)"', page)
    assert {name for names in told for name in names.split()} <= set(ids)
    posted = page.count('method="post"')
    assert page.count('name="csrf_token"') == posted


@pytest.fixture
def browse(app_of: Callable[[Door], Flask]) -> Callable[[Door], Browser]:
    """A browser that has never been here."""
    return lambda door: Browser(app_of(door).test_client(), door)
