"""A list as a file: all hits, the columns shown, typed cells, formulas defused; written down."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from flask import Response, abort
from flask_babel import gettext
from rustpy_xlsxwriter import write_worksheet
from werkzeug.datastructures import Headers

from shared import audit
from shared.db import Session
from shared.db import listing as engine
from shared.db.listing import Column, Shape
from shared.web import formats, reach

if TYPE_CHECKING:
    from shared.web.lists import Shown

PLACES: Final = 2
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# what a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
BYTE_ORDER_MARK: Final = "\ufeff"  # else a spreadsheet reads Cyrillic and umlauts as Latin-1


def respond(session: Session, shown: "Shown", kind: str) -> Response:
    """Answer with all hits as ``csv`` or ``xlsx``; the journal says who took what out."""
    if kind not in {"csv", "xlsx"}:
        abort(404)
    audit.write(session, "exported", shown.listing.name, None, new={"query": shown.query})
    rows = engine.every(session, shown.listing, shown.asked)
    # whose it is stands on the file, of who works for several: in his folder they lie side by side
    whose = re.sub(r"[^\w.-]+", "-", reach.where_one_works()) if reach.works_elsewhere() else ""
    name = f"{'-'.join(filter(None, (shown.listing.name, whose.strip('-'))))}.{kind}"
    headers = Headers()
    headers.add("Content-Disposition", "attachment", filename=name)
    if kind == "csv":
        # the rows are read before the request's transaction ends with the response
        text = "".join(_csv(shown, rows))
        return Response(text, mimetype="text/csv; charset=utf-8", headers=headers)
    return Response(_xlsx(shown, rows), mimetype=XLSX, headers=headers)


def text_of(shape: Shape, value: Any, *, cents: bool = False) -> str:
    """A value as people read it in a sentence."""
    if value is None:
        return formats.NOTHING
    if shape is Shape.MONEY:
        return formats.amount(Decimal(value) / 100 if cents else value)
    writers: dict[Shape, Callable[[Any], str]] = {
        Shape.DAY: formats.day,
        Shape.MOMENT: formats.moment,
        Shape.RATE: formats.rate,
        Shape.SHARE: formats.rate,
        Shape.COUNT: str,
        Shape.FLAG: lambda given: gettext("yes") if given else gettext("no"),
    }
    return writers.get(shape, str)(value)


def defused(text: str) -> str:
    """A text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def _heads(shown: "Shown") -> list[str]:
    heads = []
    for column in shown.columns:
        label = str(shown.spec.labels[column.name])
        heads.append(label)
        if column.shape is Shape.MONEY:
            heads.append(gettext("%(amount)s: currency", amount=label))
    return heads


def _plain(shown: "Shown", column: Column, row: Any) -> list[object]:
    value = getattr(row, column.name)
    if column.name in shown.spec.words and value is not None:
        return [str(shown.spec.words[column.name](value))]
    if column.shape is Shape.CODE and value is not None:
        return [str(shown.codes(column, value).text)]
    if column.shape is Shape.MONEY:
        return [value, getattr(row, f"{column.name}_currency", None)]
    if column.shape is Shape.MOMENT and isinstance(value, datetime):
        return [value.astimezone(formats.zone()).replace(tzinfo=None)]
    return [value]


def _cells(shown: "Shown", row: Any) -> list[object]:
    return [cell for column in shown.columns for cell in _plain(shown, column, row)]


def _csv(shown: "Shown", rows: Iterator[Any]) -> Iterator[str]:
    yield BYTE_ORDER_MARK
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(_heads(shown))
    for row in rows:
        writer.writerow([_csv_cell(cell) for cell in _cells(shown, row)])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _csv_cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return defused(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    return _number(cell) if isinstance(cell, Decimal) else str(cell)


def _number(value: Decimal) -> str:
    """A number without exponent; noughts beyond the second place are the column's, not its own."""
    whole, _, part = f"{value:f}".partition(".")
    if len(part) > PLACES:
        part = part.rstrip("0").ljust(PLACES, "0")
    return f"{whole}.{part}" if part else whole


def _xlsx(shown: "Shown", rows: Iterator[Any]) -> bytes:
    heads = _heads(shown)
    with NamedTemporaryFile(suffix=".xlsx") as file:
        write_worksheet(
            (
                {h: _xlsx_cell(c) for h, c in zip(heads, _cells(shown, row), strict=True)}
                for row in rows
            ),
            file.name,
            freeze_row=1,
        )
        return file.read()


def _xlsx_cell(cell: object) -> object:
    # a text stays a text: the writer types it as a string, never as a formula
    return cell if isinstance(cell, str | int | Decimal | date | datetime) else None


__all__ = ["defused", "respond", "text_of"]
