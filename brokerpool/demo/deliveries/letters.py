"""Names for files whose alphabet is Western European."""

import unicodedata
from typing import Final

DOTLESS: Final = "\N{LATIN SMALL LETTER DOTLESS I}"
WRITTEN: Final = {"Ł": "L", "ł": "l", DOTLESS: "i", "–": "-"}


def fit(text: str, length: int) -> str:
    """A text in letters ISO-8859-1 has, cut to a field's length."""
    letters = []
    for letter in text:
        plain = WRITTEN.get(letter, letter)
        western = plain if ord(plain) <= 0xFF else unicodedata.normalize("NFKD", plain)[0]
        letters.append(western)
    return "".join(letters)[:length].strip()
