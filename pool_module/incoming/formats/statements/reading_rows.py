"""From a row of a table to a line of a statement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from pool_module.incoming.formats.numbers import normalise_agency, normalise_number
from pool_module.incoming.formats.remarks import ReadingWarning
from pool_module.incoming.formats.statements.cells import (
    Cell,
    Rate,
    UnreadableError,
    as_text,
    read_day,
    read_money,
    read_rate,
)
from pool_module.incoming.formats.statements.columns import Header
from pool_module.incoming.formats.statements.model import (
    UNIT_FACTORS,
    Column,
    LineKind,
    RateUnit,
    StatementLine,
)
from pool_module.incoming.formats.statements.words import kind_of, line_code_of
from shared.money import CENT, ZERO

_EXPONENT: Final = re.compile(r"\d[.,]?\d*E\+?\d+", re.IGNORECASE)
_EXCEL_DIGITS: Final = 15
_ROLE: Final = re.compile(r"^(VN|VP|BZ)\s+(?=\S)")
_BRACKETS: Final = re.compile(r"(?P<last>[^()]+?)\s*\((?P<first>[^()]+)\)")


@dataclass(frozen=True, slots=True)
class Amounts:
    """The figures of a row after debit and credit became one."""

    gross: Decimal | None
    reserve: Decimal | None
    other_retention: Decimal | None
    vat: Decimal | None
    net: Decimal | None

    @property
    def whole(self) -> Decimal | None:
        """What base times rate gives: the gross, or the net where there is no gross."""
        return self.net if self.gross is None else self.gross

    @property
    def agree(self) -> bool:
        """Whether gross less retentions is the net, to the cent."""
        if self.gross is None or self.net is None:
            return True
        return abs(_after_retentions(self) - self.net) <= CENT


class Row:
    """A row under its header; a damaged cell appends a warning and reads as None."""

    def __init__(
        self, number: int, cells: Sequence[Cell], header: Header, warnings: list[ReadingWarning]
    ) -> None:
        self.number = number
        self.header = header
        self.cells = tuple(cells)
        self._warnings = warnings

    def warn(self, column: Column | None, message: str, **values: object) -> None:
        """Report a finding at one of the row's columns."""
        index = self.header.places.get(column) if column else None
        place = "" if index is None else self.header.titles[index]
        self._warnings.append(ReadingWarning(self.number, place, message, values))

    def cell(self, column: Column) -> Cell:
        """Give a cell; None where the column or the cell is missing."""
        index = self.header.places.get(column)
        return self.cells[index] if index is not None and index < len(self.cells) else None

    def text(self, column: Column) -> str:
        """Give a cell as shown."""
        return as_text(self.cell(column))

    def money(self, column: Column) -> Decimal | None:
        """Read an amount."""
        try:
            return read_money(self.cell(column))
        except UnreadableError:
            self.warn(column, "No amount: %(text)s", text=self.text(column))
            return None

    def day(self, column: Column) -> date | None:
        """Read a day."""
        try:
            return read_day(self.cell(column))
        except UnreadableError:
            self.warn(column, "No date: %(text)s", text=self.text(column))
            return None

    def rate(self) -> Rate | None:
        """Read the rate."""
        try:
            return read_rate(self.cell(Column.RATE))
        except UnreadableError:
            self.warn(Column.RATE, "No rate: %(text)s", text=self.text(Column.RATE))
            return None

    @property
    def width_differs(self) -> bool:
        """Whether the row has more or fewer cells than the header; blank ones at its end aside."""
        width = len(self.header.titles)
        surplus = any(as_text(cell) for cell in self.cells[width:])
        return surplus or len(self.cells) < width

    @property
    def has_identity(self) -> bool:
        """Whether the row names a contract in any way."""
        columns = (Column.CONTRACT_NUMBER, Column.SOURCE_CONTRACT_ID, Column.REFERENCE)
        return any(self.text(column) for column in columns)


def amounts_of(row: Row) -> Amounts:
    """Read the figures of a row; debit and credit become one signed amount."""
    net = row.money(Column.NET)
    credit, debit = row.money(Column.CREDIT), row.money(Column.DEBIT)
    if net is None and (credit is not None or debit is not None):
        net = (credit or ZERO) - abs(debit or ZERO)
    amounts = Amounts(
        gross=row.money(Column.GROSS),
        reserve=row.money(Column.RESERVE),
        other_retention=row.money(Column.OTHER_RETENTION),
        vat=row.money(Column.VAT),
        net=net,
    )
    if net is None and amounts.gross is not None:
        return Amounts(
            amounts.gross,
            amounts.reserve,
            amounts.other_retention,
            amounts.vat,
            _after_retentions(amounts),
        )
    return amounts


def _after_retentions(amounts: Amounts) -> Decimal:
    kept = (amounts.reserve or ZERO) + (amounts.other_retention or ZERO)
    return (amounts.gross or ZERO) - kept


def line_of(row: Row, amounts: Amounts) -> StatementLine:
    """Read a row as a line; its ``key`` is not counted yet.

    Args:
        row: a row that is no sum row and no repeated header.
        amounts: of that row, with a net.
    """
    rate, base = row.rate(), row.money(Column.BASE)
    code = row.text(Column.KIND) or (rate.kind_code if rate else "")
    contract_number = _contract_number(row)
    statement_date, period_from = row.day(Column.STATEMENT_DATE), row.day(Column.PERIOD_FROM)
    line_text, broker_number = row.text(Column.LINE), row.text(Column.BROKER_NUMBER)
    return StatementLine(
        row=row.number,
        key="",
        ordinal=1,
        insurer_text=row.text(Column.INSURER),
        statement_number=row.text(Column.STATEMENT_NUMBER),
        statement_date=statement_date,
        contract_number=contract_number,
        contract_key=normalise_number(contract_number),
        source_contract_id=row.text(Column.SOURCE_CONTRACT_ID),
        reference=row.text(Column.REFERENCE),
        broker_number=broker_number,
        broker_key=normalise_agency(broker_number),
        holder_text=_holder(row),
        line_text=line_text,
        line_code=line_code_of(line_text),
        product=row.text(Column.PRODUCT),
        kind=kind_of(code) or LineKind.OTHER,
        kind_code=code,
        base=base,
        rate=rate.value if rate else None,
        rate_unit=_unit(rate, base, amounts.whole) if rate else None,
        gross=amounts.gross,
        reserve=amounts.reserve,
        other_retention=amounts.other_retention,
        vat=amounts.vat,
        net=amounts.net or ZERO,
        currency=row.text(Column.CURRENCY),
        booking_date=row.day(Column.BOOKING_DATE) or statement_date or period_from,
        period_from=period_from,
        period_to=row.day(Column.PERIOD_TO),
        reason=row.text(Column.REASON),
        status=row.text(Column.STATUS),
        suspect=row.width_differs or not amounts.agree,
        cells=tuple(as_text(cell) for cell in row.cells),
    )


def _contract_number(row: Row) -> str:
    """Give the contract number; a spreadsheet may have destroyed it, which can't be undone."""
    text = row.text(Column.CONTRACT_NUMBER)
    cell = row.cell(Column.CONTRACT_NUMBER)
    too_long = isinstance(cell, Decimal) and len(cell.as_tuple().digits) >= _EXCEL_DIGITS
    if too_long or _EXPONENT.fullmatch(text):
        message = "A spreadsheet has shortened the contract number: %(text)s"
        row.warn(Column.CONTRACT_NUMBER, message, text=text)
    return text


def _holder(row: Row) -> str:
    """Put the holder's name together as one reads it: without role, first name first."""
    name = _ROLE.sub("", row.text(Column.HOLDER))
    first = row.text(Column.HOLDER_FIRST_NAME)
    if not first and name.count(",") == 1:
        name, _, first = (part.strip() for part in name.partition(","))
    elif not first and (found := _BRACKETS.fullmatch(name)):
        name, first = found["last"], found["first"]
    return f"{first} {name}".strip() or row.text(Column.HOLDER_FIRM)


def _unit(rate: Rate, base: Decimal | None, amount: Decimal | None) -> RateUnit | None:
    """Say the unit of a rate: as written, else the one that makes base times rate the amount.

    Where neither tells, a rate behind a kind (``AP 0.9``) is a multiple of the base.
    """
    if rate.unit:
        return rate.unit
    fallback = RateUnit.FACTOR if rate.kind_code else None
    if not base or not amount:
        return fallback
    fitting = [
        unit
        for unit, factor in UNIT_FACTORS.items()
        if abs(abs(base * rate.value * factor) - abs(amount)) <= CENT
    ]
    return fitting[0] if len(fitting) == 1 else fallback
