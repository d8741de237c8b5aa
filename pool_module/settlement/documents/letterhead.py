"""What both papers share: the page's metadata, the issuer's head and foot, the address."""

from datetime import date
from typing import Any

from pool_module.settlement.documents.parties import Issuer, Logo, Payee
from pool_module.settlement.documents.printable import printable
from shared.i18n import catalogue
from shared.vocabulary import Language

Layout = dict[str, Any]
REGIONS: dict[Language, str] = {"de": "DE", "uk": "UA", "en": "GB"}


def page_layout(language: Language, title: str, author: str, issued: date) -> Layout:
    """Give the file's metadata and the words of its page numbers."""
    gettext = catalogue(language).gettext
    return {
        "language": language,
        "region": REGIONS[language],
        "title": printable(title),
        "author": printable(author),
        "date": [issued.year, issued.month, issued.day],
        # Typst counts the pages; it fills the two places.
        "numbering": gettext("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }


def logo_layout(logo: Logo | None, name: str) -> Layout | None:
    """Give a logo's bytes; Typst reads them from memory, never from a path."""
    if logo is None:
        return None
    return {"bytes": list(logo.image), "format": logo.format, "alt": printable(name)}


def issuer_layout(issuer: Issuer, language: Language) -> Layout:
    """Give the issuer's head, and his foot as columns of lines."""
    gettext = catalogue(language).gettext
    registered = []
    if issuer.tax_number:
        registered.append(gettext("Tax no. %(number)s") % {"number": issuer.tax_number})
    if issuer.register_number:
        registered.append(gettext("Register no. %(number)s") % {"number": issuer.register_number})
    bank = []
    if issuer.bank:
        bank = [issuer.bank.name, f"IBAN {issuer.bank.iban}"]
        if issuer.bank.bic:
            bank.append(f"BIC {issuer.bank.bic}")
    foot = [
        [issuer.name, *issuer.address],
        list(issuer.contact),
        [*registered, *issuer.particulars],
        bank,
    ]
    return {
        "name": printable(issuer.name),
        "logo": logo_layout(issuer.logo, issuer.name),
        "foot": [[printable(line) for line in column] for column in foot if column],
    }


def payee_layout(payee: Payee, issuer: Issuer) -> Layout:
    """Give the address block, with the sender's line a window envelope shows in Germany."""
    sender = " · ".join((issuer.name, *issuer.address))
    return {
        "address": [printable(line) for line in (payee.name, *payee.address)],
        "sender": printable(sender) if payee.country == "DE" else "",
        "name": printable(payee.name),
    }
