"""The head of a table: its columns and first rows, for a person who says which column is which."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pool_module.incoming.errors import ColumnsUnknown
from pool_module.incoming.formats.encodings import Encoding
from pool_module.incoming.formats.source import Source, opened
from pool_module.incoming.formats.statements.cells import as_text
from pool_module.incoming.formats.statements.columns import ColumnMapping, Header
from pool_module.incoming.formats.statements.model import Column
from pool_module.incoming.formats.statements.reader import MAX_BYTES, open_table

ROWS: Final = 6
"""Rows of a sample; ``NUMBERS``: contract numbers that tell whose file it is."""
NUMBERS: Final = 200


@dataclass(frozen=True, slots=True)
class TableSample:
    """What a table looks like.

    Attributes:
        encoding: None for XLSX.
        titles: header texts, as many as the table has columns.
        columns: header text → field, as recognised or as a mapping says; empty where neither did.
        rows: the first rows, as shown.
        numbers: contract numbers of the first rows, as written.
        insurers: names of insurers in them.
    """

    format: str
    encoding: Encoding | None
    sheet: str | None
    header_row: int
    titles: tuple[str, ...]
    columns: dict[str, str]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...]
    insurers: tuple[str, ...]


def sample_table(
    source: Source, mapping: ColumnMapping | None = None, *, max_bytes: int = MAX_BYTES
) -> TableSample:
    """Read the head of a CSV or XLSX file.

    A mapping kept from an earlier file is tried first, then the headers are recognised; where no
    header is, the widest row is taken for it, and nothing is recognised.

    Raises:
        DeliveryRefused: as ``read_statement``, but for columns that are not known.
    """
    titles: tuple[str, ...] = ()
    for attempt in (mapping, None) if mapping else (None,):
        try:
            return _sample(source, attempt, max_bytes)
        except ColumnsUnknown as unknown:
            titles = unknown.headers
    named = [title for title in titles if title]
    if len(named) < 2:
        raise ColumnsUnknown(titles)
    # any two columns make a header of the row that names them
    guess = ColumnMapping({named[0]: Column.CONTRACT_NUMBER, named[1]: Column.NET})
    found = _sample(source, guess, max_bytes)
    if not found.rows:
        raise ColumnsUnknown(titles)
    return TableSample(
        found.format, found.encoding, found.sheet, found.header_row, found.titles, {}, found.rows,
        (), (),
    )  # fmt: skip


def _sample(source: Source, mapping: ColumnMapping | None, max_bytes: int) -> TableSample:
    with opened(source, max_bytes=max_bytes) as stream, open_table(stream, mapping) as table:
        rows = [cells for _, cells in islice(table.rows, NUMBERS)]
        header = table.header
        texts = [tuple(as_text(cell) for cell in cells) for cells in rows]
        return TableSample(
            format=table.format,
            encoding=table.encoding,
            sheet=table.sheet,
            header_row=header.row,
            titles=header.titles,
            columns={title: field.value for title, field in header.columns.items()},
            rows=tuple(row[: len(header.titles)] for row in texts[:ROWS]),
            numbers=_values(texts, header, Column.CONTRACT_NUMBER),
            insurers=_values(texts, header, Column.INSURER),
        )


def _values(rows: Sequence[tuple[str, ...]], header: Header, column: Column) -> tuple[str, ...]:
    place = header.places.get(column)
    if place is None:
        return ()
    found = {row[place]: None for row in rows if place < len(row) and row[place]}
    return tuple(found)
