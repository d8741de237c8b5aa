"""The search over everything a person may see, and the commands of the menu."""

from typing import Final

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.crm.queries.clearance import foreign_hits
from pool_module.overview.queries.search import MOST, Hit, search
from pool_module.overview.rules.asking import Asked, asked, marked
from portal_intranet.navigation import COMMANDS, MENU
from shared import clock
from shared.db import actor_of
from shared.permissions import Permission
from shared.web import formats
from shared.web.access import reaches, requires
from shared.web.database import db
from shared.web.htmx import render
from shared.web.navigation import allowed, menu
from shared.web.palette import Shelf, Shown, Text, commands

blueprint = Blueprint("search", __name__, template_folder="../templates")

# kind of hit: who sees it, its title, where it leads, its symbol
KINDS: Final[dict[str, tuple[Permission, Text, str, str]]] = {
    "producer": (Permission.HIERARCHY_READ, _("Producers"), "producers.show", "user"),
    "contract": (Permission.CONTRACTS_READ, _("Contracts"), "contracts.show", "files"),
    "customer": (Permission.CUSTOMERS_READ, _("Customers"), "customers.show", "users"),
    "application": (
        Permission.APPLICATIONS_READ, _("Applications"), "applications.show", "file-certificate",
    ),
    "insurer": (Permission.PRODUCTS_READ, _("Insurers"), "insurers.show", "building"),
    "product": (Permission.PRODUCTS_READ, _("Products"), "products.show", "package"),
    "statement": (Permission.STATEMENTS_READ, _("Statements"), "statements.show", "receipt"),
    "line": (Permission.STATEMENTS_READ, _("Statement lines"), "statements.show", "receipt"),
}  # fmt: skip


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
        if permission in may
        and endpoint in current_app.view_functions
        and (kind == "line" or reaches(endpoint))  # a line is of an organisation, and says why
    }
    found = search(db.session(), wanted, kinds=open_kinds, today=clock.today(g.viewer.time_zone))
    shelves = [
        Shelf(kind, KINDS[kind][1], [_shown(hit, wanted.words) for hit in hits])
        for kind, hits in found.items()
    ]
    shelves += _elsewhere(wanted)
    if "command" in wanted.kinds and (wanted.words or len(wanted.kinds) == 1):
        told = commands(wanted.text, menu(MENU), allowed(COMMANDS))
        shelves += [Shelf("command", _("Commands"), told)] if told else []
    return render(
        "kit/search.html", fragments={"palette-hits": "hits"}, query=query, shelves=shelves,
        short=wanted.is_empty,
    )  # fmt: skip


def _elsewhere(wanted: Asked) -> list[Shelf]:
    """Customers of other organisations, for who may clear: a name that can't be opened."""
    asks = Permission.CLEARANCE in g.viewer.permissions and g.viewer.places
    if not asks or not wanted.words or "customer" not in wanted.kinds:
        return []
    session = db.session()
    hits = foreign_hits(session, actor_of(session), wanted.text).rows[:MOST]
    shown = [
        Shown(
            id=f"clearance-{hit.id}",
            href=url_for("clearance.process", id=hit.id),
            pieces=marked(hit.name, wanted.words),
            sub=gettext("restricted: customer of another organisation"),
            icon="lock",
        )
        for hit in hits
    ]
    return [Shelf("clearance", _("Clearance"), shown)] if shown else []


def _shown(hit: Hit, words: tuple[str, ...]) -> Shown:
    _permission, _title, endpoint, icon = KINDS[hit.kind]
    return Shown(
        id=f"{hit.kind}-{hit.id}",
        href=_href(endpoint, hit),
        pieces=marked(hit.name, words),
        sub=" · ".join(hit.details),
        icon=icon,
        figure=formats.money(hit.amount, hit.currency) if hit.currency else "",
    )


def _href(endpoint: str, hit: Hit) -> str:
    """An amount leads to its explanation, anything else to its record."""
    if hit.kind == "line":
        return url_for("statements.why", id=hit.parent_id, line=hit.id)
    return url_for(endpoint, id=hit.id)
