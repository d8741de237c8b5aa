"""An amount of money in Ukrainian words, as acts and payment papers want it.

``num2words`` gives the cardinal; what it gets wrong is mended here: the apostrophe is the
typographic one, and євро is neuter (одне євро, not один євро). Kopiyky stay figures, as is the
custom: «Двадцять одна гривня 05 копійок».
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from num2words import num2words

from shared.money import CENT

Gender = Literal["feminine", "masculine", "neuter"]
Forms = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class CurrencyWords:
    """Names of a currency for 1, 2–4 and 5 or more, and its gender."""

    unit: Forms
    cent: Forms
    gender: Gender


CURRENCIES: Final = {
    "UAH": CurrencyWords(
        ("гривня", "гривні", "гривень"), ("копійка", "копійки", "копійок"), "feminine"
    ),
    "EUR": CurrencyWords(("євро", "євро", "євро"), ("цент", "центи", "центів"), "neuter"),
    "USD": CurrencyWords(
        ("долар США", "долари США", "доларів США"), ("цент", "центи", "центів"), "masculine"
    ),
}


def amount_in_words(amount: Decimal, currency: str) -> str:
    """Write an amount of at most two decimals (≥ 0) in words.

    Raises:
        ValueError: negative, finer than a cent, or a currency without words.
    """
    if amount < 0 or amount != amount.quantize(CENT):
        raise ValueError(f"not an amount for words: {amount}")
    if currency not in CURRENCIES:
        raise ValueError(f"no words for currency {currency!r}")
    words = CURRENCIES[currency]
    units, cents = divmod(int(amount * 100), 100)
    cardinal = _cardinal(units, words.gender)
    text = f"{cardinal} {_form(units, words.unit)} {cents:02d} {_form(cents, words.cent)}"
    return text[0].upper() + text[1:]


def _cardinal(number: int, gender: Gender) -> str:
    spoken = "feminine" if gender == "feminine" else "masculine"
    text = str(num2words(number, lang="uk", gender=spoken)).replace("'", "’")
    if gender == "neuter" and number % 10 == 1 and number % 100 != 11:
        text = text.removesuffix("один") + "одне"
    return text


def _form(number: int, forms: Forms) -> str:
    """Choose the plural form: 1, 21 … / 2–4, 22–24 … / the rest, 11–14 included."""
    if number % 100 in range(11, 15):
        return forms[2]
    if number % 10 == 1:
        return forms[0]
    return forms[1] if number % 10 in {2, 3, 4} else forms[2]
