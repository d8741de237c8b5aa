"""Figures of runs as lists: where every number of the start page leads."""

from typing import Any

from flask import Blueprint, abort, current_app, g, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.overview.queries import figures
from shared.permissions import Permission
from shared.vocabulary import Kind
from shared.web import lists
from shared.web.access import past_the_wall, requires
from shared.web.database import db
from shared.web.lists import Ask, Spec

blueprint = Blueprint("figures", __name__, template_folder="../templates")


def _line_choices() -> list[tuple[str, str]]:
    language = str(get_locale())
    names = figures.line_names(db.session())
    return sorted(((str(i), n[language]) for i, n in names.items()), key=lambda pair: pair[1])


CURRENCIES = (("EUR", "EUR"), ("UAH", "UAH"))
ASKS = {
    "line": Ask(_("Line of business"), choices=_line_choices),
    "kind": Ask(_("Kind"), codes=Kind),
    "currency": Ask(_("Currency"), choices=lambda: CURRENCIES),
}
EVENT_LABELS = {
    "number": _("Contract"),
    "holder": _("Customer"),
    "product": _("Product"),
    "kind": _("Kind"),
    "effective": _("Effective"),
    "due": _("Due"),
}
MONEY = {
    "received": _("From insurers"),
    "payable": _("To producers"),
    "margin": _("Pool margin"),
    "currency": _("Currency"),
}


def _to_entries(row: Any) -> str:
    return url_for(
        "figures.entries", run_id=row.run_id, product=row.product_id, kind=row.kind_code,
        currency=row.currency,
    )  # fmt: skip


def _to_contract(row: Any) -> str:
    return _address("contracts.show", row.contract_id)


def _to_producer(row: Any) -> str:
    return _address("producers.show", row.producer_id)


def _address(endpoint: str, number: int) -> str:
    """A record's address; empty where its room is not open."""
    return url_for(endpoint, id=number) if endpoint in current_app.view_functions else ""


FIGURES = Spec(
    title=_("Figures by product"),
    template="figures/index.html",
    labels={
        "through": _("Period until"), "insurer": _("Insurer"), "line": _("Line of business"),
        "product": _("Product"), "kind": _("Kind"), **MONEY, "events": _("Cases"),
    },
    shown=(
        "product", "insurer", "kind", "through", "events", "received", "payable", "margin",
    ),
    sort="-received",
    asks={"through": Ask(_("Period until")), **ASKS},
    codes={"kind": Kind},
    opens=_to_entries,
    narrow=("events", "kind", "insurer"),
    saves=True,
    empty=(_("No figures yet"), _("They come with the first settlement run.")),
)  # fmt: skip
PRODUCERS = Spec(
    title=_("Figures by producer"),
    template="figures/index.html",
    labels={
        "through": _("Period until"), "producer": _("Producer"), "received": _("From insurers"),
        "base": _("Base"), "units": _("Units"), "credit": _("Credited with reserve"),
        "payable": _("Payable"), "reserve": _("Reserve"), "currency": _("Currency"),
        "events": _("Cases"),
    },
    shown=("producer", "through", "events", "received", "credit", "reserve"),
    sort="-credit",
    asks={"through": Ask(_("Period until")), "currency": ASKS["currency"]},
    opens=_to_producer,
    narrow=("events", "reserve"),
    empty=(_("No figures yet"), _("They come with the first settlement run.")),
)  # fmt: skip
ENTRIES = Spec(
    title=_("Entries of a run"),
    template="figures/index.html",
    labels={**EVENT_LABELS, **MONEY},
    shown=("number", "holder", "product", "kind", "due", "received", "payable", "margin"),
    sort="number",
    asks={"due": Ask(_("Due")), **ASKS},
    codes={"kind": Kind},
    opens=_to_contract,
    narrow=("due", "kind", "product"),
    saves=False,
)  # fmt: skip
EXPECTED = Spec(
    title=_("Reported by insurers"),
    template="figures/index.html",
    labels={**EVENT_LABELS, "received": _("From insurers"), "currency": _("Currency")},
    shown=("number", "holder", "product", "kind", "due", "received"),
    sort="-due",
    asks={"due": Ask(_("Due")), **ASKS},
    codes={"kind": Kind},
    opens=_to_contract,
    narrow=("kind", "product"),
    empty=(_("Nothing reported yet"), _("Import what the insurers delivered.")),
)


@blueprint.get("/figures")
@requires(Permission.SETTLEMENT_READ)
@past_the_wall
def index() -> Response:
    """What runs brought, by product and kind."""
    return lists.respond(FIGURES, figures.figure_list(db.session()))


@blueprint.get("/figures/producers")
@requires(Permission.SETTLEMENT_READ)
@past_the_wall
def producers() -> Response:
    """What runs brought each producer."""
    return lists.respond(PRODUCERS, figures.producer_list(db.session()))


@blueprint.get("/figures/runs/<int:run_id>")
@requires(Permission.SETTLEMENT_READ)
@past_the_wall
def entries(run_id: int) -> Response:
    """What a run booked, event by event."""
    if figures.find_run_name(db.session(), run_id) is None:
        abort(404)
    return lists.respond(ENTRIES, figures.entry_list(db.session(), run_id))


@blueprint.get("/figures/reported")
@requires(Permission.SETTLEMENT_READ)
@past_the_wall
def reported() -> Response:
    """What insurers have reported, settled or not."""
    assert g.viewer
    return lists.respond(EXPECTED, figures.expected_list(db.session()))
