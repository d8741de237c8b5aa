"""Servers and databases for the tests.

- ``connect(door)``: a connection as a door's login, in a transaction that is rolled back at the
  end of the test. Most database tests use it, or ``session_for(actor)`` on top of it.
- ``own_database``: a fresh migrated database per class (or per function outside a class), for
  tests whose commits must be seen by others.
- ``redis_url``: an empty Redis-protocol server.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest
from redis import Redis
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.orm import Session, SessionTransaction
from typing_extensions import override
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from shared.actor import Actor
from shared.db import open_session
from shared.vocabulary import Door
from tests.servers import Database, PostgresServer, postgres_server, redis_server
from tests.signing import sign

pytest_plugins = ["tests.web.portals"]
Connect = Callable[[Door], Connection]
POWERFUL = text(
    "SELECT rolsuper OR rolbypassrls OR pg_has_role(current_user, datdba, 'MEMBER') "
    "FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
)
NUMBERS = count(1)
# what takes longest begins first: two processes end together
JOURNEYS = "tests/journeys/"
SLOW = (
    JOURNEYS,
    "tests/runtime/test_settlement_faults",
    "tests/database/pool_module/settlement/test_properties",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # it ships no types
    """With several processes a file stays in one: it shares its databases, journeys one house."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return JOURNEYS if path.startswith(JOURNEYS) else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted: how much was asked says how much a green dot is worth."""
    for report in terminalreporter.getreports("passed"):
        for name, value in getattr(report, "user_properties", ()):
            if name == "figures" and report.when == "call":
                terminalreporter.write_line(str(value))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: PostgresServer) -> Database:
    """The migrated database the others are copied from; nobody connects to it."""
    return postgres.migrated("test_template")


@pytest.fixture(scope="session")
def shared_database(postgres: PostgresServer, template: Database) -> Database:
    """The database of all tests that roll back."""
    return postgres.cloned(template, "test_shared")


@pytest.fixture(scope="class")
def own_database(postgres: PostgresServer, template: Database) -> Iterator[Database]:
    name = f"test_own_{next(NUMBERS)}"
    yield postgres.cloned(template, name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def owner_url(shared_database: Database) -> str:
    return shared_database.owner_url


@pytest.fixture(scope="session")
def door_url(shared_database: Database) -> Callable[[Door], str]:
    return shared_database.door_url


@pytest.fixture(scope="session")
def engine_of(shared_database: Database) -> Iterator[Callable[[Door], Engine]]:
    engines = {door: _engine(shared_database.door_url(door)) for door in Door}
    yield engines.__getitem__
    for engine in engines.values():
        engine.dispose()


@pytest.fixture
def connect(engine_of: Callable[[Door], Engine]) -> Iterator[Connect]:
    """One connection per door and test; sessions on it join by savepoint."""
    connections: dict[Door, Connection] = {}
    with ExitStack() as stack:

        def connection(door: Door) -> Connection:
            if door not in connections:
                connections[door] = stack.enter_context(engine_of(door).connect())
                stack.callback(connections[door].begin().rollback)
            return connections[door]

        yield connection


@pytest.fixture
def session_for(connect: Connect) -> Iterator[Callable[[Actor], Session]]:
    """A session of an actor; its commits end with the test."""
    with ExitStack() as stack:

        def session(actor: Actor) -> Session:
            return stack.enter_context(open_session(connect(actor.door), actor))

        yield session


@pytest.fixture(scope="session")
def redis_session_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def redis_url(redis_session_url: str) -> str:
    """An empty Redis-protocol server."""
    with Redis.from_url(redis_session_url) as client:
        client.flushall()
    return redis_session_url


def _engine(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)


@event.listens_for(Session, "after_begin")
def _refuse_powerful_sessions(_: Session, __: SessionTransaction, connection: Connection) -> None:
    """A test as owner or superuser would walk through every wall and prove nothing."""
    if not connection.info.get("powerless"):
        if connection.execute(POWERFUL).scalar_one():
            pytest.exit("A session of the app is superuser, BYPASSRLS or owner.", returncode=1)
        connection.info["powerless"] = True


@event.listens_for(Session, "after_begin")
def _sign(session: Session, _: SessionTransaction, connection: Connection) -> None:
    """Brokers of tests have no session of the portal: their context is signed by the worker."""
    actor = session.info["actor"]
    if actor.door is Door.EXTRANET and not actor.signature:
        sign(connection, actor.pool_id, actor.firm_ids, actor.name)
