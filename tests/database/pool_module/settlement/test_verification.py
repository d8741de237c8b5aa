"""``verify`` sees what is tampered with: each fault is planted in a pool that was sound."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from pool_module.settlement.engine.checks import CHECKS
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations.scenario import ScenarioRun
from pool_module.settlement.operations.verification import verify
from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.vocabulary import Door
from tests.servers import Database

CASE = Path(__file__).parents[3] / "examples/cases/11-clawback-of-a-corrected-case.json"
ACTOR = Actor(Door.WORKER, 1, None, "test")
GUARDED = (
    "posting", "account_posting", "statement", "period", "settlement_run", "contract_share",
    "career",
)  # fmt: skip
FAULTS = {
    "event_balance": "UPDATE posting SET amount = amount + 0.01 WHERE account = 4 AND run_id = "
    "(SELECT min(run_id) FROM posting)",
    "account_balance": "UPDATE account_posting SET amount = amount - 1 WHERE account = 7 "
    "AND id = (SELECT min(id) FROM account_posting WHERE account = 7)",
    "statement_sums": "UPDATE statement SET payout = payout + 1 WHERE id = "
    "(SELECT min(id) FROM statement)",
    "statement_chain": "UPDATE statement SET opening = opening + 1, closing = closing + 1 "
    "WHERE id = (SELECT max(id) FROM statement)",
    "reserve": "UPDATE posting SET amount = -amount WHERE account = 3 AND run_id = "
    "(SELECT min(run_id) FROM posting)",
    "shares": "UPDATE contract_share SET share = 0.9, share_to = 0.9",
    "references": "UPDATE posting SET rule_id = 999999 WHERE account = 2",
    "periods": "UPDATE period SET after = after - 1 WHERE after IS NOT NULL",
    "explained": "UPDATE career SET level_id = (SELECT max(id) FROM career_level) "
    "WHERE superseded_at IS NULL",
    "complete": "DELETE FROM posting WHERE event_id = (SELECT min(event_id) FROM posting)",
}


@pytest.fixture
def worker(own_database: Database) -> Iterator[Engine]:
    """A pool that was settled, and who may look at it."""
    engine = make_engine(own_database.door_url(Door.WORKER))
    content = json.loads(CASE.read_text(encoding="utf-8"))
    with open_session(engine, ACTOR) as session:
        ScenarioRun(session, ACTOR, read_scenario(json.dumps(content["scenario"]))).play()
        session.commit()
    yield engine
    engine.dispose()


def tamper(database: Database, fault: str) -> None:
    """What only an owner who means harm can do: no role of the apps gets this far."""
    url = make_url(database.owner_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in GUARDED:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(fault))
    engine.dispose()


def broken(engine: Engine) -> set[str]:
    with open_session(engine, ACTOR) as session:
        return {found.check for found in verify(session, ACTOR) if found.broken}


def test_a_sound_pool_is_sound(worker: Engine) -> None:
    assert broken(worker) == set()


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_named(check: str, worker: Engine, own_database: Database) -> None:
    tamper(own_database, FAULTS[check])
    assert check in broken(worker)


def test_every_check_has_its_fault() -> None:
    assert set(FAULTS) == {*CHECKS, "explained", "complete"}
