"""Random scenarios: the engine and an independent model of the rules find the same cents.

100 scenarios in ``make test``, 1,000 in ``make proof``; the seed is printed, and a scenario that
fails is printed as the file it can be played from.
"""

import json
import os
import secrets

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from sqlalchemy import Engine

from brokerpool.commands.scenario import play as play_scenario
from pool_module.settlement.errors import ScenarioRefused
from pool_module.settlement.operations.verification import verify
from shared.actor import Actor
from shared.db import Session
from tests.database.pool_module.settlement.playing import Play
from tests.oracle import model
from tests.oracle.strategies import Refused, refused_scenarios, scenarios

PROOF = os.environ.get("BROKERPOOL_PROOF") == "1"
EXAMPLES = 1000 if PROOF else 60
FEWER = EXAMPLES // 3 if PROOF else 10  # each of these plays or asks several times
SEED = int(os.environ.get("BROKERPOOL_SEED") or secrets.randbelow(2**32))

settled = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)


@pytest.fixture(scope="module", autouse=True)
def said(request: pytest.FixtureRequest) -> None:
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(f"\n{EXAMPLES} random scenarios, seed: BROKERPOOL_SEED={SEED}")


@seed(SEED)
@settled
@given(scenario=scenarios())
def test_engine_and_model_find_the_same(scenario: dict[str, object], play: Play) -> None:
    source = json.dumps(scenario, ensure_ascii=False)
    assert play(source) == model.run(json.loads(source)), source


@seed(SEED)
@settings(settled, max_examples=FEWER)
@given(scenario=scenarios())
def test_recomputing_everything_books_the_same(scenario: dict[str, object], play: Play) -> None:
    source = json.dumps(scenario, ensure_ascii=False)
    assert play(source, full=True) == play(source), source


@seed(SEED)
@settings(settled, max_examples=FEWER)
@given(scenario=scenarios())
def test_the_books_verify_and_every_entry_is_explained(
    scenario: dict[str, object], scenario_engine: Engine
) -> None:
    def look(session: Session, actor: Actor) -> None:
        assert [found for found in verify(session, actor) if found.broken] == []

    play_scenario(scenario_engine, json.dumps(scenario, ensure_ascii=False), look=look)


@seed(SEED)
@settings(settled, max_examples=FEWER)
@given(refused=refused_scenarios())
def test_a_refused_step_is_named(refused: Refused, play: Play) -> None:
    with pytest.raises(ScenarioRefused) as refusal:
        play(json.dumps(refused.scenario, ensure_ascii=False))
    assert refusal.value.step == refused.step, refused.why
    assert "\n" not in str(refusal.value)
