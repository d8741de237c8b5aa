import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool_module.settlement.errors import ScenarioRefused
from pool_module.settlement.formats import steps
from pool_module.settlement.formats.references import check_references
from pool_module.settlement.formats.scenario import ReferenceDates, parse_step, read_scenario
from shared.vocabulary import Earning, Kind, RateOf, ReferenceDate, ReserveRelease

CASES = sorted((Path(__file__).parents[4] / "examples" / "cases").glob("*.json"))
HEAD: dict[str, Any] = {"name": "n", "currency": "EUR", "steps": []}


def test_a_head_is_read() -> None:
    text = """{"name": "Plan", "about": "2026", "currency": "UAH", "settings": {
        "minimum_payout": 50.10, "reference": {"fee": {"level": "issue"}}}, "steps": [{}, 7]}"""
    scenario = read_scenario(text)
    assert (scenario.name, scenario.about, scenario.currency) == ("Plan", "2026", "UAH")
    assert scenario.minimum_payout == Decimal("50.10")
    assert scenario.reference == {Kind.FEE: ReferenceDates(level=ReferenceDate.ISSUE)}
    assert scenario.steps == [{}, 7]


def test_a_byte_order_mark_is_no_harm() -> None:
    assert read_scenario("\ufeff" + json.dumps(HEAD)).name == "n"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "file"),
        ("{'name': 1}", "file"),
        ("[" * 100_000, "file"),
        ("[]", "step"),
        ("{}", "name"),
        (json.dumps({**HEAD, "name": 5}), "name"),
        (json.dumps({**HEAD, "currency": "Euro"}), "currency"),
        (json.dumps({**HEAD, "steps": {}}), "steps"),
        (json.dumps({**HEAD, "colour": 1}), "colour"),
        (json.dumps({**HEAD, "settings": {"minimum": 1}}), "settings.minimum"),
        (json.dumps({**HEAD, "settings": {"minimum_payout": "1.005"}}), "settings.minimum_payout"),
        (json.dumps({**HEAD, "settings": {"reference": {"x": {}}}}), "settings.reference.x"),
        (
            json.dumps({**HEAD, "settings": {"reference": {"fee": {"rate": "due"}}}}),
            "settings.reference.fee.rate",
        ),
        (json.dumps(HEAD)[:-1] + ', "name": "again"}', "name"),
    ],
)
def test_a_malformed_head_is_step_0(text: str, field: str) -> None:
    with pytest.raises(ScenarioRefused) as refusal:
        read_scenario(text)
    assert (refusal.value.step, refusal.value.field) == (0, field)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_worked_cases_are_read(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    scenario = read_scenario(json.dumps(case["scenario"]))
    check_references([parse_step(number, raw) for number, raw in enumerate(scenario.steps, 1)])


def parse(text: str) -> steps.Step:
    """Parse one step through the text of a file."""
    written = json.dumps({**HEAD, "steps": ["HERE"]}).replace('"HERE"', text)
    return parse_step(1, read_scenario(written).steps[0])


DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ('{"producer": {"code": "A"}}', steps.Producer("A", "A", house=False)),
        (
            '{"producer": {"code": "A", "payee": "F", "house": true}}',
            steps.Producer("A", "F", house=True),
        ),
        (
            '{"product": {"code": "P", "insurer": "I", "line": "life"}}',
            steps.Product("P", "I", "life"),
        ),
        (
            '{"placement": {"producer": "A", "parent": "B", "from": "2026-01-31"}}',
            steps.Placement("A", "B", DAY, None),
        ),
        (
            '{"career": {"producer": "A", "level": "L", "from": "2026-01-31", "to": "9999-12-31"}}',
            steps.Career("A", "L", DAY, date(9999, 12, 31)),
        ),
        (
            '{"status": {"producer": "A", "active": false, "from": "2026-01-31"}}',
            steps.Status("A", active=False, valid_from=DAY, valid_to=None),
        ),
        (
            '{"group": {"producer": "A", "group": "G", "from": "2026-01-31"}}',
            steps.Group("A", "G", DAY, None),
        ),
        (
            '{"reserve": {"producer": "A", "rate": 0.25, "from": "2026-01-31"}}',
            steps.Reserve("A", Decimal("0.25"), DAY, None),
        ),
        ('{"withdraw_rule": {"code": "R"}}', steps.WithdrawRule("R")),
        ('{"cancel": {"contract": "C", "on": "2026-01-31"}}', steps.Cancel("C", DAY, void=False)),
        (
            '{"cancel": {"contract": "C", "on": "2026-01-31", "void": true}}',
            steps.Cancel("C", DAY, void=True),
        ),
        (
            '{"reduce": {"contract": "C", "on": "2026-01-31", "to": "0.6"}}',
            steps.Reduce("C", DAY, Decimal("0.6")),
        ),
        ('{"reinstate": {"contract": "C"}}', steps.Reinstate("C")),
        (
            '{"adjust": {"payee": "F", "on": "2026-01-31", "amount": -5, "text": ""}}',
            steps.Adjust("F", DAY, Decimal(-5), ""),
        ),
        (
            '{"tax": {"payee": "F", "withholdings": [{"code": "ПДФО", "rate": "0.18"}]}}',
            steps.Tax("F", {"ПДФО": Decimal("0.18")}),
        ),
        ('{"hold": {"payee": "F", "from": "2026-01-31"}}', steps.Hold("F", DAY, None)),
        ('{"settle": {"through": "2026-01-31"}}', steps.Settle(DAY)),
        (
            (
                '{"shares": {"contract": "C", "from": "2026-01-31", "shares": '
                '[{"producer": "A", "share": 0.333333}, {"producer": "B", "share": "0.666667"}]}}'
            ),
            steps.Shares(
                "C",
                (steps.Share("A", Decimal("0.333333")), steps.Share("B", Decimal("0.666667"))),
                DAY,
                None,
            ),
        ),
    ],
)
def test_a_step_is_read(text: str, step: steps.Step) -> None:
    assert parse(text) == step


def test_a_rule_is_read() -> None:
    rule = parse(
        '{"rule": {"code": "R", "kind": "fee", "line": "life", "level": "L", "division": "D", '
        '"of": "unit", "rate": 0.00000001, "from": "2026-01-31", "to": "2026-02-01"}}'
    )
    assert isinstance(rule, steps.Rule)
    assert (rule.kind, rule.of, rule.rate) == (Kind.FEE, RateOf.UNIT, Decimal("0.00000001"))
    assert (rule.line, rule.level, rule.division) == ("life", "L", "D")
    assert (rule.valid_from, rule.valid_to) == (DAY, date(2026, 2, 1))
    others = (rule.product, rule.insurer, rule.producer, rule.group, rule.organisation)
    assert others == (None,) * 5


def test_an_agreement_has_defaults() -> None:
    agreement = parse(
        '{"agreement": {"insurer": "I", "kind": "fee", "liability_months": 60, '
        '"from": "2026-01-31"}}'
    )
    assert agreement == steps.Agreement(
        kind=Kind.FEE,
        product=None,
        line=None,
        insurer="I",
        liability_months=60,
        full_liability_months=0,
        earning=Earning.LINEAR_MONTHLY,
        reserve_rate=Decimal(0),
        reserve_release=ReserveRelease.AT_END,
        valid_from=DAY,
        valid_to=None,
    )


def test_a_contract_and_an_event_are_read() -> None:
    contract = parse(
        '{"contract": {"number": "C", "product": "P", "applied": "2026-01-31", '
        '"organisation": "O", "shares": [{"producer": "A", "share": 1}]}}'
    )
    shares = (steps.Share("A", Decimal(1)),)
    assert contract == steps.Contract("C", "P", DAY, None, "O", None, shares)
    event = parse(
        '{"event": {"ref": "E", "contract": "C", "kind": "dynamic", "effective": "2026-01-31", '
        '"due": "2026-01-31", "received": -12.30, "units": "0.0001"}}'
    )
    amounts = (Decimal(0), Decimal("-12.30"), Decimal("0.0001"))
    assert event == steps.Event("E", "C", Kind.DYNAMIC, DAY, DAY, *amounts)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@given(JSON)
def test_junk_is_refused_and_nothing_else_happens(junk: object) -> None:
    text = json.dumps({**HEAD, "steps": [junk, {"event": junk}]})
    for number, raw in enumerate(read_scenario(text).steps, 1):
        with pytest.raises(ScenarioRefused) as refusal:
            parse_step(number, raw)
        assert len(str(refusal.value).splitlines()) == 1
        assert str(refusal.value).startswith(f"Step {number}, field ")
