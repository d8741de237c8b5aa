from datetime import date
from fractions import Fraction

import pytest

from tests.oracle.arithmetic import add_months, amount_text, cents, complete_months
from tests.oracle.timeline import Timeline


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("0.0049999999", "0.00"),
        ("-0.0049999999", "0.00"),
        ("12.005", "12.01"),
    ],
)
def test_halves_go_away_from_zero(value: str, rounded: str) -> None:
    assert amount_text(cents(Fraction(value))) == rounded


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
    ],
)
def test_month_ends_clamp(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end
    assert complete_months(start, end) == months


def test_no_month_is_complete_before_the_start() -> None:
    assert complete_months(date(2026, 3, 1), date(2026, 1, 1)) == 0


def test_the_later_record_overwrites_its_stretch_and_nothing_else() -> None:
    levels: Timeline[str] = Timeline()
    levels.record(date(2020, 1, 1), None, "L1")
    levels.record(date(2026, 1, 1), None, "L3")
    levels.record(date(2025, 6, 1), date(2025, 9, 1), "L2")
    found = [levels.at(date(2025, month, 1)) for month in (5, 6, 8, 9)]
    assert found == ["L1", "L2", "L2", "L1"]
    assert levels.at(date(2026, 1, 1)) == "L3"
    levels.record(date(2025, 8, 1), None, "L0")  # open: later days too
    assert levels.at(date(2026, 1, 1)) == "L0"
    assert levels.at(date(2019, 12, 31)) is None
