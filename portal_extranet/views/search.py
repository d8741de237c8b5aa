"""The search over what is the broker's, and the commands of the menu."""

from typing import Any, Final

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.overview.queries.search import Hit, search
from pool_module.overview.rules.asking import asked, marked
from portal_extranet.navigation import COMMANDS, MENU
from shared import clock
from shared.permissions import Permission
from shared.web import formats
from shared.web.access import requires
from shared.web.database import db
from shared.web.htmx import render
from shared.web.navigation import allowed, menu
from shared.web.palette import Shelf, Shown, Text, commands

blueprint = Blueprint("search", __name__, template_folder="../templates")

# kind of hit: who sees it, its title, where it leads, its symbol
KINDS: Final[dict[str, tuple[Permission, Text, str, str]]] = {
    "contract": (Permission.OWN_CONTRACTS, _("Contracts"), "contracts.show", "briefcase"),
    "customer": (Permission.OWN_CUSTOMERS, _("My customers"), "own.customer", "users"),
    "application": (
        Permission.OWN_APPLICATIONS, _("Applications"), "applications.show", "file-certificate",
    ),
    "product": (Permission.OWN_PRODUCTS, _("Products"), "products.show", "package"),
    "statement": (Permission.OWN_STATEMENTS, _("Statements"), "statements.show", "receipt"),
    "line": (Permission.OWN_STATEMENTS, _("Statement lines"), "statements.show", "receipt"),
}  # fmt: skip
OWN_CONTRACT: Final = "own.contract"


@blueprint.get("/search")
@requires(Permission.START)
def index() -> Response:
    """Find what begins with what was typed."""
    query = request.args.get("q", "").strip()
    wanted = asked(query)
    may = g.viewer.permissions
    open_kinds = {
        kind
        for kind, (permission, _title, endpoint, _icon) in KINDS.items()
        if permission in may and endpoint in current_app.view_functions
    }
    found = search(db.session(), wanted, kinds=open_kinds, today=clock.today(g.viewer.time_zone))
    shelves = [
        Shelf(kind, KINDS[kind][1], [_shown(hit, wanted.words) for hit in hits])
        for kind, hits in found.items()
    ]
    if "command" in wanted.kinds and (wanted.words or len(wanted.kinds) == 1):
        told = commands(wanted.text, menu(MENU), allowed(COMMANDS))
        shelves += [Shelf("command", _("Commands"), told)] if told else []
    return render(
        "kit/search.html", fragments={"palette-hits": "hits"}, query=query, shelves=shelves,
        short=wanted.is_empty,
    )  # fmt: skip


def _shown(hit: Hit, words: tuple[str, ...]) -> Shown:
    _permission, _title, endpoint, icon = KINDS[hit.kind]
    if hit.kind == "contract" and hit.private and OWN_CONTRACT in current_app.view_functions:
        endpoint = OWN_CONTRACT
    if hit.kind == "line":  # an amount leads to its explanation
        href = url_for("statements.why", statement_id=hit.parent_id, line_id=hit.id)
    else:
        named: dict[str, Any] = {"statement_id" if hit.kind == "statement" else "id": hit.id}
        href = url_for(endpoint, **named)
    return Shown(
        id=f"{hit.kind}-{hit.id}",
        href=href,
        pieces=marked(hit.name, words),
        sub=" · ".join(hit.details),
        icon=icon,
        figure=formats.money(hit.amount, hit.currency) if hit.currency else "",
    )
