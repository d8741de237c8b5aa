"""Why a line corrects an earlier period, as a sentence in the payee's language."""

from datetime import date
from decimal import Decimal

from shared.figures import Figures
from shared.i18n import catalogue

OTHER = "full"


def cause_text(
    cause: str | None,
    figures: Figures,
    *,
    on: date | None = None,
    factor: Decimal | None = None,
    reason: str | None = None,
) -> str:
    """Say why a line corrects an earlier one.

    Args:
        cause: the code on the line (see ``StatementLine``): a cut's, or the kind of fact.
        figures: language, and how days are written.
        on: the day of the cut.
        factor: what of the premium it leaves.
        reason: what was written down with it.
    """
    text = _of_cut(cause, figures, on, factor) or _of_fact(cause, figures)
    return f"{text} ({reason})" if reason else text


def _of_cut(
    cause: str | None, figures: Figures, on: date | None, factor: Decimal | None
) -> str | None:
    gettext = catalogue(figures.language).gettext
    if on is None:
        return None
    texts = {
        "cancelled": gettext("Cancellation as of %(day)s"),
        "reduced": gettext("Premium reduced to %(share)s as of %(day)s"),
        "void": gettext("Contract rescinded as of %(day)s"),
        "reinstated": gettext("Reinstatement: the change as of %(day)s was withdrawn"),
    }
    text = texts.get(cause or "")
    share = figures.percent(factor) if factor is not None else ""
    return text % {"day": figures.day(on), "share": share} if text else None


def _of_fact(cause: str | None, figures: Figures) -> str:
    gettext = catalogue(figures.language).gettext
    texts = {
        "agreement": gettext("Commission agreement changed"),
        "career": gettext("Career level changed"),
        "cut": gettext("In-force contract changed"),
        "cut_due": gettext("In-force contract changed"),
        "group": gettext("Commission group changed"),
        "placement": gettext("Place in the structure changed"),
        "reference": gettext("Reference dates changed"),
        "release": gettext("Cancellation reserve released"),
        "release_monthly": gettext("Cancellation reserve released"),
        "reserve": gettext("Reserve rate changed"),
        "rule": gettext("Commission rate changed"),
        "shares": gettext("Shares of the contract changed"),
        "status": gettext("Active status changed"),
        "terms": gettext("Contract data changed"),
    }
    return texts.get(cause or OTHER) or gettext("Calculated anew")
