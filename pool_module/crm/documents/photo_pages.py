"""Photographed pages, joined into one PDF."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import typst

MOST_PAGES: Final = 30
_PAGE: Final = '#page(margin: 8mm)[#image("{name}", width: 100%, height: 100%, fit: "contain")]'
_HEAD: Final = '#set page(paper: "a4")\n#set document(title: "pages", date: none)\n'


class UnreadablePictureError(ValueError):
    """A page that is no picture that can be drawn."""


def join(pages: Sequence[tuple[bytes, str]]) -> bytes:
    """Make a PDF of pictures, one a page; the camera's turn of each is kept.

    Args:
        pages: content and ending (jpg, png) of each, in order.

    Raises:
        UnreadablePictureError: one cannot be read.
    """
    with TemporaryDirectory(prefix="pages-") as folder:
        root = Path(folder)
        names = []
        for number, (content, ending) in enumerate(pages[:MOST_PAGES]):
            names.append(f"{number}.{ending}")
            (root / names[-1]).write_bytes(content)
        text = _HEAD + "\n".join(_PAGE.format(name=name) for name in names)
        (root / "pages.typ").write_text(text, encoding="utf-8")
        try:
            return typst.compile(
                root / "pages.typ", root=root, ignore_system_fonts=True, format="pdf"
            )
        except typst.TypstError as error:
            raise UnreadablePictureError(str(error)) from error
