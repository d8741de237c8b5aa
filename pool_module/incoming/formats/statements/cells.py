"""Cells of a table as values: money, rates, days, numbers of contracts."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final, TypeAlias

from pool_module.incoming.formats.statements.model import RateUnit
from shared.money import CENT, round_cents

Cell: TypeAlias = str | Decimal | date | None
"""CSV gives text; XLSX gives text, numbers (exact, as shown with 15 digits) and days."""

_SIGNS: Final = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-"})
_SPACES: Final = re.compile(r"[\s\u00a0\u202f'\u2019]|EUR|€", re.IGNORECASE)
_THOUSANDS_POINT: Final = re.compile(r"-?\d{1,3}(\.\d{3})+")
_DOUBTFUL: Final = re.compile(r"-?[1-9]\d{0,2},\d{3}")
_RATE: Final = re.compile(
    r"(?P<prefix>[A-Za-z]{1,4}\s+)?(?P<number>[-+]?[\d.,]+)\s*"
    r"(?P<unit>%|‰|v\.\s?H\.|v\.\s?T\.|Prozent|Promille)?",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"[-+]?[0-9.,]{1,30}")
_LARGEST: Final = Decimal(10) ** 13
_PER_MILLE: Final = frozenset({"‰", "v.t.", "promille"})
_DAY_FORMS: Final = (
    (re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(\D.*)?"), 0),
    (re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{2})"), 2000),
    (re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(\D.*)?"), 0),
    (re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"), 0),
)
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_EXCEL_DAYS: Final = range(20_000, 80_000)


class UnreadableError(ValueError):
    """A cell does not hold what its column should."""


def as_text(cell: Cell) -> str:
    """Give a cell as it is shown: whole numbers without point or exponent."""
    match cell:
        case None:
            return ""
        case str():
            return cell.strip()
        case Decimal():
            whole = cell == cell.to_integral_value()
            return f"{cell.to_integral_value() if whole else cell:f}"
        case date():
            return cell.isoformat()


def _number(text: str) -> Decimal:
    """Read a number with decimal comma or point; of both, the last is the decimal sign."""
    if "," in text and "." in text:
        thousands = "." if text.rfind(",") > text.rfind(".") else ","
        text = text.replace(thousands, "")
    elif text.count(",") > 1:
        text = text.replace(",", "")
    if not _DIGITS.fullmatch(text):
        raise UnreadableError(text)
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise UnreadableError(text) from None


def read_money(cell: Cell) -> Decimal | None:
    """Read an amount; blank is None. More than two decimals are rounded to the cent.

    Takes ``1.234,56``, ``1,234.56``, ``-80,00``, ``80,00-``, ``(80,00)``, ``EUR`` and ``€``.
    ``1.234`` is one thousand …; ``1,234`` could be either and is refused.

    Raises:
        UnreadableError: no amount.
    """
    if isinstance(cell, Decimal):
        return to_cents(cell)
    if isinstance(cell, date):
        raise UnreadableError(cell.isoformat())
    text = _SPACES.sub("", (cell or "").translate(_SIGNS))
    if not text or text == "-":
        return None
    return to_cents(_money_number(_leading_minus(text)))


def to_cents(number: Decimal) -> Decimal:
    """Round to the cent, halves away from zero.

    Raises:
        UnreadableError: larger than any amount of money here.
    """
    if abs(number) > _LARGEST:
        raise UnreadableError(str(number))
    return round_cents(Fraction(number)) if number else Decimal(0).quantize(CENT)


def _leading_minus(text: str) -> str:
    if text.startswith("(") and text.endswith(")"):
        return f"-{text[1:-1]}"
    return f"-{text[:-1]}" if text.endswith("-") else text


def _money_number(text: str) -> Decimal:
    if _DOUBTFUL.fullmatch(text):
        raise UnreadableError(text)
    if _THOUSANDS_POINT.fullmatch(text):
        text = text.replace(".", "")
    return _number(text)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as written: its number, the unit where the text has one, the kind before it."""

    value: Decimal
    unit: RateUnit | None
    kind_code: str


def read_rate(cell: Cell) -> Rate | None:
    """Read a rate: ``BP 1.86 %``, ``35 ‰``, ``AP 0.9``, ``0,0186``; blank is None.

    Raises:
        UnreadableError: no rate.
    """
    if isinstance(cell, Decimal):
        return Rate(cell, None, "")
    if isinstance(cell, date):
        raise UnreadableError(cell.isoformat())
    text = (cell or "").strip().translate(_SIGNS)
    if not text:
        return None
    found = _RATE.fullmatch(text)
    if not found:
        raise UnreadableError(text)
    unit = (found["unit"] or "").lower().replace(" ", "")
    return Rate(
        value=_number(found["number"]),
        unit=(RateUnit.PER_MILLE if unit in _PER_MILLE else RateUnit.PERCENT) if unit else None,
        kind_code=(found["prefix"] or "").strip(),
    )


def read_day(cell: Cell) -> date | None:
    """Read a day: TT.MM.JJJJ, TT.MM.JJ, ISO with or without a time, JJJJMMTT, Excel's number.

    Blank and zeros (``0000-00-00``) are None.

    Raises:
        UnreadableError: no day.
    """
    if isinstance(cell, date):
        return cell
    text = as_text(cell)
    if not re.sub(r"[0\s.:/-]", "", text):
        return None
    if text.isdecimal() and int(text) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    for form, century in _DAY_FORMS:
        if found := form.fullmatch(text):
            return _day(int(found["y"]) + century, int(found["m"]), int(found["d"]))
    raise UnreadableError(text)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadableError(f"{year}-{month}-{day}") from error
