"""Exact numbers, the rounding R, and months: written again here, to be independent."""

import calendar
from datetime import date
from fractions import Fraction


def cents(value: Fraction) -> Fraction:
    """R: round to the cent, halves away from zero (settlement rules, "One event")."""
    hundredfold = abs(value) * 100
    whole = hundredfold.numerator // hundredfold.denominator
    if hundredfold - whole >= Fraction(1, 2):
        whole += 1
    return Fraction(whole if value > 0 else -whole, 100)


def amount_text(value: Fraction) -> str:
    """Write whole cents with two decimals, never "-0.00"."""
    hundredfold = value * 100
    assert hundredfold.denominator == 1, value
    whole, part = divmod(abs(hundredfold.numerator), 100)
    return f"{'-' if value < 0 else ''}{whole}.{part:02}"


def add_months(day: date, months: int) -> date:
    """Go some months on; month ends clamp: 31 January + 1 month = 28 or 29 February."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def complete_months(start: date, day: date) -> int:
    """The largest k >= 0 with start + k months <= day; 0 where the day lies before the start."""
    k = 0
    while add_months(start, k + 1) <= day:
        k += 1
    return k
