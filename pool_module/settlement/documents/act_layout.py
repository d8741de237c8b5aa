"""An act's data as the texts its template prints: Ukrainian, with a second line on request."""

from decimal import Decimal
from typing import Any

from pool_module.settlement.documents.act_data import ActData, ActParty
from pool_module.settlement.documents.amount_in_words import amount_in_words
from pool_module.settlement.documents.letterhead import logo_layout, page_layout
from pool_module.settlement.documents.printable import breakable, printable
from pool_module.settlement.documents.statement_data import Adjustment, Entry
from pool_module.settlement.documents.wording import base_text, rate_text
from shared.figures import Figures
from shared.i18n import catalogue
from shared.vocabulary import Language

Layout = dict[str, Any]


def act_layout(data: ActData) -> Layout:
    """Give all an act prints as JSON values."""
    gettext, pgettext = catalogue("uk").gettext, catalogue("uk").pgettext
    figures = Figures("uk", data.currency)
    title = gettext("Act of services rendered no. %(number)s") % {"number": data.number}
    return {
        "page": page_layout("uk", title, data.customer.name, data.issued),
        "logo": logo_layout(data.logo, data.customer.name),
        "issuer": printable(data.customer.name),
        "title": printable(title),
        "headings": _headings("uk"),
        "second": _headings(data.second_language) if data.second_language else {},
        "second_language": data.second_language,
        "place": printable(data.place),
        "day": figures.long_day(data.issued),
        "preamble": printable(_preamble(data, figures)),
        "parties": [
            _party(str(pgettext("act of services", "Customer")), data.customer),
            _party(str(pgettext("act of services", "Performer")), data.performer),
        ],
        "service": _service(data, figures),
        "contracts": _contracts(data, figures),
        "total": figures.money(data.amount),
        "words": amount_in_words(data.amount, data.currency),
        "vat": printable(data.vat_text or ""),
        "claims": gettext(
            "The services have been rendered in full and in due quality. The parties have no "
            "claims against each other."
        ),
        "signature": gettext("signature"),
    }


def _headings(language: Language) -> dict[str, str]:
    gettext, pgettext = catalogue(language).gettext, catalogue(language).pgettext
    return {
        "title": gettext("Act of services rendered"),
        "parties": str(pgettext("act of services", "Parties")),
        "service": gettext("Content and volume of the services"),
        "contracts": gettext("List of insurance contracts"),
        "total": gettext("Total value of the services"),
        "signatures": gettext("Signatures of the parties"),
    }


def _preamble(data: ActData, figures: Figures) -> str:
    gettext = catalogue("uk").gettext
    return gettext(
        "We, the undersigned, the customer %(customer)s and the performer %(performer)s, have "
        "drawn up this act to the effect that, under agreement no. %(number)s of %(day)s, the "
        "performer rendered and the customer accepted the following services for %(period)s:"
    ) % {
        "customer": _represented(data.customer),
        "performer": _represented(data.performer),
        "number": data.agreement_number,
        "day": figures.long_day(data.agreement_date),
        "period": figures.period(data.period_from, data.period_through),
    }


def _represented(party: ActParty) -> str:
    gettext = catalogue("uk").gettext
    if party.acting_on is None:
        return party.name
    return gettext("%(name)s (acting on the basis of %(basis)s)") % {
        "name": party.name,
        "basis": party.acting_on,
    }


def _party(role: str, party: ActParty) -> Layout:
    lines = [f"{party.code_label} {party.code}", party.address, f"IBAN {party.iban}"]
    lines += [line for line in (party.bank, party.status) if line]
    return {
        "role": role,
        "name": printable(party.name),
        "lines": [printable(line) for line in lines],
        "position": printable(party.signatory_position),
        "signatory": printable(party.signatory),
    }


def _service(data: ActData, figures: Figures) -> Layout:
    gettext, pgettext = catalogue("uk").gettext, catalogue("uk").pgettext
    return {
        "columns": [
            gettext("Content of the operation"),
            str(pgettext("act of services", "Unit")),
            str(pgettext("act of services", "Volume")),
            gettext("Amount (%(currency)s)") % {"currency": figures.symbol},
        ],
        "content": printable(data.content),
        "unit": printable(data.unit),
        "quantity": figures.number(data.quantity),
        "amount": figures.amount(data.amount),
    }


def _contracts(data: ActData, figures: Figures) -> Layout:
    gettext, pgettext = catalogue("uk").gettext, catalogue("uk").pgettext
    unit = {"currency": figures.symbol}
    return {
        "columns": [
            str(pgettext("act of services", "No.")),
            str(pgettext("act of services", "Policy")),
            gettext("Insurer, product"),
            gettext("Premium or base (%(currency)s)") % unit,
            gettext("Rate"),
            gettext("Remuneration (%(currency)s)") % unit,
            gettext("Reserve (%(currency)s)") % unit,
            gettext("Amount (%(currency)s)") % unit,
        ],
        "lines": [_line(number, line, figures) for number, line in enumerate(data.lines, 1)],
        "adjustments": [
            _adjustment(number, one, figures)
            for number, one in enumerate(data.adjustments, len(data.lines) + 1)
        ],
        "total": {"label": gettext("Total"), "amount": _cell(data.amount, figures)},
    }


def _line(number: int, line: Entry, figures: Figures) -> Layout:
    return {
        "number": str(number),
        "contract": breakable(line.contract),
        "insurer": breakable(line.insurer),
        "product": breakable(line.product),
        "base": base_text(line, figures),
        "rate": rate_text(line.rate, figures),
        "remuneration": _cell(line.amount, figures),
        "reserve": figures.movement(-line.reserve),
        "amount": _cell(line.payable, figures),
    }


def _adjustment(number: int, one: Adjustment, figures: Figures) -> Layout:
    text = f"{one.text}, {figures.day(one.on)}"
    return {"number": str(number), "text": printable(text), "amount": _cell(one.amount, figures)}


def _cell(value: Decimal, figures: Figures) -> Layout:
    return {"text": figures.amount(value), "negative": value < 0}
