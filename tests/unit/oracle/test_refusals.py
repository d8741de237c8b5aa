"""What the model refuses, by step and field."""

from typing import Any

import pytest

from tests.oracle.model import run
from tests.oracle.refusal import RefusalError

Step = dict[str, Any]

START: list[Step] = [
    {"producer": {"code": "A"}},
    {"producer": {"code": "B"}},
    {"placement": {"producer": "A", "parent": "B", "from": "2020-01-01", "to": "2021-01-01"}},
    {"product": {"code": "P", "insurer": "I", "line": "life"}},
    {"rule": {"code": "R", "kind": "fee", "of": "basis", "rate": "0.1", "from": "2020-01-01"}},
    {"contract": {"number": "C", "product": "P", "shares": [{"producer": "A", "share": "1"}]}},
    {"reduce": {"contract": "C", "on": "2026-02-01", "to": "0.5"}},
    {
        "event": {
            "ref": "E",
            "contract": "C",
            "kind": "fee",
            "effective": "2026-01-01",
            "due": "2026-01-01",
        }
    },
    {"settle": {"through": "2026-01-31"}},
]
RULE: Step = {"kind": "fee", "of": "unit", "rate": 1, "from": "2025-01-01"}
SHARED: Step = {"number": "C2", "product": "P"}


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"producer": {"code": "A", "colour": "red"}}, "colour"),
        ({"producer": {}}, "code"),
        ({"teapot": {}}, "teapot"),
        ({"settle": {"through": "2026-01-31"}}, "through"),
        ({"settle": {"through": "20260228"}}, "through"),
        ({"event": {**START[7]["event"], "ref": "E"}}, "ref"),
        ({"event": {**START[7]["event"], "ref": "E2", "basis": "1.005"}}, "basis"),
        ({"event": {**START[7]["event"], "ref": "E2", "contract": "X"}}, "contract"),
        ({"rule": {**RULE, "code": "R2"}}, "from"),
        ({"rule": {**RULE, "code": "R", "to": "2026-01-01"}}, "code"),
        ({"rule": {**RULE, "code": "R2", "line": "life", "insurer": "I"}}, "insurer"),
        ({"rule": {**RULE, "code": "R2", "rate": "0.123456789"}}, "rate"),
        ({"withdraw_rule": {"code": "X"}}, "code"),
        ({"agreement": {"kind": "fee", "liability_months": 0, "from": "2020-01-01"}}, "product"),
        ({"placement": {"producer": "A", "parent": "A", "from": "2020-01-01"}}, "parent"),
        ({"placement": {"producer": "B", "parent": "A", "from": "2019-01-01"}}, "parent"),
        ({"contract": {**SHARED, "shares": [{"producer": "A", "share": "0.9"}]}}, "shares"),
        ({"contract": {**SHARED, "shares": [{"producer": "X", "share": "1"}]}}, "shares"),
        ({"reduce": {"contract": "C", "on": "2026-03-01", "to": "0.500001"}}, "to"),
        ({"hold": {"payee": "A", "from": "2026-03-01", "to": "2026-03-01"}}, "to"),
    ],
)
def test_a_refused_step_is_named(step: Step, field: str) -> None:
    scenario = {"name": "refused", "currency": "EUR", "steps": [*START, step]}
    with pytest.raises(RefusalError) as refusal:
        run(scenario)
    assert (refusal.value.step, refusal.value.field) == (len(START) + 1, field)


def test_a_cycle_on_other_days_is_none() -> None:
    step = {"placement": {"producer": "B", "parent": "A", "from": "2021-01-01"}}
    run({"name": "no cycle", "currency": "EUR", "steps": [*START, step]})
