"""Text that strangers wrote, made fit to be printed in the house's typeface.

PDF/A refuses a character without a glyph, so one customer's name in a foreign script would keep
a whole statement from being issued. It is printed as a box instead.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

COVERAGE: Final = Path(__file__).resolve().parent / "fonts" / "coverage.txt"
MISSING: Final = "□"
BREAK: Final = "\u200b"  # a place where a line may end, without width
LONGEST_UNBROKEN: Final = 16
# Hyphenation knows words, not numbers or gibberish: an event reference of 30 digits would run
# into the next column.
UNBROKEN: Final = re.compile(rf"(?=\S*\d)\S{{{LONGEST_UNBROKEN + 1},}}|\S{{40,}}")
SEPARATORS: Final = re.compile(r"(?<=[-/._:])(?=\w)")


@cache
def covered() -> frozenset[int]:
    """Read which code points the fonts beside this file can show."""
    points: set[int] = set()
    for span in COVERAGE.read_text(encoding="ascii").split():
        first, _, last = span.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)


def printable(text: str) -> str:
    """Give the text in composed form, on one line, with a box for what has no glyph.

    Invisible format characters are dropped: one that reverses the writing direction could make
    an amount read as another.
    """
    shown = covered()
    if text.isascii() and text.isprintable():
        return text
    kept = (
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character
        for character in unicodedata.normalize("NFC", text)
        if unicodedata.category(character) != "Cf"
    )
    return "".join(character if ord(character) in shown else MISSING for character in kept).strip()


def breakable(text: str) -> str:
    """Make text printable and let long unbroken numbers and codes wrap in a narrow column."""
    return UNBROKEN.sub(_with_breaks, printable(text))


def _with_breaks(match: re.Match[str]) -> str:
    parts = SEPARATORS.split(match.group())
    return BREAK.join(
        BREAK.join(
            part[start : start + LONGEST_UNBROKEN]
            for start in range(0, len(part), LONGEST_UNBROKEN)
        )
        for part in parts
    )
