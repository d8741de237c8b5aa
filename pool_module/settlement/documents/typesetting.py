"""Typst: data in, the bytes of a PDF out.

Template source is static and never built from anybody's text: the data reaches it as JSON in
``sys.inputs``, where ``#eval("…")`` is a string like any other.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import typst

FOLDER: Final = Path(__file__).resolve().parent
# Written by Typst's own checks; no claim of conformance until a validator says so.
STANDARDS: Final[list[Literal["a-3a", "ua-1"]]] = ["a-3a", "ua-1"]


@cache
def _fonts() -> typst.Fonts:
    """Load the house's fonts once; system fonts would make the bytes depend on the machine."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[FOLDER / "fonts"],
    )


def typeset(template: str, data: Mapping[str, Any], issued: date) -> bytes:
    """Set a template of this folder as PDF.

    Args:
        template: the file's name, e.g. ``statement.typ``.
        data: what it prints, as JSON values (amounts already written as text).
        issued: the issue date, which becomes date and time stamp of the file.
    """
    return typst.compile(
        FOLDER / template,
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        pdf_standards=list(STANDARDS),
        timestamp=datetime.combine(issued, time(), UTC),
    )
