"""Numbers that identify a company, checked as they are typed and brought into one form.

Sources: ISO 13616 (IBAN); the number of the register of intermediaries (sec. 11a GewO); German VAT
identification number and tax number; Ukrainian codes of companies and taxpayers. What a country has
of its own is asked of its companies alone.
"""

import re
from collections.abc import Callable
from typing import Final

from stdnum import iban as ibans
from stdnum.de import stnr, vat
from stdnum.exceptions import ValidationError
from stdnum.ua import edrpou, rntrc

from admin_module.companies.errors import (
    CompanyCodeWrong,
    IbanWrong,
    PersonalCodeWrong,
    RegisterNumberWrong,
    TaxNumberWrong,
    UkrainianVatIdWrong,
    VatIdWrong,
)
from shared.errors import Invalid

REGISTER_NUMBER: Final = re.compile(r"D-[A-Z0-9]{4}-[A-Z0-9]{5}-[0-9]{2}")
UKRAINIAN_VAT: Final = re.compile(r"[0-9]{10}([0-9]{2})?")
LONGEST: Final = 40
FIELDS: Final = ("iban", "register_number", "vat_id", "tax_number", "national_id")


def checked(name: str, typed: str, *, country: str, natural_person: bool = False) -> str:
    """An identifier in the form it is kept in; nothing stays nothing.

    Args:
        name: one of ``FIELDS``.
        typed: as it was typed: spaces, dots and small letters don't matter.
        country: of the company.
        natural_person: whether it is a person.

    Raises:
        Invalid: with the field's name, and what is wrong.
    """
    text = " ".join(typed.split())[:LONGEST]
    if not text:
        return ""
    if name == "iban":
        return _by(ibans.validate, text, IbanWrong)
    check = _OF_COUNTRY.get((name, country))
    return check(text, natural_person) if check else text


def masked(iban: str | None) -> str:
    """An IBAN as it is shown: its ends alone."""
    return f"{iban[:4]} … {iban[-4:]}" if iban and len(iban) > 8 else (iban or "")


def spaced(iban: str) -> str:
    """An IBAN in groups of four, as people read it out."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def _by(validate: Callable[[str], str], text: str, wrong: type[Invalid]) -> str:
    try:
        return validate(text)
    except ValidationError:
        raise wrong() from None  # type: ignore[call-arg]  # each says its own sentence


def _register_number(text: str, _person: bool) -> str:  # noqa: FBT001  -- called by the table
    plain = text.replace(" ", "").upper()
    if not REGISTER_NUMBER.fullmatch(plain):
        raise RegisterNumberWrong
    return plain


def _german_vat(text: str, _person: bool) -> str:  # noqa: FBT001
    return f"DE{_by(vat.validate, text, VatIdWrong)}"


def _german_tax(text: str, _person: bool) -> str:  # noqa: FBT001
    _by(stnr.validate, text, TaxNumberWrong)
    return text


def _ukrainian_vat(text: str, _person: bool) -> str:  # noqa: FBT001
    plain = text.replace(" ", "")
    if not UKRAINIAN_VAT.fullmatch(plain):
        raise UkrainianVatIdWrong
    return plain


def _ukrainian_code(text: str, person: bool) -> str:  # noqa: FBT001
    if person:
        return _by(rntrc.validate, text, PersonalCodeWrong)
    return _by(edrpou.validate, text, CompanyCodeWrong)


_OF_COUNTRY: Final[dict[tuple[str, str], Callable[[str, bool], str]]] = {
    ("register_number", "DE"): _register_number,
    ("vat_id", "DE"): _german_vat,
    ("tax_number", "DE"): _german_tax,
    ("vat_id", "UA"): _ukrainian_vat,
    ("national_id", "UA"): _ukrainian_code,
}
