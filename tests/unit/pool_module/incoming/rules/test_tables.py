"""Codes and choices: matching, agreements, states, due dates, names."""

from datetime import date
from decimal import Decimal

import pytest

from pool_module.incoming.rules import contract_state as states
from pool_module.incoming.rules.agreements import AgreementRow, Scope, agreement_of
from pool_module.incoming.rules.application_state import state_after
from pool_module.incoming.rules.line import Candidate, Line, Terms
from pool_module.incoming.rules.lines_of_business import names_of
from pool_module.incoming.rules.matching import pick
from shared.vocabulary import DiscrepancyCause as Cause


def candidate(
    number: int, line: str = "130", sequence: int = 1, state: str = "active"
) -> Candidate:
    return Candidate(number, line, sequence, None, 7, "EUR", state)


def line(line_key: str | None = None, sequence: int | None = None, kind: str = "other") -> Line:
    return Line(
        source_key="k", row=1, kind=kind, amount=Decimal(1), line_key=line_key, sequence=sequence
    )


@pytest.mark.parametrize(
    ("delivered", "candidates", "expected"),
    [
        (line(), [], Cause.CONTRACT_NOT_FOUND),
        (line(), [candidate(1)], 1),
        (line("050"), [candidate(1)], 1),
        (line(), [candidate(1), candidate(2, "040")], Cause.CONTRACT_AMBIGUOUS),
        (line("040"), [candidate(1), candidate(2, "040")], 2),
        (line("070"), [candidate(1), candidate(2, "040")], Cause.CONTRACT_AMBIGUOUS),
        (line("130"), [candidate(1), candidate(2, "130", 2)], Cause.CONTRACT_AMBIGUOUS),
        (line("130", 2), [candidate(1), candidate(2, "130", 2)], 2),
        (line(None, 2), [candidate(1), candidate(2, "040", 2)], 2),
    ],
)
def test_which_contract(
    delivered: Line, candidates: list[Candidate], expected: int | Cause
) -> None:
    found = pick(delivered, candidates)
    assert (found.contract_id if isinstance(found, Candidate) else found) == expected


def agreement(
    months: int, *, product: int | None = None, line: int | None = None, insurer: int | None = None
) -> AgreementRow:
    return AgreementRow(
        "acquisition", product, line, insurer, date(2026, 1, 1), date(2027, 1, 1), Terms(months)
    )


ALL = [agreement(1, insurer=1), agreement(2, line=2), agreement(3, product=3)]


@pytest.mark.parametrize(
    ("kind", "scope", "day", "months"),
    [
        ("acquisition", Scope(3, 2, 1), date(2026, 1, 1), 3),
        ("acquisition", Scope(9, 2, 1), date(2026, 6, 1), 2),
        ("acquisition", Scope(9, 9, 1), date(2026, 12, 31), 1),
        ("acquisition", Scope(9, 9, 9), date(2026, 6, 1), None),
        ("acquisition", Scope(3, 2, 1), date(2027, 1, 1), None),
        ("acquisition", Scope(3, 2, 1), date(2025, 12, 31), None),
        ("recurring", Scope(3, 2, 1), date(2026, 6, 1), None),
    ],
)
def test_the_narrowest_agreement_wins(
    kind: str, scope: Scope, day: date, months: int | None
) -> None:
    for rows in (ALL, ALL[::-1]):
        found = agreement_of(rows, kind, scope, day)
        assert (found.liability_months if found else None) == months


@pytest.mark.parametrize(
    ("status", "reason", "state", "void"),
    [
        ("1", "", "active", False),
        ("", "", "active", False),
        ("3", "", "suspended", False),
        ("4", "01", "cancelled", False),
        ("4", "12", "cancelled", True),
        ("4", "40", "cancelled", True),
        ("4", "22", "expired", False),
        ("5", "", "paid_up", False),
        ("7", "", "paid_up", False),
    ],
)
def test_states(status: str, reason: str, state: str, void: bool) -> None:  # noqa: FBT001
    found = states.state_of(status, reason)
    assert (found.value, states.is_void(reason)) == (state, void)
    assert states.is_off(found) == (status == "4")


@pytest.mark.parametrize(
    ("begin", "month", "day", "expected"),
    [
        (date(2026, 3, 15), None, None, date(2026, 3, 15)),
        (date(2026, 3, 15), 7, 1, date(2026, 7, 1)),
        (date(2026, 3, 15), 2, 31, date(2026, 2, 28)),
        (None, 4, None, date(2000, 4, 1)),
        (None, None, None, None),
    ],
)
def test_due_anchor(
    begin: date | None, month: int | None, day: int | None, expected: date | None
) -> None:
    assert states.due_anchor(begin, month, day) == expected


@pytest.mark.parametrize(
    ("code", "frequency", "instalments"),
    [
        ("1", "yearly", 1),
        ("2", "half_yearly", 2),
        ("4", "quarterly", 4),
        ("8", "monthly", 12),
        ("6", "single", None),
        ("9", "none", None),
        ("x", None, None),
    ],
)
def test_frequencies(code: str, frequency: str | None, instalments: int | None) -> None:
    assert states.frequency_of(code) == frequency
    assert states.instalments_of(frequency) == instalments


def test_an_instalment_is_rounded_to_the_cent() -> None:
    assert states.instalment(Decimal("100.00"), 12) == Decimal("8.33")


@pytest.mark.parametrize(
    ("case", "before", "after"),
    [
        ("001", None, "sent_to_insurer"),
        ("004", "sent_to_insurer", "rejected"),
        ("005", None, "insurer_query"),
        ("007", "insurer_query", "accepted"),
        ("008", "accepted", "accepted"),
        ("000", None, "sent_to_insurer"),
        ("010", "accepted", "withdrawn"),
    ],
)
def test_business_cases(case: str, before: str | None, after: str) -> None:
    assert state_after(case, before) == after


def test_a_line_nobody_named_goes_by_its_key() -> None:
    assert names_of("050").uk == "Автострахування"
    assert names_of("999").en == "Line 999"
