"""The worked cases of the settlement rules, on the real engine."""

import json
from pathlib import Path

import pytest

from tests.database.pool_module.settlement.playing import Play

CASES = sorted((Path(__file__).parents[3] / "examples" / "cases").glob("*.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_case_comes_out_to_the_cent(case: Path, play: Play) -> None:
    content = json.loads(case.read_text(encoding="utf-8"))
    assert play(json.dumps(content["scenario"])) == content["expected"]


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_case_comes_out_the_same_when_everything_is_recomputed(case: Path, play: Play) -> None:
    content = json.loads(case.read_text(encoding="utf-8"))
    assert play(json.dumps(content["scenario"]), full=True) == content["expected"]


def test_there_are_cases() -> None:
    assert len(CASES) >= 38
