from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.actor import Actor
from shared.db import Session
from shared.vocabulary import Door
from tests.database.pool_module.incoming.office import POOLS, Office


@pytest.fixture
def office(session_for: Callable[[Actor], Session], tmp_path: Path) -> Iterator[Office]:
    actor = Actor(Door.WORKER, next(POOLS), None, "Olena")
    made = Office(session_for(actor), actor, tmp_path).open()
    yield made
    made.check()
