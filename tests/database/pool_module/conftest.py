"""Small pools several rooms are tried on."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.vocabulary import Door
from tests.database.pool_module.casework import Desk, open_desk
from tests.database.pool_module.range_pool import RangePool, range_pool
from tests.factories import brokers as factory
from tests.factories.brokers import Brokers
from tests.servers import Database, PostgresServer


@pytest.fixture
def ranged(own_database: Database) -> Iterator[RangePool]:
    with range_pool(own_database) as pool:
        yield pool


@pytest.fixture(scope="class")
def desk(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A pool with two firms; what is done at its doors is committed."""
    root: Path = tmp_path_factory.mktemp("files")
    made = open_desk(own_database, root)
    yield made
    made.close()


@pytest.fixture(scope="session")
def brokers(postgres: PostgresServer, template: Database) -> Brokers:
    return factory.build(postgres.cloned(template, "test_brokers"))


@pytest.fixture
def behind_door(brokers: Brokers) -> Iterator[Callable[[Actor], Session]]:
    """Sessions of the pool's people; what a test writes is rolled back."""
    with ExitStack() as stack:
        connections = {}
        for door in Door:
            engine = make_engine(brokers.database.door_url(door), size=1)
            stack.callback(engine.dispose)
            connections[door] = stack.enter_context(engine.connect())
            stack.callback(connections[door].begin().rollback)

        def session(actor: Actor) -> Session:
            return stack.enter_context(open_session(connections[actor.door], actor))

        yield session
