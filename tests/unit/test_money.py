from decimal import Decimal
from fractions import Fraction

import pytest

from shared.money import exact, plain, round_cents


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        (Fraction("0.005"), "0.01"),
        (Fraction("-0.005"), "-0.01"),
        (Fraction("36.015") * 20 / 60, "12.01"),  # through a rounded fraction it would be 12.00
        (Fraction("0.0049999"), "0.00"),
        (Fraction(1, 3), "0.33"),
    ],
)
def test_halves_round_away_from_zero(value: Fraction, cents: str) -> None:
    assert plain(round_cents(value)) == cents


@pytest.mark.parametrize("value", [1.5, True, "1,5", "NaN", "0.001", None])
def test_inexact_amounts_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        exact(value, 2)


@pytest.mark.parametrize("value", ["1." + 39 * "0" + "1", "1" + 30 * "0" + ".001"])
def test_decimals_beyond_the_precision_of_a_context_count(value: str) -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        exact(value, 2)


def test_a_huge_exponent_is_a_number_like_any_other() -> None:
    assert exact("1e999999999", 2).adjusted() == 999999999


def test_amounts_are_taken_exactly() -> None:
    assert exact("1260.10", 2) == Decimal("1260.10")
    assert exact(5, 2) == Decimal(5)
    assert exact("1.500", 2) == Decimal("1.5")
