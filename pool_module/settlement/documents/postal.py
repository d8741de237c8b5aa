"""A company of the books as it stands on paper: issuer, payee, party of an act."""

from typing import Final

from babel import Locale

from pool_module.settlement.documents.parties import BankAccount, Issuer, Logo, Payee
from shared.figures import LOCALES
from shared.i18n import catalogue
from shared.models.pools import Company, Pool
from shared.vocabulary import LANGUAGES, Language

HIDDEN: Final = "••••"
PNG: Final = b"\x89PNG"
# what a country itself calls these numbers, whatever the paper's language
TAX_LABELS: Final = {
    "DE": {"tax": "Steuernummer", "vat": "USt-IdNr.", "register": "Registernummer"},
    "UA": {"tax": "Податковий номер", "vat": "ІПН", "register": "Реєстраційний номер"},
}


def language_of(company: Company) -> Language:
    """The language a company is written to; English where we have not its own."""
    known: dict[str, Language] = {"de": "de", "uk": "uk"}
    assert set(known) < set(LANGUAGES)
    return known.get(company.language, "en")


def logo_of(image: bytes | None) -> Logo | None:
    """A company's mark, its kind told by its first bytes."""
    if image is None:
        return None
    return Logo(image=image, format="png" if image.startswith(PNG) else "svg")


def issuer_of(pool: Pool, operator: Company | None, logo: bytes | None) -> Issuer:
    """The pool company; where none is named, the pool by its name alone."""
    if operator is None:
        return Issuer(name=pool.name, address=(), logo=logo_of(logo))
    bank = (
        BankAccount(name=operator.bank_name or "", iban=grouped(operator.iban))
        if operator.iban
        else None
    )
    head = [operator.signatory_position, operator.signatory]
    return Issuer(
        name=operator.name,
        address=address_of(operator),
        tax_number=operator.tax_number or operator.national_id,
        register_number=operator.register_number,
        bank=bank,
        particulars=(": ".join(part for part in head if part),) if operator.signatory else (),
        contact=tuple(line for line in (operator.phone, operator.email) if line),
        logo=logo_of(logo),
    )


def payee_of(company: Company, operator: Company | None) -> Payee:
    """The company that is paid; its country is part of the address when it is not the issuer's."""
    address = address_of(company)
    if operator is not None and operator.country != company.country:
        address = (*address, _country(company))
    return Payee(
        number=company.code,
        name=company.name,
        address=address,
        country=company.country,
        tax_ids=_tax_ids(company),
        iban_masked=masked(company.iban) if company.iban else None,
    )


def address_of(company: Company) -> tuple[str, ...]:
    """The lines below the name."""
    town = " ".join(part for part in (company.postcode, company.city) if part)
    return tuple(line for line in (company.street, town) if line)


def national_id_label(company: Company) -> str:
    """What the register calls a company's number in Ukraine: a person's or a company's."""
    return "РНОКПП" if company.natural_person else "ЄДРПОУ"


def masked(iban: str) -> str:
    """Show an account's head and tail: ``DE89 •••• •••• 3000``."""
    sign = iban.replace(" ", "")
    return f"{sign[:4]} {HIDDEN} {HIDDEN} {sign[-4:]}"


def grouped(iban: str) -> str:
    """Write an account in groups of four, as it is read out."""
    sign = iban.replace(" ", "")
    return " ".join(sign[start : start + 4] for start in range(0, len(sign), 4))


def _tax_ids(company: Company) -> tuple[tuple[str, str], ...]:
    gettext = catalogue(language_of(company)).gettext
    fallback = {
        "tax": gettext("Tax number"),
        "vat": gettext("VAT number"),
        "register": gettext("Register number"),
    }
    labels = TAX_LABELS.get(company.country, fallback)
    ids = [
        (national_id_label(company), company.national_id if company.country == "UA" else None),
        (labels["tax"], company.tax_number),
        (labels["vat"], company.vat_id),
        (labels["register"], company.register_number),
    ]
    return tuple((label, value) for label, value in ids if value)


def _country(company: Company) -> str:
    name = Locale.parse(LOCALES[language_of(company)]).territories.get(company.country)
    return name or company.country
