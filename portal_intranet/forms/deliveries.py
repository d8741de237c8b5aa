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

# what readers and jobs say, who speak English; here it is found for translation
SAID: Final = (
    _("No amount: %(text)s"),
    _("No date: %(text)s"),
    _("No rate: %(text)s"),
    _("The row has %(found)s cells, the header %(expected)s; check the line."),
    _("Gross less retentions is not the net."),
    _("The row names no contract."),
    _("The row has no amount that can be read; it is no line."),
    _("The contract stands in the file twice; its first place was taken."),
    _("The contract has no number; it was not taken."),
    _("%(file)s has been looked at."),
    _("%(file)s can't be read."),
    _("%(file)s is imported."),
    _("%(file)s could not be imported."),
    _("%(file)s was laid down."),
    _("Looking at rows"),
    _("Taking rows over"),
    _("Resolve a discrepancy"),
    _("No row of the file names a contract and an amount. Say which column is which; "
      "there are: %(headers)s."),
    _("The file is empty."),
    _("%(name)s is a folder, not a file."),
    _("The file is too large: %(size)s MB, at most %(limit)s MB are taken."),
    _("The file is no GDV file: one of its lines does not end."),
    _("The file is no GDV file: it does not begin with a header record 0001."),
    _("The file is a damaged XLSX file: %(reason)s."),
    _("The file is an archive but no XLSX file; save it as XLSX or CSV."),
    _("The file is encrypted; save it without a password."),
    _("The file is packed in a way Excel does not use."),
    _("The archive holds too many files: %(found)s."),
    _("The file would unpack to %(found)s MB."),
    _("%(name)s in the archive is packed too tightly: %(found)s MB from %(packed)s KB."),
    _("%(name)s is larger than it says."),
    _("The sheet reaches to row %(rows)s and column %(columns)s; delete empty rows or split it."),
    _("The file is neither a CSV nor an XLSX file."),
    _("Line %(line)s of the file can't be read as CSV: %(reason)s."),
    _("The file is of an old Excel format; save it as XLSX or CSV."),
    _("The file is a PDF; a statement is read from CSV or XLSX."),
    _("The file is a picture; a statement is read from CSV or XLSX."),
    _("The file can't be read as XLSX: %(reason)s."),
    _("A mapping needs a column for the contract and one for money."),
)  # fmt: skip
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
