import json
from pathlib import Path

import pytest

from tests.oracle.model import run

CASES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.json"))


def test_the_cases_are_there() -> None:
    assert len(CASES) == 38


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_model_comes_out_to_the_cent(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    assert run(case["scenario"]) == case["expected"]
