"""The statement's numbers as CSV: for a spreadsheet, and for the payee's own software."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from pool_module.settlement.documents.statement_data import Entry, StatementData
from pool_module.settlement.documents.wording import kind_label
from shared.i18n import catalogue
from shared.money import plain
from shared.vocabulary import Language, RateOf

BOM: Final = "\ufeff"
# A cell that starts so is run as a formula by spreadsheets (OWASP "CSV injection").
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
DECIMAL_SIGN: Final[dict[Language, str]] = {"de": ",", "uk": ",", "en": "."}

Row = dict[str, str | Decimal | None]


def statement_csv(data: StatementData) -> bytes:
    """Write a statement as CSV: UTF-8 with BOM, ``;``, one row per line and per total.

    The column ``section`` holds a code that is the same in every language: ``opening``, ``entry``,
    ``release``, ``correction``, ``adjustment``, ``withholding``, ``balance``, ``payout``,
    ``closing``, ``reserve_opening``, ``reserve_closing``. Days are ISO
    8601; the decimal sign is the language's.
    """
    columns = _columns(data.language)
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns.values())
    for row in _rows(data):
        writer.writerow(_cell(row.get(column), data.language) for column in columns)
    return (BOM + sheet.getvalue()).encode()


def neutral(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _cell(value: str | Decimal | None, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value)
    return f"{value:f}".replace(".", DECIMAL_SIGN[language])


def _columns(language: Language) -> dict[str, str]:
    gettext = catalogue(language).gettext
    return {
        "section": gettext("Section"),
        "statement": gettext("Statement no."),
        "day": gettext("Date"),
        "contract": gettext("Contract"),
        "holder": gettext("Policyholder"),
        "product": gettext("Product"),
        "insurer": gettext("Insurer"),
        "kind": gettext("Kind"),
        "event": gettext("Event"),
        "producer": gettext("Producer"),
        "level": gettext("Career level"),
        "difference_from": gettext("Difference from"),
        "base": gettext("Base"),
        "rate": gettext("Rate"),
        "rate_of": gettext("Rate applies to"),
        "share": gettext("Share"),
        "amount": gettext("Amount"),
        "reserve": gettext("Into reserve"),
        "payable": gettext("Payable"),
        "currency": gettext("Currency"),
        "liability_end": gettext("End of liability"),
        "text": gettext("Text"),
        "corrected_from": gettext("Corrects from"),
        "corrected_through": gettext("Corrects through"),
        "corrected_statement": gettext("Corrects statement"),
    }


def _rows(data: StatementData) -> Iterator[Row]:
    for row in _sections(data):
        yield {"statement": data.number, "currency": data.currency, **row}


def _sections(data: StatementData) -> Iterator[Row]:
    yield _total("opening", data.opening)
    for line in data.entries:
        yield _line("entry", line, data.language)
    for line in data.releases:
        yield _line("release", line, data.language)
    for line in data.corrections:
        yield _line("correction", line, data.language)
    for adjustment in data.adjustments:
        yield {
            **_total("adjustment", adjustment.amount),
            "day": adjustment.on.isoformat(),
            "text": adjustment.text,
        }
    for withholding in data.withholdings:
        yield {
            **_total("withholding", -withholding.amount),
            "text": withholding.name,
            "base": withholding.base,
            "rate": withholding.rate,
        }
    yield _total("balance", data.balance)
    yield {**_total("payout", data.payout), "text": data.hold_reason}
    yield _total("closing", data.closing)
    yield {"section": "reserve_opening", "reserve": data.reserve_account.opening}
    yield {"section": "reserve_closing", "reserve": data.reserve_account.closing}


def _total(section: str, amount: Decimal) -> Row:
    return {"section": section, "payable": Decimal(plain(amount))}


def _line(section: str, line: Entry, language: Language) -> Row:
    row: Row = {
        "section": section,
        "day": line.effective.isoformat(),
        "contract": line.contract,
        "holder": line.holder,
        "product": line.product,
        "insurer": line.insurer,
        "kind": kind_label(line.kind, language),
        "event": line.event,
        "producer": line.producer,
        "level": line.level,
        "difference_from": line.difference_from,
        "base": line.base,
        "rate": line.rate.value if line.rate else None,
        "rate_of": _rate_of(line.rate.of, language) if line.rate else None,
        "share": line.share,
        "amount": line.amount,
        "reserve": line.reserve,
        "payable": line.payable,
        "liability_end": line.liability_end.isoformat() if line.liability_end else None,
    }
    if line.correction:
        row |= {
            "text": line.correction.cause,
            "corrected_from": line.correction.period_from.isoformat(),
            "corrected_through": line.correction.period_through.isoformat(),
            "corrected_statement": line.correction.statement_number,
        }
    return row


def _rate_of(of: RateOf, language: Language) -> str:
    gettext = catalogue(language).gettext
    labels = {
        RateOf.BASIS: gettext("commission base"),
        RateOf.RECEIVED: gettext("commission received"),
        RateOf.UNIT: gettext("units"),
        RateOf.FIXED: gettext("fixed amount"),
    }
    return labels[of]
