"""Playing scenarios as the worker's role."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, create_engine, make_url

from brokerpool.commands.scenario import play as play_scenario
from shared.vocabulary import Door
from tests.database.pool_module.settlement.playing import Play


@pytest.fixture(scope="session")
def scenario_engine(door_url: Callable[[Door], str]) -> Iterator[Engine]:
    """Keeps its connection: a new one per scenario would cost more than the scenario."""
    url = make_url(door_url(Door.WORKER)).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def play(scenario_engine: Engine) -> Play:
    def playing(source: str, *, full: bool = False) -> dict[str, object]:
        return play_scenario(scenario_engine, source, full=full)

    return playing
