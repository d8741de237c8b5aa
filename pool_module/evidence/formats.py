"""A period's data as files: CSV, and the description an auditor's software reads.

``index.xml`` follows the description standard for handing data over to German tax auditors
(GDPdU/GoBD, "Z3"); a person reads ``README.txt``.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final
from xml.sax.saxutils import escape

# what a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
PIECE: Final = 1 << 16
XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
DOCTYPE: Final = '<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">\n'


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True)
class Field:
    """A column: its name, what it holds, what is selected for it."""

    name: str
    kind: Kind
    expression: str
    scale: int = 0


@dataclass(frozen=True)
class Table:
    """A table of an export: its name, what it is (English), its columns."""

    name: str
    meaning: str
    fields: tuple[Field, ...]

    @property
    def file(self) -> str:
        """Its file."""
        return f"{self.name}.csv"


@dataclass(frozen=True)
class Written:
    """A file of an export: how many rows, and the hash of its bytes."""

    table: Table
    rows: int
    sha256: str


def csv_pieces(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[bytes, int]]:
    """Rows as CSV, in pieces: the bytes, and how many rows they are."""
    buffer, many = io.StringIO(), 0
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(value) for value in row])
        many += 1
        if buffer.tell() > PIECE:
            yield buffer.getvalue().encode(), many
            buffer, many = io.StringIO(), 0
            writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    if many:
        yield buffer.getvalue().encode(), many


def cell(value: object) -> str:
    """A value as it stands in a file: days and moments as ISO 8601, a text never a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | dict | list):
        text = str(value)
        return f"'{text}" if text.startswith(FORMULAS) else text
    return str(value)


def index(name: str, location: str, tables: Sequence[tuple[Table, str]]) -> str:
    """The description of an export for an auditor's software.

    Args:
        name: of the pool.
        location: of the data: the period.
        tables: with what each is, in the pool's language.
    """
    body = "".join(_table(table, meaning) for table, meaning in tables)
    return (
        f"{XML}{DOCTYPE}<DataSet><Version>1.0</Version>"
        f"<DataSupplier><Name>{escape(name)}</Name><Location>{escape(location)}</Location>"
        f"<Comment>brokerpool</Comment></DataSupplier>"
        f"<Media><Name>{escape(location)}</Name>{body}</Media></DataSet>\n"
    )


def readme(head: Sequence[str], written: Sequence[tuple[Written, str]]) -> str:
    """What a person reads first: the head's lines, then every file with its rows and hash."""
    lines = [*head, ""]
    for one, meaning in written:
        lines += [f"{one.table.file}  {one.rows}", f"    {meaning}", f"    SHA-256 {one.sha256}"]
    return "\r\n".join(lines) + "\r\n"


def _table(table: Table, meaning: str) -> str:
    columns = "".join(
        f"<VariableColumn><Name>{field.name}</Name>{_kind(field)}</VariableColumn>"
        for field in table.fields
    )
    return (
        f"<Table><URL>{table.file}</URL><Name>{table.name}</Name>"
        f"<Description>{escape(meaning)}</Description><UTF8/>"
        "<DecimalSymbol>.</DecimalSymbol><DigitGroupingSymbol>,</DigitGroupingSymbol>"
        "<VariableLength><ColumnDelimiter>;</ColumnDelimiter>"
        "<RecordDelimiter>&#13;&#10;</RecordDelimiter>"
        f"<TextEncapsulator>&quot;</TextEncapsulator>{columns}</VariableLength></Table>"
    )


def _kind(field: Field) -> str:
    if field.kind is Kind.NUMBER:
        return f"<Numeric><Accuracy>{field.scale}</Accuracy></Numeric>"
    if field.kind is Kind.DAY:
        return "<Date><Format>YYYY-MM-DD</Format></Date>"
    return "<AlphaNumeric/>"
