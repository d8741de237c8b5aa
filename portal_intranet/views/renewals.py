"""Renewals: what ends or comes to its main due date, in the organisation one works in."""

from dataclasses import replace
from typing import Final

from flask import Blueprint, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.contracts.queries.renewals import FARTHEST, renewal_list
from pool_module.products.queries.insurers import insurer_names
from shared.db import actor_of
from shared.permissions import Permission
from shared.web import lists
from shared.web.access import requires
from shared.web.database import db
from shared.web.fields import today
from shared.web.lists import Ask, Spec, View

blueprint = Blueprint("renewals", __name__, template_folder="../templates")

DAYS: Final = (30, 60, 90, 180)


def _insurers() -> list[tuple[str, str]]:
    session = db.session()
    return [(str(row["id"]), row["name"]) for row in insurer_names(session, actor_of(session))]


RENEWALS = Spec(
    title=_("Renewals"),
    template="renewals/index.html",
    labels={
        "due_on": _("Due"),
        "what": _("What"),
        "number": _("Contract"),
        "holder": _("Customer"),
        "product": _("Product"),
        "insurer": _("Insurer"),
        "producer": _("Producer"),
        "begin_on": _("Begin"),
        "end_on": _("End"),
        "net_premium": _("Premium p.a."),
        "team": _("Team"),
    },
    shown=("due_on", "what", "number", "holder", "product", "producer", "net_premium"),
    sort="due_on",
    asks={
        "insurer": Ask(_("Insurer"), choices=_insurers),
        "ends": Ask(_("Term ends")),
        "within": Ask(_("Within days"), choices=lambda: [(str(n), str(n)) for n in DAYS]),
        "net_premium": Ask(_("Premium p.a.")),
    },
    opens="contracts.show",
    cells="renewals/cells.html",
    narrow=("producer", "product"),
    empty=(_("Nothing renews"), _("No contract comes to its end or main due date by then.")),
)


@blueprint.get("/renewals")
@requires(Permission.CONTRACTS_READ)
def index() -> Response:
    """Show what renews within so many days."""
    session = db.session()
    days = FARTHEST if "within" in request.args else None
    spec = replace(
        RENEWALS,
        views=(
            View("all", gettext("All")),
            View("ends", gettext("Term ends"), "ends=yes"),
            View("renews", gettext("Main due date"), "ends=no"),
        ),
    )
    listing = renewal_list(session, actor_of(session), today(), days=days)
    return lists.respond(spec, listing)
