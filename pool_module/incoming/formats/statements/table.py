"""A table with its header found, whatever file it stands in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pool_module.incoming.formats.encodings import Encoding
from pool_module.incoming.formats.statements.cells import Cell
from pool_module.incoming.formats.statements.columns import Header

HEADER_ROWS: Final = 60
"""How far down the header is looked for; insurers put address and greeting before it."""


@dataclass(frozen=True, slots=True)
class Table:
    """An open table; ``rows`` are those below the header, with their numbers from 1."""

    format: Literal["csv", "xlsx"]
    encoding: Encoding | None
    sheet: str | None
    header: Header
    rows: Iterator[tuple[int, Sequence[Cell]]]
