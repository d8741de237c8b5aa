"""Field contents of GDV records as values: dates, amounts, signs."""

from datetime import date
from decimal import Decimal

from pool_module.incoming.formats.gdv.model import PartialDate


class UnreadableError(ValueError):
    """The characters of a field are not what its type allows."""


def read_day(text: str) -> PartialDate | None:
    """Read TTMMJJJJ; blank and zeros are None, a part of zeros is unknown.

    Raises:
        UnreadableError: no such day.
    """
    stripped = text.strip()
    if not stripped.strip("0"):
        return None
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise UnreadableError(text)
    day, month, year = int(text[:2]), int(text[2:4]), int(text[4:])
    found = PartialDate(year or None, month or None, day or None)
    try:
        date(year or 2000, month or 1, day or 1)  # 2000: a leap year, 29.02. without a year stands
    except ValueError:
        raise UnreadableError(text) from None
    return found


def read_amount(text: str, decimals: int) -> Decimal | None:
    """Read digits with so many decimals and no point; blank is unknown, not 0.

    Raises:
        UnreadableError: other characters than digits.
    """
    digits = text.strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit()):
        raise UnreadableError(text)
    return Decimal(int(digits)).scaleb(-decimals)
