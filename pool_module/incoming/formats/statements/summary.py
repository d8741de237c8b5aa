"""What a dry run says about a commission statement."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TypedDict

from pool_module.incoming.formats.encodings import Encoding
from pool_module.incoming.formats.remarks import ReadingWarning, RemarkList
from pool_module.incoming.formats.source import Source
from pool_module.incoming.formats.statements.columns import ColumnMapping
from pool_module.incoming.formats.statements.model import Item, StatementOpened, StatementRead
from pool_module.incoming.formats.statements.reader import MAX_BYTES, read_statement
from shared.money import plain


class StatementSummary(TypedDict):
    """A statement in figures; sums have two decimals, None where the file has none."""

    format: str
    encoding: str | None
    rows: int
    gross: str | None
    reserve: str | None
    net: str | None
    warnings: list[str]


def summarise_statement(
    source: Source,
    *,
    mapping: ColumnMapping | None = None,
    encoding: Encoding | None = None,
    max_bytes: int = MAX_BYTES,
) -> StatementSummary:
    """Read a whole statement and give its figures, as a dry run prints them.

    Raises:
        DeliveryRefused: as ``read_statement``.
    """
    return summarise_items(
        read_statement(source, mapping=mapping, encoding=encoding, max_bytes=max_bytes)
    )


def summarise_items(items: Iterable[Item]) -> StatementSummary:
    """Give the figures of what a reader gave."""
    start: StatementOpened | None = None
    read = StatementRead(0, None, None, None, None)
    remarks = RemarkList()
    for item in items:
        match item:
            case StatementOpened():
                start = item
            case StatementRead():
                read = item
            case ReadingWarning():
                remarks.add(item)
            case _:
                pass
    return StatementSummary(
        format=start.format if start else "csv",
        encoding=start.encoding if start else None,
        rows=read.rows,
        gross=_sum(read.gross),
        reserve=_sum(read.reserve),
        net=_sum(read.net),
        warnings=remarks.texts(),
    )


def _sum(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)
