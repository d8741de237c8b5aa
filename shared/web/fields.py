"""Form fields that read what people type: days, money and rates as their language writes them.

What can't be read is said at the field and shown again as it was typed.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from flask import g
from flask_babel import gettext
from typing_extensions import override
from wtforms import StringField
from wtforms.widgets import TextInput

from shared import clock
from shared.figures import MINUS, NO_BREAK
from shared.web import formats

DOTTED: Final = re.compile(r"(\d{1,2})[./ ](\d{1,2})[./ ](\d{2}|\d{4})")
SPACES: Final = str.maketrans("", "", f" {NO_BREAK}\u202f\u2009")
# a comma before one or two (money) or more digits at the end is the decimal comma
GROUPED: Final = re.compile(r"[+-]?\d{1,3}([.,'])\d{3}(\1\d{3})*(?!\d)")


def today() -> date:
    """The pool's day."""
    return clock.today(g.viewer.time_zone)


def read_version(sent: str | int | None) -> int:
    """The version of a record that a form carries along; of what is none 0, which no record has.

    A form that was sent without its version has the record's own, a number.
    """
    text = str(sent or "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def read_number(text: str) -> Decimal:
    """Read ``1.234,56``, ``1,234.56``, ``1234.5``, ``−12`` exactly.

    Raises:
        ValueError: it is no number.
    """
    plain = text.translate(SPACES).replace(MINUS, "-").replace("'", "")
    dot, comma = plain.rfind("."), plain.rfind(",")
    if dot >= 0 and comma >= 0:
        plain = plain.replace("." if comma > dot else ",", "")
    elif plain.count(",") > 1 or plain.count(".") > 1:
        plain = plain.replace(",", "").replace(".", "")
    elif (
        (lone := max(dot, comma)) >= 0
        and len(plain) - lone == 4
        and formats.figures().amount(Decimal(1000))[1] == plain[lone]
    ):
        # 1.234 is a thousand to a German, 1,234 to an Englishman
        plain = plain[:lone] + plain[lone + 1 :]
    try:
        return Decimal(plain.replace(",", "."))
    except InvalidOperation:
        raise ValueError(text) from None


class Typed(StringField):  # type: ignore[misc]  # it ships no types
    """A field that keeps what was typed beside what it means."""

    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = self.read(text)
            except (ValueError, ArithmeticError):
                raise ValueError(self.problem()) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def read(self, text: str) -> Any:
        """What a text means."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """How a value is typed."""
        raise NotImplementedError

    def problem(self) -> str:
        """What to say of a text that means nothing."""
        raise NotImplementedError


class DayField(Typed):
    """A day: ``1.10.2026``, ``01.10.26``, ``2026-10-01``, or ``+14`` days from today."""

    @override
    def read(self, text: str) -> date:
        if re.fullmatch(r"[+-]\d{1,4}", text):
            return today() + timedelta(days=int(text))
        if found := DOTTED.fullmatch(text):
            day, month, year = (int(part) for part in found.groups())
            return date(year + 2000 if year < 100 else year, month, day)
        return date.fromisoformat(text)

    @override
    def write(self, value: date) -> str:
        return f"{value:%d.%m.%Y}"

    @override
    def problem(self) -> str:
        return gettext("Type a day like 01.10.2026.")


class MoneyField(Typed):
    """An amount with at most two decimals."""

    @override
    def read(self, text: str) -> Decimal:
        value = read_number(text.rstrip("€₴ "))
        if value != value.quantize(Decimal("0.01")) or abs(value) >= 10**12:
            raise ValueError(text)
        return value.quantize(Decimal("0.01"))

    @override
    def write(self, value: Decimal) -> str:
        return formats.figures().amount(value)

    @override
    def problem(self) -> str:
        return gettext("Type an amount with at most two decimals, e.g. %(example)s.",
                       example=formats.figures().amount(Decimal("1234.56")))  # fmt: skip


class RateField(Typed):
    """A rate: ``22,5 %`` or ``40 ‰``; without a sign it is per cent. Data is the fraction."""

    @override
    def read(self, text: str) -> Decimal:
        divisor = 1000 if "‰" in text else 100
        value = read_number(text.translate(str.maketrans("", "", "%‰"))) / divisor
        if value != value.quantize(Decimal("0.00000001")):
            raise ValueError(text)
        return value

    @override
    def write(self, value: Decimal) -> str:
        return formats.figures().percent(value)

    @override
    def problem(self) -> str:
        return gettext("Type a rate like %(percent)s or %(permille)s.",
                       percent=formats.rate(Decimal("0.225")),
                       permille=formats.permille(Decimal("0.04")))  # fmt: skip


class ShareField(RateField):
    """A share in per cent with at most four decimals."""

    @override
    def problem(self) -> str:
        return gettext("Type a share in per cent, e.g. %(example)s.",
                       example=formats.rate(Decimal("0.333333")))  # fmt: skip


class NumberField(Typed):
    """A number with decimals."""

    @override
    def read(self, text: str) -> Decimal:
        return read_number(text)

    @override
    def write(self, value: Decimal) -> str:
        return formats.units(value)

    @override
    def problem(self) -> str:
        return gettext("Type a number.")


__all__ = [
    "DayField", "MoneyField", "NumberField", "RateField", "ShareField", "Typed",
    "read_number", "today",
]  # fmt: skip
