"""Two people who approve at once: one decides, the other is told; committed transactions."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import text

from pool_module.hierarchy.rules import Change
from pool_module.settlement.errors import ProposalMoved
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations import proposals
from pool_module.settlement.operations.scenario import ScenarioRun
from shared.actor import Actor
from shared.db import Engine, accounts, make_engine, open_session
from shared.vocabulary import ChangeKind, Door
from tests.database.pool_module.settlement.small_pool import FACTS
from tests.servers import Database


@dataclass(frozen=True)
class Waiting:
    """A proposal that waits for approval."""

    engine: Engine
    pool_id: int
    proposal_id: int

    def actor(self, name: str) -> Actor:
        return Actor(Door.INTRANET, self.pool_id, None, name)


@pytest.fixture
def waiting(own_database: Database) -> Iterator[Waiting]:
    worker = make_engine(own_database.door_url(Door.WORKER))
    staff = make_engine(own_database.door_url(Door.INTRANET))
    pool_id = accounts.new_pool_id(worker)
    actor = Actor(Door.WORKER, pool_id, None, "worker")
    steps = [*FACTS, {"settle": {"through": "2026-01-31"}}]
    scenario = json.dumps({"name": "small", "currency": "EUR", "steps": steps})
    with open_session(worker, actor) as session:
        ScenarioRun(session, actor, read_scenario(scenario)).play()
        berg, level = session.execute(
            text("SELECT d.id, l.id FROM producer d, career_level l "
                 "WHERE d.code = 'Berg' AND l.code = 'L2'")
        ).one()  # fmt: skip
        session.commit()
    change = Change(ChangeKind.CAREER, berg, date(2026, 1, 1), "agreed on", level_id=level)
    proposer = Actor(Door.INTRANET, pool_id, None, "proposer")
    with open_session(staff, proposer) as session:
        proposal_id = proposals.propose(session, proposer, change).id
        session.commit()
    with open_session(worker, actor) as session:
        assert proposals.calculate(session, actor, proposal_id)
        session.commit()
    with open_session(staff, proposer) as session:
        proposals.send(session, proposer, proposal_id)
        session.commit()
    yield Waiting(staff, pool_id, proposal_id)
    staff.dispose()
    worker.dispose()


def test_one_of_two_decides(waiting: Waiting) -> None:
    together = Barrier(2)

    def decide(name: str) -> str:
        actor = waiting.actor(name)
        with open_session(waiting.engine, actor) as session:
            session.execute(text("SELECT 1"))
            together.wait()
            try:
                proposals.approve(session, actor, waiting.proposal_id, f"by {name}")
            except ProposalMoved:
                session.rollback()
                return "too late"
            session.commit()
            return name

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(decide, ("anna", "bert")))
    assert "too late" in said
    (winner,) = set(said) - {"too late"}
    with open_session(waiting.engine, waiting.actor("reader")) as session:
        row = session.execute(text("SELECT state, decided_by FROM proposal")).one()
        facts = session.execute(
            text("SELECT count(*) FROM career WHERE reason = 'agreed on'")
        ).scalar_one()
    assert tuple(row) == ("approved", winner)
    assert facts == 1
