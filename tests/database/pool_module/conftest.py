"""Small pools several rooms are tried on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database.pool_module.casework import Desk, open_desk
from tests.database.pool_module.range_pool import RangePool, range_pool
from tests.servers import Database


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
