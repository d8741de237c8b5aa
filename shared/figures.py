"""Money, rates and days as a language writes them.

Numbers come from CLDR by babel; three things are the house's own: the true minus sign, the
currency's symbol in every language (CLDR writes EUR in Ukrainian and UAH in German), and days
with two digits so that they stand below each other in a column.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import NumberPattern, parse_pattern

from shared.periods import is_month_end
from shared.vocabulary import Language

MINUS: Final = "\N{MINUS SIGN}"
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
SYMBOLS: Final = {"EUR": "€", "UAH": "₴", "USD": "$", "GBP": "£"}
LOCALES: Final[dict[Language, str]] = {"de": "de_DE", "uk": "uk_UA", "en": "en_GB"}
SHORT_DAY: Final[dict[Language, str]] = {
    "de": "dd.MM.yyyy",
    "uk": "dd.MM.yyyy",
    "en": "dd MMM yyyy",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures in one language and one currency."""

    language: Language
    currency: str

    @property
    def symbol(self) -> str:
        """The currency's sign, or its code where it has none we print."""
        return SYMBOLS.get(self.currency, self.currency)

    def amount(self, value: Decimal) -> str:
        """Write money without its currency, which the column's head names: ``−1.234,56``."""
        return self._apply("#,##0.00", value)

    def movement(self, value: Decimal) -> str:
        """Write an amount like ``amount``, or nothing where nothing moved."""
        return self.amount(value) if value else "–"

    def money(self, value: Decimal) -> str:
        """Write money with its currency: ``1.234,56 €``, ``1 234,56 ₴``, ``€1,234.56``."""
        number = self.amount(abs(value))
        sign = MINUS if value < 0 else ""
        if self.language == "en":
            gap = NO_BREAK if self.symbol.isalpha() else ""
            return f"{sign}{self.symbol}{gap}{number}"
        return f"{sign}{number}{NO_BREAK}{self.symbol}"

    def number(self, value: Decimal) -> str:
        """Write a number with as many decimals (at most 8) as it has: units, for example."""
        return self._apply("#,##0.########", value)

    def percent(self, fraction: Decimal) -> str:
        """Write a fraction as a percentage with the decimals it has: 0.035 is ``3,5 %``."""
        gap = "" if self.language == "en" else NO_BREAK
        return f"{self._apply('#,##0.######', fraction * 100)}{gap}%"

    def day(self, day: date) -> str:
        """Write a day for a table."""
        return format_date(day, SHORT_DAY[self.language], locale=LOCALES[self.language])

    def long_day(self, day: date) -> str:
        """Write a day for a sentence or a letter's head: ``5. Oktober 2026``."""
        return format_date(day, "long", locale=LOCALES[self.language]).replace(" ", NO_BREAK)

    def period(self, first: date, last: date) -> str:
        """Name a period: a calendar month by its name, else by its first and last day."""
        if (
            first.day == 1
            and is_month_end(last)
            and (first.year, first.month)
            == (
                last.year,
                last.month,
            )
        ):
            return format_skeleton("yMMMM", last, locale=LOCALES[self.language])
        return f"{self.day(first)} – {self.day(last)}"

    def _apply(self, pattern: str, value: Decimal) -> str:
        text: str = _pattern(pattern).apply(value, _locale(self.language))
        return text.replace("-", MINUS)


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(LOCALES[language])


@cache
def _pattern(pattern: str) -> NumberPattern:
    return parse_pattern(pattern)
