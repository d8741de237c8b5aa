"""Photographed pages, joined into one PDF."""

from collections.abc import Sequence
from typing import Final

from typst import Compiler, TypstError

MOST_PAGES: Final = 30
_PAGE: Final = '#page(margin: 8mm)[#image("{name}", width: 100%, height: 100%, fit: "contain")]'
_HEAD: Final = '#set page(paper: "a4")\n#set document(title: "pages", date: none)\n'


class NotPictures(ValueError):
    """A page that is no picture that can be drawn."""


def join(pages: Sequence[tuple[bytes, str]]) -> bytes:
    """Make a PDF of pictures, one a page; the camera's turn of each is kept.

    Args:
        pages: content and ending (jpg, png) of each, in order.

    Raises:
        NotPictures: one cannot be read.
    """
    names = [f"{number}.{ending}" for number, (_, ending) in enumerate(pages[:MOST_PAGES])]
    text = _HEAD + "\n".join(_PAGE.format(name=f"/{name}") for name in names)
    files = {name: content for name, (content, _) in zip(names, pages, strict=False)}
    try:
        made = Compiler({"main.typ": text.encode(), **files}).compile(format="pdf")
    except TypstError as error:
        raise NotPictures(str(error)) from error
    assert isinstance(made, bytes)
    return made
