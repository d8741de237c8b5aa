"""Cells of statements as values."""

from datetime import date
from decimal import Decimal

import pytest

from pool_module.incoming.formats.statements.cells import (
    Cell,
    UnreadableError,
    as_text,
    read_day,
    read_money,
    read_rate,
)
from pool_module.incoming.formats.statements.model import LineKind
from pool_module.incoming.formats.statements.words import is_sum_label, kind_of, line_code_of


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234", "1234.00"),
        ("1.234.567", "1234567.00"),
        ("12.50", "12.50"),
        ("12,5", "12.50"),
        ("-80,00", "-80.00"),
        ("80,00-", "-80.00"),
        ("(80,00)", "-80.00"),
        ("\u221280,00 €", "-80.00"),
        ("EUR 1 234,50", "1234.50"),
        ("0,005", "0.01"),
        ("0,00", "0.00"),
        (Decimal("27.2249"), "27.22"),
        ("1'234.50", "1234.50"),
    ],
)
def test_money(written: Cell, amount: str) -> None:
    found = read_money(written)
    assert found is not None
    assert str(found) == amount


@pytest.mark.parametrize("blank", ["", "  ", "-", None])
def test_blank_money_is_unknown(blank: Cell) -> None:
    assert read_money(blank) is None


@pytest.mark.parametrize(
    "written",
    ["abc", "1,234", "12,3,4.5.6", "NaN", "1e999999999", Decimal("1e300"), date(2026, 1, 1)],
)
def test_what_is_no_money(written: Cell) -> None:
    with pytest.raises(UnreadableError):
        read_money(written)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("01.10.2026", date(2026, 10, 1)),
        ("1.2.26", date(2026, 2, 1)),
        ("2026-08-25 11:18:55", date(2026, 8, 25)),
        ("2026-08-25T11:18:55Z", date(2026, 8, 25)),
        ("20261001", date(2026, 10, 1)),
        (Decimal(46296), date(2026, 10, 1)),
        (date(2026, 10, 1), date(2026, 10, 1)),
        ("0000-00-00", None),
        ("00.00.0000", None),
        ("", None),
        (None, None),
    ],
)
def test_days(written: Cell, day: date | None) -> None:
    assert read_day(written) == day


@pytest.mark.parametrize("written", ["31.02.2026", "gestern", "2026"])
def test_what_is_no_day(written: str) -> None:
    with pytest.raises(UnreadableError):
        read_day(written)


@pytest.mark.parametrize("written", ["viel", "%", date(2026, 1, 1)])
def test_what_is_no_rate(written: Cell) -> None:
    with pytest.raises(UnreadableError):
        read_rate(written)


def test_numbers_are_shown_without_exponent() -> None:
    assert as_text(Decimal("1.2345678901E+10")) == "12345678901"
    assert as_text(Decimal("0.9")) == "0.9"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AP", LineKind.ACQUISITION),
        ("Folgeprov.", LineKind.RECURRING),
        ("dy", LineKind.DYNAMIC),
        ("Rückbelastung", LineKind.CLAWBACK),
        ("ST", LineKind.CLAWBACK),
        ("Stornoreserve", LineKind.RESERVE_HOLD),
        ("XY", None),
    ],
)
def test_kinds(code: str, kind: LineKind | None) -> None:
    assert kind_of(code) is kind


@pytest.mark.parametrize(
    ("text", "code"), [("KFZ", "050"), ("Wohngebäude", "140"), ("051", "051"), ("Boot", None)]
)
def test_lines_of_business(text: str, code: str | None) -> None:
    assert line_code_of(text) == code


def test_sum_labels() -> None:
    labels = ["Summe", "Gesamt:", "Zwischensumme KFZ", "Übertrag"]
    assert [is_sum_label(label) for label in [*labels, "Gesamtschutz", "Meier"]] == [
        *[True] * 4,
        False,
        False,
    ]
