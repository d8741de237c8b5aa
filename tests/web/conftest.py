"""The town all tests of walls walk through: made once, and nothing that is done in it stays."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text

from shared.vocabulary import Door
from shared.web.database import db
from tests.factories import town as factory
from tests.factories.divided import divide
from tests.factories.town import Town
from tests.servers import Database, PostgresServer
from tests.web.portals import CREATE, PORTALS, config_of, dispose
from tests.web.written import Written


@pytest.fixture(scope="session")
def town(postgres: PostgresServer, template: Database) -> Town:
    """Two firms, their pool, a stranger's pool: a row of each in every table, all marked."""
    return factory.build(postgres.cloned(template, "test_town"))


@pytest.fixture(scope="session")
def portal_of(town: Town) -> Iterator[Callable[[Door], Flask]]:
    """Both portals on the town."""
    apps = {door: CREATE[door](config_of(town.database, door)) for door in PORTALS}
    yield apps.__getitem__
    for app in apps.values():
        dispose(app)


@pytest.fixture(scope="session")
def divided(postgres: PostgresServer, template: Database) -> Town:
    """The same with two organisations; all its staff works in the south, which is Adler's."""
    town = factory.build(postgres.cloned(template, "test_divided"))
    divide(town)
    return town


@pytest.fixture(scope="session")
def divided_portal(divided: Town) -> Iterator[Flask]:
    """The intranet on it."""
    app = CREATE[Door.INTRANET](config_of(divided.database, Door.INTRANET))
    yield app
    dispose(app)


@pytest.fixture
def nothing_stays(monkeypatch: pytest.MonkeyPatch, written: Written) -> None:
    """What a request would commit is written, checked to the last deferred key, and undone."""

    def undo() -> None:
        if not db.session().in_transaction():
            return  # nobody is known, or nothing was asked
        db.session.flush()
        db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        written.note(db.session().connection())
        db.session.rollback()

    monkeypatch.setattr(db.session, "commit", undo)


@pytest.fixture
def written() -> Iterator[Written]:
    """What answers to GET wrote meanwhile, to stay or undone."""
    found = Written()
    event.listen(Engine, "commit", found.note)
    yield found
    event.remove(Engine, "commit", found.note)
