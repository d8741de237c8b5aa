"""What becomes of a line: one table, one row per case of the settlement rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pool_module.incoming.rules.clawbacks import ClawbackState, takes_back_evidence, weigh
from pool_module.incoming.rules.judging import (
    Standing,
    base_times_rate,
    effective_day,
    is_empty,
    judge,
)
from pool_module.incoming.rules.line import Candidate, Line, Outcome, Terms, Verdict
from shared.vocabulary import DiscrepancyCause as Cause

TODAY = date(2026, 11, 20)
BEGIN, PERIOD, BOOKED = date(2026, 1, 1), date(2026, 9, 1), date(2026, 10, 31)
CONTRACT = Candidate(1, "130", 1, BEGIN, 7, "EUR", "active")
LIABLE, FREE = Terms(60), Terms(0)


def line(amount: str = "20.00", **values: Any) -> Line:
    usual: dict[str, Any] = {
        "kind": "acquisition",
        "booked_on": BOOKED,
        "period_from": PERIOD,
        "currency": "EUR",
    }
    return Line(source_key="k", row=1, amount=Decimal(amount), **(usual | values))


def said(verdict: Verdict | None) -> str | None:
    if verdict is None:
        return None
    return verdict.cause.value if verdict.cause else verdict.outcome.value


BASE: dict[str, Any] = {"base": Decimal("100.00"), "rate": Decimal(20), "rate_unit": "percent"}
ROWS: list[tuple[str, Line, Terms | None, dict[str, Any], str | None]] = [
    ("plain", line(), LIABLE, {}, "event"),
    ("negative under liability is weighed", line("-20.00"), LIABLE, {}, None),
    ("negative without liability", line("-20.00"), FREE, {}, "event"),
    ("negative manual correction", line("-20.00", correction=True), LIABLE, {}, "event"),
    ("weighed whoever is paid", line("-20.00"), LIABLE, {"has_shares": False}, None),
    ("nobody to pay", line(), LIABLE, {"has_shares": False}, "producer_unknown"),
    ("nothing agreed", line(), None, {}, "agreement_missing"),
    ("nothing agreed, negative", line("-20.00"), None, {}, "agreement_missing"),
    ("came before", line(), LIABLE, {"twin": True}, "booked_twice"),
    ("base times rate", line(**BASE), LIABLE, {}, "event"),
    ("a cent off", line("20.01", **BASE), LIABLE, {}, "event"),
    ("two cents off", line("20.02", **BASE), LIABLE, {}, "amount_not_base_times_rate"),
    ("minus both", line("-20.00", **BASE), FREE, {}, "event"),
    ("storno with a plus", line(storno=True), LIABLE, {}, "amount_not_base_times_rate"),
    ("another currency", line(currency="UAH"), LIABLE, {}, "amount_not_base_times_rate"),
    ("no currency", line(currency=""), LIABLE, {}, "event"),
    ("rate agreed", line(**BASE), Terms(60, "basis", Decimal("0.2")), {}, "event"),
    ("rate differs", line(**BASE), Terms(60, "basis", Decimal("0.25")), {}, "rate_differs"),
    ("rate of else", line(**BASE), Terms(60, "premium", Decimal("0.25")), {}, "event"),
    ("no base, no check", line(), Terms(60, "basis", Decimal("0.25")), {}, "event"),
]


@pytest.mark.parametrize(
    ("delivered", "terms", "known", "expected"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS]
)
def test_verdict(
    delivered: Line, terms: Terms | None, known: dict[str, Any], expected: str | None
) -> None:
    values = {"has_shares": True, "twin": False} | known
    assert said(judge(delivered, Standing(CONTRACT, terms, **values), TODAY)) == expected


@pytest.mark.parametrize(
    ("delivered", "terms", "accepted", "expected"),
    [
        (line("20.02", **BASE), LIABLE, {"amount_not_base_times_rate"}, "event"),
        (
            line(currency="UAH"),
            LIABLE,
            {"amount_not_base_times_rate"},
            "amount_not_base_times_rate",
        ),
        (line(), None, {"agreement_missing"}, "event"),
        (line("-20.00"), None, {"agreement_missing"}, "event"),
        (line("20.02", **BASE), None, {"agreement_missing"}, "amount_not_base_times_rate"),
    ],
)
def test_what_a_person_took_upon_himself(
    delivered: Line, terms: Terms | None, accepted: set[str], expected: str
) -> None:
    standing = Standing(CONTRACT, terms, has_shares=True)
    assert said(judge(delivered, standing, TODAY, accepted)) == expected


@pytest.mark.parametrize(
    ("delivered", "day"),
    [
        (line(), BEGIN),
        (line(kind="recurring"), PERIOD),
        (line(kind="dynamic"), PERIOD),
        (line(kind="recurring", period_from=None), BOOKED),
        (line(kind="recurring", period_from=None, booked_on=None), BEGIN),
    ],
)
def test_effective_day(delivered: Line, day: date) -> None:
    assert effective_day(delivered, CONTRACT, TODAY) == day


@pytest.mark.parametrize(
    ("base", "rate", "unit", "amount"),
    [
        ("100.00", "20", "percent", "20.00"),
        ("36000.00", "40", "per_mille", "1440.00"),
        ("30.24", "0.9", "factor", "27.22"),
        ("24000.00", "1.4322", "percent", "343.73"),
        ("-80.00", "14.88", "percent", "11.90"),
        ("0.10", "5", "percent", "0.01"),
        ("100.00", "20", None, None),
        ("0.00", "20", "percent", None),
    ],
)
def test_base_times_rate(base: str, rate: str, unit: str | None, amount: str | None) -> None:
    found = base_times_rate(line(base=Decimal(base), rate=Decimal(rate), rate_unit=unit))
    assert found == (None if amount is None else Decimal(amount))


def test_what_books_nothing_by_its_nature() -> None:
    assert is_empty(line("0.00"))
    assert is_empty(line(kind=None))
    assert not is_empty(line("-0.01"))


def cut(change: str, evidence: str = "0", *, events: int = 1, off: bool = True) -> ClawbackState:
    return ClawbackState(Decimal(change), Decimal(evidence), events, date(2026, 7, 1), off)


@pytest.mark.parametrize(
    ("amounts", "state", "expected"),
    [
        (["-108.00"], cut("-108.00"), "evidence"),
        (["-108.01"], cut("-108.00"), "evidence"),
        (["-108.02"], cut("-108.00"), "clawback_differs"),
        (["-100.00", "-8.00"], cut("-108.00"), "evidence"),
        (["-8.00"], cut("-108.00", "-100.00"), "evidence"),
        (["-108.00"], cut("-108.00", "-108.00"), "clawback_differs"),
        (["-108.00"], cut("0"), "clawback_differs"),
        (["-108.00"], ClawbackState(), "clawback_without_cancellation"),
    ],
)
def test_clawbacks_are_weighed_together(
    amounts: list[str], state: ClawbackState, expected: str
) -> None:
    found = weigh([line(amount) for amount in amounts], 1, state, TODAY)
    assert [said(verdict) for verdict in found] == [expected] * len(amounts)


def test_an_accepted_clawback_is_evidence_where_ours_takes_the_money() -> None:
    [verdict] = weigh([line("-5.00")], 1, cut("-3.00"), TODAY, {Cause.CLAWBACK_DIFFERS})
    assert verdict.outcome is Outcome.EVIDENCE


@pytest.mark.parametrize(
    ("booked", "day"),
    [(BOOKED, BOOKED), (date(2026, 7, 1), date(2026, 7, 2)), (date(2026, 5, 1), date(2026, 7, 2))],
)
def test_an_accepted_clawback_of_nothing_ours_lies_behind_the_cut(booked: date, day: date) -> None:
    delivered = line("-5.00", booked_on=booked)
    [verdict] = weigh([delivered], 1, cut("0", events=0), TODAY, {Cause.CLAWBACK_DIFFERS})
    assert (verdict.outcome, verdict.effective, verdict.due) == (Outcome.EVENT, day, booked)


@pytest.mark.parametrize(
    ("amount", "state", "expected"),
    [
        ("108.00", cut("0", "-108.00", off=False), "evidence"),
        ("108.00", cut("-108.00", "-108.00"), "clawback_differs"),
        ("50.00", cut("-40.00", "-40.00", off=False), None),
        ("108.00", cut("-108.00"), None),
        ("-5.00", cut("0", "-5.00"), None),
    ],
)
def test_money_back_where_clawbacks_were_delivered(
    amount: str, state: ClawbackState, expected: str | None
) -> None:
    assert said(takes_back_evidence(line(amount), state)) == expected
