"""Read a commission statement: a table in, lines as values out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from hashlib import blake2b
from typing import BinaryIO, Final

from pool_module.incoming.errors import NotThisFormat
from pool_module.incoming.formats.encodings import Encoding
from pool_module.incoming.formats.remarks import ReadingWarning
from pool_module.incoming.formats.source import Source, opened
from pool_module.incoming.formats.statements.cells import Cell, as_text
from pool_module.incoming.formats.statements.columns import ColumnMapping, Header
from pool_module.incoming.formats.statements.csv_rows import csv_table
from pool_module.incoming.formats.statements.model import (
    Column,
    Item,
    StatementLine,
    StatementOpened,
    StatementRead,
    UnreadRow,
)
from pool_module.incoming.formats.statements.reading_rows import Amounts, Row, amounts_of, line_of
from pool_module.incoming.formats.statements.table import Table
from pool_module.incoming.formats.statements.words import is_sum_label, kind_of
from pool_module.incoming.formats.statements.xlsx_rows import MAGIC, xlsx_table
from pool_module.incoming.formats.sums import Sum
from shared.money import ZERO

MAX_BYTES: Final = 256 << 20
"""Most bytes of a statement."""

_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_PDF: Final = b"%PDF"
_PICTURES: Final = frozenset({b"\x89PNG", b"GIF8", b"\xff\xd8", b"BM", b"II*\x00", b"MM\x00*"})
_NOTE_CELLS: Final = 1


def read_statement(
    source: Source,
    *,
    mapping: ColumnMapping | None = None,
    encoding: Encoding | None = None,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Item]:
    """Read a statement row by row; what it is, its bytes say and not its name.

    Args:
        source: a path or a seekable binary stream; CSV or XLSX.
        mapping: which column is which; without one they are recognised by their headers.
        encoding: overrides what is found in a CSV file.
        max_bytes: refuse what is larger.

    Yields:
        ``StatementOpened``, lines in the order of the file with warnings before what they
        concern, at last ``StatementRead`` with the sums.

    Raises:
        DeliveryRefused: no CSV or XLSX file, empty, too large, a folder; ``ColumnsUnknown`` where
            a mapping is needed.
    """
    with (
        opened(source, max_bytes=max_bytes) as stream,
        open_table(stream, mapping, encoding) as table,
    ):
        header = table.header
        yield StatementOpened(table.format, table.encoding, table.sheet, header.row, header.columns)
        for title in header.doubts:
            yield ReadingWarning(
                header.row, title, "This column could be the amount or number as well; it was not."
            )
        reading = _Reading(header)
        for number, cells in table.rows:
            yield from reading.take(number, cells)
        yield reading.totals()


def open_table(
    stream: BinaryIO, mapping: ColumnMapping | None, encoding: Encoding | None = None
) -> AbstractContextManager[Table]:
    """Open a CSV or XLSX file as a table with its header found.

    Raises:
        DeliveryRefused: no such file, or no header in it.
    """
    start = stream.read(len(MAGIC))
    if start == MAGIC:
        return xlsx_table(stream, mapping)
    if start == _OLD_EXCEL:
        raise NotThisFormat("The file is of an old Excel format; save it as XLSX or CSV.")
    if start == _PDF:
        raise NotThisFormat("The file is a PDF; a statement is read from CSV or XLSX.")
    if start in _PICTURES or start[:2] in _PICTURES:
        raise NotThisFormat("The file is a picture; a statement is read from CSV or XLSX.")
    return csv_table(stream, encoding, mapping)


class _Reading:
    """The state of reading one statement."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._warnings: list[ReadingWarning] = []
        self._seen: Counter[bytes] = Counter()
        self._unknown_kinds: set[str] = set()
        self._rows = 0
        self._gross, self._reserve, self._other, self._net = Sum(), Sum(), Sum(), Sum()
        self._since_sum = ZERO

    def take(self, number: int, cells: Sequence[Cell]) -> Iterator[Item]:
        """Take the next row; give the line it is, if it is one."""
        if self._header.is_repeated_by(cells) or not any(as_text(cell) for cell in cells):
            return
        row = Row(number, cells, self._header, self._warnings)
        amounts = amounts_of(row)
        line: StatementLine | UnreadRow | None = None
        unread = False
        if self._is_sum_row(row, amounts):
            self._check_sum(row, amounts)
        elif amounts.net is None:
            unread = self._report_no_amount(row)
        else:
            line = self._line(row, amounts)
        if unread:
            line = UnreadRow(number, tuple(as_text(cell) for cell in cells))
        yield from self._warnings
        self._warnings.clear()
        if line:
            yield line

    def totals(self) -> StatementRead:
        """Give rows and sums so far."""
        return StatementRead(
            rows=self._rows,
            gross=self._gross.amount,
            reserve=self._reserve.amount,
            other_retention=self._other.amount,
            net=self._net.amount,
        )

    def _is_sum_row(self, row: Row, amounts: Amounts) -> bool:
        """Tell a sum row: it says so, or it names no contract and repeats the sum so far."""
        labels = (as_text(cell) for cell in row.cells if isinstance(cell, str))
        number = row.text(Column.CONTRACT_NUMBER)
        if (not row.has_identity or is_sum_label(number)) and any(map(is_sum_label, labels)):
            return True
        repeats = self._rows > 1 and amounts.net is not None and amounts.net == self._net.amount
        return repeats and not row.has_identity

    def _check_sum(self, row: Row, amounts: Amounts) -> None:
        """Compare a sum row with the lines above it: all of them, or those since the last sum."""
        read = self._net.amount or ZERO
        if amounts.net is not None and amounts.net not in {read, self._since_sum}:
            row.warn(
                None,
                "The sum row states %(stated)s, the lines above it sum to %(read)s.",
                stated=amounts.net,
                read=read,
            )
        self._since_sum = ZERO

    def _report_no_amount(self, row: Row) -> bool:
        """Report a row without money; a note below the table is passed over."""
        filled = sum(1 for cell in row.cells if as_text(cell))
        if filled > _NOTE_CELLS:
            row.warn(None, "The row has no amount that can be read; it is no line.")
        return filled > _NOTE_CELLS

    def _line(self, row: Row, amounts: Amounts) -> StatementLine:
        line = line_of(row, amounts)
        if row.width_differs:
            row.warn(
                None,
                "The row has %(found)s cells, the header %(expected)s; check the line.",
                found=len(row.cells),
                expected=len(self._header.titles),
            )
        if not amounts.agree:
            row.warn(Column.NET, "Gross less retentions is not the net.")
        if not row.has_identity:
            row.warn(None, "The row names no contract.")
        self._check_kind(row, line)
        self._add(line)
        return self._counted(line)

    def _check_kind(self, row: Row, line: StatementLine) -> None:
        code = line.kind_code
        if code and kind_of(code) is None and code not in self._unknown_kinds:
            self._unknown_kinds.add(code)
            row.warn(Column.KIND, "The kind %(code)s is not known; it is read as other.", code=code)

    def _add(self, line: StatementLine) -> None:
        self._rows += 1
        self._gross.add(line.gross)
        self._reserve.add(line.reserve)
        self._other.add(line.other_retention)
        self._net.add(line.net)
        self._since_sum += line.net

    def _counted(self, line: StatementLine) -> StatementLine:
        key = _key(line)
        digest = blake2b(key.encode(), digest_size=16).digest()
        self._seen[digest] += 1
        return replace(line, key=key, ordinal=self._seen[digest])


def _key(line: StatementLine) -> str:
    """Give what makes a line recognisable in any file it is delivered in; never the holder."""
    rate = None if line.rate is None else f"{line.rate.normalize():f}"
    parts = (
        line.contract_key,
        line.source_contract_id,
        line.reference,
        line.kind_code,
        line.booking_date,
        line.period_from,
        line.period_to,
        line.statement_number,
        line.product,
        line.base,
        rate,
        line.gross,
        line.reserve,
        line.net,
    )
    return "|".join("" if part is None else str(part) for part in parts)
