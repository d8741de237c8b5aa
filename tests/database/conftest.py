"""A database in which three firms have a row in every table, and who comes to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from shared.db import make_engine
from shared.db.sessions import SET_CONTEXT
from shared.vocabulary import Door
from tests.factories.rows import Estate, build
from tests.servers import Database, PostgresServer
from tests.signing import sign

OWNER = "owner"
HANDS = (*Door, OWNER)


@dataclass(frozen=True)
class Estates:
    """The firms."""

    ours: Estate
    neighbours: Estate  # of our pool
    foreign: Estate  # of another pool


@pytest.fixture(scope="session")
def estates_database(postgres: PostgresServer, template: Database) -> Database:
    """A database of its own: its rows are committed, what tests do to them is not."""
    return postgres.cloned(template, "test_estates")


@pytest.fixture(scope="session")
def estates(estates_database: Database) -> Iterator[Estates]:
    engine = make_engine(estates_database.owner_url)
    with engine.begin() as connection:
        ours = build(connection, 1)
        neighbours = build(connection, 2, pool=ours.rows["pool"])
        foreign = build(connection, 3)
    yield Estates(ours, neighbours, foreign)
    engine.dispose()


@pytest.fixture(scope="session")
def stand(
    estates_database: Database, estates: Estates
) -> Iterator[Callable[[Door | str], Connection]]:
    """One connection per door, and the owner's, for all tests; each goes back to where it began."""
    assert estates.ours.pool_id != estates.foreign.pool_id
    urls: dict[Door | str, str] = {door: estates_database.door_url(door) for door in Door}
    urls[OWNER] = estates_database.owner_url
    with ExitStack() as stack:
        connections: dict[Door | str, Connection] = {}
        for hand, url in urls.items():
            engine = make_engine(url)
            stack.callback(engine.dispose)
            connections[hand] = stack.enter_context(engine.connect())
        yield connections.__getitem__


@pytest.fixture
def behind(
    stand: Callable[[Door | str], Connection], estates: Estates
) -> Iterator[Callable[[Door | str], Connection]]:
    """A connection with the context of our pool and firm; the test's work is rolled back."""
    used = []

    def connection(door: Door | str) -> Connection:
        found = stand(door)
        context = {"pool": str(estates.ours.pool_id), "firms": str(estates.ours.firm_id)}
        found.execute(SET_CONTEXT, {**context, "name": "somebody"})
        if door is Door.EXTRANET:
            sign(found, estates.ours.pool_id, [estates.ours.firm_id], "somebody")
        used.append(found)
        return found

    yield connection
    for each in used:
        each.rollback()


def error_of(connection: Connection, statement: object) -> str | None:
    """The SQLSTATE a statement is refused with; the transaction goes on."""
    mark = connection.begin_nested()
    try:
        connection.execute(text(statement) if isinstance(statement, str) else statement)  # type: ignore[call-overload]
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", ""))
    else:
        return None
    finally:
        mark.rollback()
