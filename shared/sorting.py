"""Names in the order people expect.

The databases sort by code point (C.UTF-8), so a row keeps a key made when it is written: the
Unicode collation (Ä beside A, Ґ beside Г), as hexadecimal text that sorts by code point.
"""

from functools import cache
from typing import Protocol

LONGEST = 200


class _Collator(Protocol):
    def sort_key(self, string: str) -> tuple[int, ...]: ...


def sort_key(*names: str | None) -> str:
    """The key of a name by its parts, the most important first; blank parts don't count."""
    text = " ".join(part.strip() for part in names if part and part.strip())
    return "".join(f"{weight:04x}" for weight in _collator().sort_key(text[:LONGEST]))


@cache
def _collator() -> _Collator:
    from pyuca import Collator  # noqa: PLC0415  -- its table takes a tenth of a second to load

    collator: _Collator = Collator()
    return collator


def prefix_key(letters: str) -> str:
    """The beginning of the keys of all names that begin with these letters."""
    key = sort_key(letters) if letters else ""
    # the first level of the key is the letters; a zero weight ends it
    weights = [key[at : at + 4] for at in range(0, len(key), 4)]
    return "".join(weights[: weights.index("0000")] if "0000" in weights else weights)
