"""What people say about a file they bring."""

from typing import Any, Final

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from pool_module.incoming.formats.statements.model import Column
from shared.labels import label
from shared.vocabulary import DiscrepancyCause

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


def columns_of(titles: list[str]) -> dict[str, str]:
    """Which column is which, as the form says: title → field; those not read are left out."""
    chosen = {title: request.form.get(f"column-{n}", "") for n, title in enumerate(titles)}
    return {title: field for title, field in chosen.items() if field in set(Column)}


def sentence(note: dict[str, Any]) -> str:
    """What is wrong with a cell, in the reader's language."""
    if "cause" in note:
        return str(label(DiscrepancyCause, note["cause"]).text)
    return gettext(note["message"], **note.get("values", {}))
