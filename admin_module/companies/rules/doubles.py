"""When two companies can be the same one: pure.

What is one company's alone (the number of the register of intermediaries, sec. 11a GewO; the
Ukrainian code of a company or a taxpayer) is refused a second time while its owner works with the
pool. A VAT ID can stand on the papers of several companies of one VAT group (sec. 2(2) no. 2 UStG),
and names are no company's own: there somebody says that it is another one.
"""

from collections.abc import Mapping
from typing import Final

from admin_module.companies.errors import Known

UNIQUE: Final = ("register_number", "national_id")
SHARED: Final = ("vat_id",)


def name_key(name: str) -> str:
    """A name as people compare it: “Kontor G.m.b.H.” is “KONTOR  GmbH”."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def shares(known: Known, numbers: Mapping[str, str], fields: tuple[str, ...]) -> tuple[str, ...]:
    """In which fields a company has the same number."""
    return tuple(f for f in fields if numbers.get(f) and known.numbers.get(f) == numbers[f])
