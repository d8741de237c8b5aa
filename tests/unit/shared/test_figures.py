"""Figures as a language writes them."""

from datetime import date
from decimal import Decimal

import pytest

from shared.figures import Figures
from shared.vocabulary import Language


@pytest.mark.parametrize(
    ("language", "currency", "amount", "written"),
    [
        ("de", "EUR", "1234.56", "1.234,56 €"),
        ("de", "EUR", "-1234567.5", "−1.234.567,50 €"),
        ("de", "UAH", "1234.56", "1.234,56 ₴"),
        ("uk", "UAH", "1234.56", "1 234,56 ₴"),
        ("uk", "EUR", "-0.01", "−0,01 €"),
        ("en", "EUR", "1234.56", "€1,234.56"),
        ("en", "EUR", "-12", "−€12.00"),
        ("en", "CHF", "12", "CHF 12.00"),
    ],
)
def test_money(language: Language, currency: str, amount: str, written: str) -> None:
    shown = Figures(language, currency).money(Decimal(amount))
    assert shown.replace("\N{NO-BREAK SPACE}", " ") == written


@pytest.mark.parametrize(
    ("language", "fraction", "written"),
    [("de", "0.035", "3,5 %"), ("uk", "0.18", "18 %"), ("en", "0.12345678", "12.345678%")],
)
def test_percent(language: Language, fraction: str, written: str) -> None:
    shown = Figures(language, "EUR").percent(Decimal(fraction))
    assert shown.replace("\N{NO-BREAK SPACE}", " ") == written


@pytest.mark.parametrize(
    ("language", "first", "last", "written"),
    [
        ("de", date(2026, 10, 1), date(2026, 10, 31), "Oktober 2026"),
        ("uk", date(2026, 2, 1), date(2026, 2, 28), "лютий 2026 р."),
        ("en", date(2026, 10, 1), date(2026, 10, 31), "October 2026"),
        ("de", date(2026, 10, 1), date(2026, 10, 15), "01.10.2026 – 15.10.2026"),
        ("de", date(2026, 9, 1), date(2026, 10, 31), "01.09.2026 – 31.10.2026"),
    ],
)
def test_period(language: Language, first: date, last: date, written: str) -> None:
    shown = Figures(language, "EUR").period(first, last)
    assert shown.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ") == written
