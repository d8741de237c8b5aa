"""Single values of a scenario file: from JSON to exact numbers, days, words.

Every reader takes a raw JSON value and returns it typed, or raises ValueError saying why not.
Limits the settlement rules do not name keep what is read within what the database stores.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from shared.money import exact

Word = TypeVar("Word", bound=StrEnum)

ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NUMBER: Final = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)
CURRENCY: Final = re.compile(r"[A-Z]{3}")
LONGEST_CODE: Final = 200
LONGEST_TEXT: Final = 1000
MOST_MONTHS: Final = 1200
LAST_YEAR: Final = 2999
WHOLE_DIGITS: Final = 12


def text(raw: object, longest: int = LONGEST_TEXT) -> str:
    """Read a text the database can store."""
    if not isinstance(raw, str):
        raise ValueError(f"not a text: {raw!r}")  # noqa: TRY004  -- one class for callers
    if len(raw) > longest:
        raise ValueError(f"longer than {longest} characters")
    if any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in raw):
        raise ValueError("not storable as text")
    return raw


def code(raw: object) -> str:
    """Read a code: a printable text that is not empty."""
    value = text(raw, LONGEST_CODE)
    if not value.strip() or not value.isprintable():
        raise ValueError(f"not a code: {value!r}")
    return value


def flag(raw: object) -> bool:
    """Read true or false."""
    if not isinstance(raw, bool):
        raise ValueError(f"neither true nor false: {raw!r}")  # noqa: TRY004
    return raw


def any_day(raw: object) -> date:
    """Read a day written YYYY-MM-DD, as late as a calendar goes: the end of a stretch."""
    if not isinstance(raw, str) or not ISO_DAY.fullmatch(raw):
        raise ValueError(f"not a day written YYYY-MM-DD: {raw!r}")
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise ValueError(f"no such day: {raw}") from None


def day(raw: object) -> date:
    """Read a day that months can be added to."""
    value = any_day(raw)
    if value.year > LAST_YEAR:
        raise ValueError(f"after {LAST_YEAR}: {raw}")
    return value


def months(raw: object) -> int:
    """Read a number of months."""
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError(f"not a whole number of months: {raw!r}")  # noqa: TRY004
    if not 0 <= raw <= MOST_MONTHS:
        raise ValueError(f"not 0 to {MOST_MONTHS} months: {raw}")
    return raw


def word(words: type[Word]) -> Callable[[object], Word]:
    """Make a reader of a word out of a fixed set."""

    def read(raw: object) -> Word:
        if not isinstance(raw, str) or raw not in set(words):
            raise ValueError(f"not one of {', '.join(words)}: {raw!r}")
        return words(raw)

    return read


def _number(raw: object, places: int) -> Decimal:
    """Read a JSON number, or a text that writes one plainly."""
    if isinstance(raw, str) and not NUMBER.fullmatch(raw):
        raise ValueError(f"not a number: {raw!r}")
    value = exact(raw, places)
    if value and value.adjusted() >= WHOLE_DIGITS:
        raise ValueError(f"more than {WHOLE_DIGITS} digits: {raw!r}")
    return value or Decimal(0)  # never a negative zero


def amount(raw: object) -> Decimal:
    """Read an amount: 2 decimals at most."""
    return _number(raw, 2)


def units(raw: object) -> Decimal:
    """Read units: 4 decimals at most."""
    return _number(raw, 4)


def rate(raw: object) -> Decimal:
    """Read a rate: 8 decimals at most, not negative."""
    value = _number(raw, 8)
    if value < 0:
        raise ValueError(f"negative: {raw!r}")
    return value


def _part(raw: object, places: int) -> Decimal:
    value = _number(raw, places)
    if not 0 <= value <= 1:
        raise ValueError(f"not 0 to 1: {raw!r}")
    return value


def part(raw: object) -> Decimal:
    """Read a rate that takes a part of the whole: 8 decimals at most, 0 to 1."""
    return _part(raw, 8)


def factor(raw: object) -> Decimal:
    """Read a share or an in-force factor: 6 decimals at most, 0 to 1."""
    return _part(raw, 6)


def currency(raw: object) -> str:
    """Read a currency by its three letters."""
    if not isinstance(raw, str) or not CURRENCY.fullmatch(raw):
        raise ValueError(f"not a currency of three capital letters: {raw!r}")
    return raw
