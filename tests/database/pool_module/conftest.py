"""The small range several rooms are tried on."""

from collections.abc import Iterator

import pytest

from tests.database.pool_module.range_pool import RangePool, range_pool
from tests.servers import Database


@pytest.fixture
def ranged(own_database: Database) -> Iterator[RangePool]:
    with range_pool(own_database) as pool:
        yield pool
