"""What people say about a file they bring."""

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from pool_module.incoming.formats.statements.model import Column
from shared.labels import label
from shared.vocabulary import ContractState, DiscrepancyCause, Frequency
from shared.web import formats

COLUMN_NAMES: Final = {
    Column.CONTRACT_NUMBER: _("Contract number"),
    Column.SOURCE_CONTRACT_ID: _("Sender's own contract number"),
    Column.REFERENCE: _("Reference"),
    Column.BROKER_NUMBER: _("Agency number"),
    Column.HOLDER: _("Customer"),
    Column.HOLDER_FIRST_NAME: _("Customer, first name"),
    Column.HOLDER_FIRM: _("Customer, firm"),
    Column.INSURER: _("Insurer"),
    Column.LINE: _("Line of business"),
    Column.PRODUCT: _("Product"),
    Column.KIND: _("Kind of commission"),
    Column.BASE: _("Base"),
    Column.RATE: _("Rate"),
    Column.GROSS: _("Commission before retentions"),
    Column.RESERVE: _("Kept as reserve"),
    Column.OTHER_RETENTION: _("Other retention"),
    Column.VAT: _("VAT"),
    Column.NET: _("Commission paid"),
    Column.CREDIT: _("Credit"),
    Column.DEBIT: _("Debit"),
    Column.CURRENCY: _("Currency"),
    Column.BOOKING_DATE: _("Booking date"),
    Column.STATEMENT_DATE: _("Statement date"),
    Column.STATEMENT_NUMBER: _("Statement number"),
    Column.PERIOD_FROM: _("Period from"),
    Column.PERIOD_TO: _("Period to"),
    Column.REASON: _("Reason"),
    Column.STATUS: _("Status"),
}

FIGURES: Final = {"base", "net_premium", "gross_premium"}
DAYS: Final = {"booked_on", "booking_date", "begin_on", "end_on", "applied_on", "issued_on"}
CODES: Final[dict[str, type[Enum]]] = {"state": ContractState, "frequency": Frequency}


def columns_of(titles: list[str]) -> dict[str, str]:
    """Which column is which, as the form says: title → field; those not read are left out."""
    chosen = {title: request.form.get(f"column-{n}", "") for n, title in enumerate(titles)}
    return {title: field for title, field in chosen.items() if field in set(Column)}


def sentence(note: dict[str, Any]) -> str:
    """What is wrong with a cell, in the reader's language."""
    if "cause" in note:
        return str(label(DiscrepancyCause, note["cause"]).text)
    return gettext(note["message"], **note.get("values", {}))


def shown_text(name: str, text: str | None) -> str:
    """A cell as the reader's language writes it; what can't be read stands as it was delivered."""
    if not text:
        return formats.NOTHING
    if name in CODES:
        return str(label(CODES[name], text).text)
    try:
        if name in DAYS:
            return formats.day(date.fromisoformat(text))
        if name in FIGURES:
            return formats.amount(Decimal(text))
    except (ValueError, InvalidOperation):
        return text
    return text
