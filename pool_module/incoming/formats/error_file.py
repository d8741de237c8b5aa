"""Rows that could not be taken, as a workbook to correct and bring again."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from xlsxwriter import Workbook

ERROR: Final = "error"
"""Title of the column that says what is wrong; readers pass over it."""
_WIDTH: Final = 18
_WIDE: Final = 60


def error_file(
    titles: Sequence[str], rows: Iterable[tuple[Sequence[str], str, Iterable[str]]], sheet: str
) -> bytes:
    """Write the rows as they were delivered, with what is wrong.

    Args:
        titles: the columns of the file they are from.
        rows: cells, what is wrong in words, and the titles of the cells it is about.
        sheet: name of the sheet.
    """
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(sheet[:31] or "rows")
    bold = book.add_format({"bold": True, "bottom": 1})
    wrong = book.add_format({"bg_color": "#FBE3E4"})
    page.write_row(0, 0, [*titles, ERROR], bold)
    page.set_column(0, max(len(titles) - 1, 0), _WIDTH)
    page.set_column(len(titles), len(titles), _WIDE)
    page.freeze_panes(1, 0)
    places: Mapping[str, int] = {title: place for place, title in enumerate(titles)}
    for number, (cells, message, where) in enumerate(rows, 1):
        marked = {places[title] for title in where if title in places}
        for place, text in enumerate(cells[: len(titles)]):
            page.write_string(number, place, text, wrong if place in marked else None)
        page.write_string(number, len(titles), message, wrong)
    book.close()
    return file.getvalue()
