from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database.pool_module.casework import Desk, open_desk
from tests.servers import Database


@pytest.fixture(scope="class")
def desk(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A pool with two firms; what is done at its doors is committed."""
    root: Path = tmp_path_factory.mktemp("files")
    made = open_desk(own_database, root)
    yield made
    made.close()
