"""What papers say about a line, in the payee's language."""

from decimal import Decimal

from pool_module.settlement.documents.statement_data import Correction, Entry, Rate
from shared.figures import Figures
from shared.i18n import catalogue
from shared.vocabulary import Kind, Language, RateOf


def kind_label(kind: Kind, language: Language) -> str:
    """Name a kind of commission as the trade does."""
    gettext = catalogue(language).gettext
    labels = {
        Kind.ACQUISITION: gettext("Initial commission"),
        Kind.RECURRING: gettext("Recurring commission"),
        Kind.DYNAMIC: gettext("Commission on increase"),
        Kind.CHANGE: gettext("Commission on change"),
        Kind.EXTENSION: gettext("Extension commission"),
        Kind.FEE: gettext("Fee"),
        Kind.OTHER: gettext("Other remuneration"),
    }
    return labels[kind]


def rate_text(rate: Rate | None, figures: Figures) -> str:
    """Write a rate: ``3,5 %``, ``70 % vom Eingang``, ``12,50 € je Einheit``, ``150,00 € fest``."""
    gettext = catalogue(figures.language).gettext
    if rate is None:
        return "–"
    if rate.of is RateOf.UNIT:
        return gettext("%(amount)s per unit") % {"amount": figures.money(rate.value)}
    if rate.of is RateOf.FIXED:
        return gettext("%(amount)s fixed") % {"amount": figures.money(rate.value)}
    if rate.of is RateOf.RECEIVED:
        return gettext("%(rate)s of receipt") % {"rate": figures.percent(rate.value)}
    return figures.percent(rate.value)


def base_text(line: Entry, figures: Figures) -> str:
    """Write what the rate applies to: money without its currency, or a number of units."""
    gettext = catalogue(figures.language).gettext
    if line.base is None:
        return "–"
    if line.rate is not None and line.rate.of is RateOf.UNIT:
        return gettext("%(number)s units") % {"number": figures.number(line.base)}
    return figures.amount(line.base)


def share_text(share: Decimal, figures: Figures) -> str:
    """Write the seller's share of a contract; nothing where he has all of it."""
    gettext = catalogue(figures.language).gettext
    return "" if share == 1 else gettext("share %(share)s") % {"share": figures.percent(share)}


def role_text(line: Entry, language: Language) -> str:
    """Say why the producer is paid: he sold it, or somebody below him did."""
    gettext = catalogue(language).gettext
    if line.difference_from is None:
        return gettext("Own sale")
    if line.own_too:
        text = gettext("Own sale, and difference from %(producer)s")
    else:
        text = gettext("Difference from %(producer)s")
    return text % {"producer": line.difference_from}


def correction_text(correction: Correction, figures: Figures) -> str:
    """Say what is corrected and why (settlement: "a new entry that names its cause")."""
    gettext = catalogue(figures.language).gettext
    period = figures.period(correction.period_from, correction.period_through)
    if correction.statement_number is None:
        reference = gettext("corrects %(period)s") % {"period": period}
    else:
        reference = gettext("corrects %(period)s, statement %(number)s") % {
            "period": period,
            "number": correction.statement_number,
        }
    return f"{correction.cause} · {reference}"
