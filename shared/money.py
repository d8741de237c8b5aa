"""Exact money: rounding and parsing. No float ever.

Amounts are ``Decimal`` with two places in one currency; rates up to 8 places, units 4,
shares and in-force factors 6 (settlement rules, "One event").
"""

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")


def round_cents(value: Fraction) -> Decimal:
    """Round an exact value to the cent, halves away from zero (the R of the settlement rules)."""
    doubled = abs(value) * 200
    cents = (doubled.numerator + doubled.denominator) // (2 * doubled.denominator)
    return Decimal(cents if value >= 0 else -cents).scaleb(-2).quantize(CENT)


def exact(value: object, places: int) -> Decimal:
    """Take a number from text, int or Decimal exactly.

    Args:
        value: a str, int or Decimal; floats are refused because they are not exact.
        places: the most decimals it may have.

    Raises:
        ValueError: not a number, not finite, or more decimals than allowed.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"not an exact number: {value!r}")  # noqa: TRY004  -- one class for callers
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"not a number: {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"not a finite number: {value!r}")
    if _decimals(number) > places:
        raise ValueError(f"more than {places} decimals: {value!r}")
    return number


def _decimals(number: Decimal) -> int:
    """Count the decimals a finite number needs, whatever the precision of the context."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "finite"
    written = "".join(map(str, digits))
    return len(written.rstrip("0")) - len(written) - exponent if number else 0


def plain(amount: Decimal) -> str:
    """Write an amount with two decimals and a point, as files and JSON want it."""
    return f"{amount.quantize(CENT):f}" if amount else "0.00"
