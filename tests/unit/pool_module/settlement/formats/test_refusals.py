"""What the scenario parser refuses, by field; and what refers to nothing."""

from decimal import Decimal
from typing import Any

import pytest

from pool_module.settlement.errors import ScenarioRefused
from pool_module.settlement.formats.references import References
from pool_module.settlement.formats.scenario import parse_step, read_scenario

EVENT: dict[str, Any] = {
    "ref": "E",
    "contract": "C",
    "kind": "fee",
    "effective": "2026-01-01",
    "due": "2026-01-01",
}
RULE: dict[str, Any] = {
    "code": "R",
    "kind": "fee",
    "of": "basis",
    "rate": "0.1",
    "from": "2026-01-01",
}
TERMS: dict[str, Any] = {"kind": "fee", "liability_months": 1, "from": "2026-01-01"}
CONTRACT: dict[str, Any] = {
    "number": "C",
    "product": "P",
    "shares": [{"producer": "A", "share": "1"}],
}


def share(*shares: object) -> list[dict[str, object]]:
    return [{"producer": "A", "share": one} for one in shares]


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (7, "step"),
        ({}, "step"),
        ({"settle": {}, "hold": {}}, "step"),
        ({"teapot": {}}, "teapot"),
        ({"settle": []}, "settle"),
        ({"settle": {}}, "through"),
        ({"settle": {"through": "2026-02-30"}}, "through"),
        ({"settle": {"through": "20260131"}}, "through"),
        ({"settle": {"through": "3000-01-01"}}, "through"),
        ({"settle": {"through": "2026-01-31", "now": True}}, "now"),
        ({"producer": {"code": ""}}, "code"),
        ({"producer": {"code": "a\x00b"}}, "code"),
        ({"producer": {"code": "a\nb"}}, "code"),
        ({"producer": {"code": "x" * 201}}, "code"),
        ({"producer": {"code": "A", "payee": None}}, "payee"),
        ({"producer": {"code": "A", "house": 1}}, "house"),
        ({"adjust": {"payee": "A", "on": "2026-01-01", "amount": 1, "text": "\ud800"}}, "text"),
        ({"hold": {"payee": "A", "from": "2026-01-01", "to": "2026-01-01"}}, "to"),
        ({"event": {**EVENT, "kind": "fees"}}, "kind"),
        ({"event": {**EVENT, "basis": "1.001"}}, "basis"),
        ({"event": {**EVENT, "basis": 1.5}}, "basis"),
        ({"event": {**EVENT, "basis": " 1"}}, "basis"),
        ({"event": {**EVENT, "basis": "1_0"}}, "basis"),
        ({"event": {**EVENT, "basis": "1,5"}}, "basis"),
        ({"event": {**EVENT, "basis": "\u0661"}}, "basis"),
        ({"event": {**EVENT, "basis": True}}, "basis"),
        ({"event": {**EVENT, "basis": "1" + 12 * "0"}}, "basis"),
        ({"event": {**EVENT, "units": "1.00001"}}, "units"),
        ({"rule": {**RULE, "rate": "0.123456789"}}, "rate"),
        ({"rule": {**RULE, "rate": "-0.1"}}, "rate"),
        ({"rule": {**RULE, "of": "premium"}}, "of"),
        ({"rule": {**RULE, "product": "P", "line": "l"}}, "line"),
        ({"rule": {**RULE, "group": "G", "level": "L"}}, "level"),
        ({"rule": {**RULE, "division": "D", "organisation": "O"}}, "organisation"),
        ({"agreement": TERMS}, "product"),
        ({"agreement": {**TERMS, "line": "l", "insurer": "i"}}, "insurer"),
        ({"agreement": {**TERMS, "line": "l", "liability_months": 1.5}}, "liability_months"),
        ({"agreement": {**TERMS, "line": "l", "liability_months": -1}}, "liability_months"),
        ({"agreement": {**TERMS, "line": "l", "liability_months": "6"}}, "liability_months"),
        ({"agreement": {**TERMS, "line": "l", "earning": "linear"}}, "earning"),
        ({"agreement": {**TERMS, "line": "l", "reserve_rate": "1.1"}}, "reserve_rate"),
        ({"agreement": {**TERMS, "line": "l", "reserve_release": "no"}}, "reserve_release"),
        ({"contract": {**CONTRACT, "shares": []}}, "shares"),
        ({"contract": {**CONTRACT, "shares": {}}}, "shares"),
        ({"contract": {**CONTRACT, "shares": [1]}}, "shares[1]"),
        ({"contract": {**CONTRACT, "shares": share("0.5", "0.499999")}}, "shares"),
        ({"contract": {**CONTRACT, "shares": share("1.5", "-0.5")}}, "shares[1].share"),
        ({"contract": {**CONTRACT, "shares": share("0.5", "0.5000001")}}, "shares[2].share"),
        ({"contract": {**CONTRACT, "shares": [{"producer": "A"}]}}, "shares[1].share"),
        ({"reduce": {"contract": "C", "on": "2026-01-01", "to": "1.1"}}, "to"),
        (
            {"tax": {"payee": "A", "withholdings": 2 * [{"code": "T", "rate": "0.1"}]}},
            "withholdings[2].code",
        ),
    ],
)
def test_a_malformed_step_is_named(raw: object, field: str) -> None:
    with pytest.raises(ScenarioRefused) as refusal:
        parse_step(7, raw)
    assert (refusal.value.step, refusal.value.field) == (7, field)


@pytest.mark.parametrize("number", ["1e999999999999999999999", "9" * 5000, "NaN", "-Infinity"])
def test_numbers_nobody_can_hold_are_refused_at_their_step(number: str) -> None:
    step = f'{{"adjust": {{"payee": "A", "on": "2026-01-01", "text": "", "amount": {number}}}}}'
    scenario = read_scenario(f'{{"name": "n", "currency": "EUR", "steps": [{step}]}}')
    with pytest.raises(ScenarioRefused) as refusal:
        parse_step(1, scenario.steps[0])
    assert refusal.value.field == "amount"


def test_a_field_named_twice_is_refused_at_its_step() -> None:
    step = '{"settle": {"through": "2026-01-31", "through": "2026-02-28"}}'
    scenario = read_scenario(f'{{"name": "n", "currency": "EUR", "steps": [{step}]}}')
    with pytest.raises(ScenarioRefused) as refusal:
        parse_step(1, scenario.steps[0])
    assert str(refusal.value) == "Step 1, field through: named twice"


BEFORE: list[dict[str, Any]] = [
    {"producer": {"code": "A"}},
    {"product": {"code": "P", "insurer": "I", "line": "life"}},
    {"contract": CONTRACT},
    {"event": EVENT},
    {"rule": RULE},
    {"rule": {**RULE, "code": "withdrawn"}},
    {"withdraw_rule": {"code": "withdrawn"}},
    {"settle": {"through": "2026-01-31"}},
]


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"placement": {"producer": "X", "parent": "A", "from": "2026-01-01"}}, "producer"),
        ({"placement": {"producer": "A", "parent": "X", "from": "2026-01-01"}}, "parent"),
        ({"career": {"producer": "X", "level": "L", "from": "2026-01-01"}}, "producer"),
        ({"contract": {**CONTRACT, "number": "D", "product": "X"}}, "product"),
        (
            {"contract": {**CONTRACT, "number": "D", "shares": [{"producer": "X", "share": 1}]}},
            "shares[1].producer",
        ),
        ({"contract": CONTRACT}, "number"),
        ({"event": EVENT}, "ref"),
        ({"event": {**EVENT, "ref": "F", "contract": "X"}}, "contract"),
        ({"reinstate": {"contract": "X"}}, "contract"),
        ({"rule": {**RULE, "code": "S", "product": "X"}}, "product"),
        ({"rule": {**RULE, "code": "S", "producer": "X"}}, "producer"),
        ({"rule": RULE}, "code"),
        ({"rule": {**RULE, "code": "withdrawn"}}, "code"),
        ({"withdraw_rule": {"code": "withdrawn"}}, "code"),
        ({"withdraw_rule": {"code": "X"}}, "code"),
        ({"agreement": {**TERMS, "product": "X"}}, "product"),
        ({"product": {"code": "P", "insurer": "I", "line": "health"}}, "code"),
        ({"settle": {"through": "2026-01-31"}}, "through"),
    ],
)
def test_what_refers_to_nothing_is_refused(raw: object, field: str) -> None:
    references = References()
    for number, before in enumerate(BEFORE, 1):
        references.check(number, parse_step(number, before))
    step = parse_step(len(BEFORE) + 1, raw)
    with pytest.raises(ScenarioRefused) as refusal:
        references.check(len(BEFORE) + 1, step)
    assert (refusal.value.step, refusal.value.field) == (len(BEFORE) + 1, field)


@pytest.mark.parametrize(
    "raw",
    [
        {"product": {"code": "P", "insurer": "I", "line": "life"}},
        {"producer": {"code": "A", "payee": "F"}},
        {"settle": {"through": "2026-02-01"}},
        {"hold": {"payee": "nobody", "from": "2026-01-01"}},
    ],
)
def test_what_may_be_repeated_or_new_is_taken(raw: object) -> None:
    references = References()
    for number, step in enumerate([*BEFORE, raw], 1):
        references.check(number, parse_step(number, step))


def test_no_negative_zero_is_read() -> None:
    step = parse_step(1, {"event": {**EVENT, "basis": Decimal("-0.00")}})
    assert "-" not in str(step)
