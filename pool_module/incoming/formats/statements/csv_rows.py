"""Rows of a CSV file: encoding and separator are found, not declared."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO, Final, cast

from pool_module.incoming.errors import ColumnsUnknown, NotThisFormat
from pool_module.incoming.formats.encodings import Encoding, detect, repair
from pool_module.incoming.formats.statements.cells import Cell
from pool_module.incoming.formats.statements.columns import ColumnMapping, Header, find_header
from pool_module.incoming.formats.statements.table import HEADER_ROWS, Table

_SEPARATORS: Final = (";", ",", "\t", "|")
_SAMPLE: Final = 1 << 18
_CODECS: Final = {"ascii": "latin-1", "mixed": "latin-1", "utf-8": "utf-8-sig"}


@contextmanager
def csv_table(
    stream: BinaryIO, encoding: Encoding | None, mapping: ColumnMapping | None
) -> Iterator[Table]:
    """Open a CSV file as a table; rows are read as they are asked for.

    Raises:
        NotThisFormat: it is no text.
        ColumnsUnknown: no row says which column is which.
    """
    found = encoding or _office(detect(stream))
    if found != "utf-16" and _is_binary(stream):
        raise NotThisFormat("The file is neither a CSV nor an XLSX file.")
    separator, header = _find_header(_sample(stream, found), mapping)
    stream.seek(0)
    wrapper = io.TextIOWrapper(
        stream, encoding=_CODECS.get(found, found), errors="replace", newline=""
    )
    try:
        lines = (repair(line) for line in wrapper) if found == "mixed" else wrapper
        rows = (row for row in _rows(lines, separator) if row[0] > header.row)
        yield Table("csv", found, None, header, rows)
    finally:
        wrapper.detach()


def _office(found: Encoding) -> Encoding:
    """Say cp1252 for Latin-1: tables come from Windows programs, and it holds all of Latin-1."""
    return "cp1252" if found == "latin-1" else found


def _is_binary(stream: BinaryIO) -> bool:
    stream.seek(0)
    return b"\x00" in stream.read(_SAMPLE)


def _sample(stream: BinaryIO, encoding: Encoding) -> str:
    stream.seek(0)
    start = stream.read(_SAMPLE)
    text = start.decode(_CODECS.get(encoding, encoding), errors="replace")
    return repair(text) if encoding == "mixed" else text


def _rows(lines: Iterator[str], separator: str) -> Iterator[tuple[int, list[Cell]]]:
    reader = csv.reader(lines, delimiter=separator)
    try:
        for cells in reader:
            yield reader.line_num, cast("list[Cell]", cells)
    except csv.Error as error:
        raise NotThisFormat(
            "Line %(line)s of the file can't be read as CSV: %(reason)s.",
            line=reader.line_num,
            reason=error,
        ) from error


def _find_header(sample: str, mapping: ColumnMapping | None) -> tuple[str, Header]:
    """Find separator and header: the pair that recognises most columns."""
    best: tuple[str, Header] | None = None
    widest: tuple[str, ...] = ()
    for separator in _SEPARATORS:
        rows = list(islice(_rows(io.StringIO(sample, newline=""), separator), HEADER_ROWS))
        header = find_header(rows, mapping)
        if header and (best is None or len(header.places) > len(best[1].places)):
            best = separator, header
        for _, cells in rows:
            if len(cells) > len(widest):
                widest = tuple(str(cell).strip() for cell in cells)
    if best is None:
        raise ColumnsUnknown(widest)
    return best
