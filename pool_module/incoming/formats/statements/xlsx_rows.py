"""Rows of an XLSX file: numbers exact as shown, real dates as days."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import BinaryIO, Final

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pool_module.incoming.errors import ColumnsUnknown, NotThisFormat
from pool_module.incoming.formats.statements.archive import check_archive
from pool_module.incoming.formats.statements.cells import Cell, as_text
from pool_module.incoming.formats.statements.columns import ColumnMapping, find_header
from pool_module.incoming.formats.statements.table import HEADER_ROWS, Table

MAGIC: Final = b"PK\x03\x04"


@contextmanager
def xlsx_table(stream: BinaryIO, mapping: ColumnMapping | None) -> Iterator[Table]:
    """Open an XLSX file as a table: the first visible sheet that has a header.

    Raises:
        NotThisFormat: no XLSX file, or a damaged one.
        DeliveryTooLarge: an archive that would unpack to too much.
        ColumnsUnknown: no row says which column is which.
    """
    check_archive(stream)
    stream.seek(0)
    try:
        with CalamineWorkbook.from_filelike(stream) as workbook:
            yield _table(workbook, mapping)
    except CalamineError as error:
        raise NotThisFormat("The file can't be read as XLSX: %(reason)s.", reason=error) from error


def _table(workbook: CalamineWorkbook, mapping: ColumnMapping | None) -> Table:
    widest: tuple[str, ...] = ()
    for name in _sheets(workbook):
        first = list(islice(_rows(workbook, name), HEADER_ROWS))
        header = find_header(first, mapping)
        if header:
            rows = (row for row in _rows(workbook, name) if row[0] > header.row)
            return Table("xlsx", None, name, header, rows)
        for _, cells in first:
            texts = tuple(as_text(cell) for cell in cells)
            widest = max(widest, texts, key=lambda each: sum(map(bool, each)))
    raise ColumnsUnknown(widest)


def _sheets(workbook: CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]


def _rows(workbook: CalamineWorkbook, name: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    sheet = workbook.get_sheet_by_name(name)
    for row, cells in enumerate(sheet.iter_rows(), start=1):
        yield row, [_cell(cell) for cell in cells]


def _cell(value: object) -> Cell:
    match value:
        case bool():
            return str(value)
        case float() | int():
            return Decimal(f"{value:.15g}")  # Excel's precision: 27.220000000000002 is 27.22
        case datetime():
            return value.date()
        case date():
            return value
        case _:
            return str(value).strip()
