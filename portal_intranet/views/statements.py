"""Statements of all payees: the list, one with its lines and papers, and why each amount is."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, g, url_for
from flask_babel import lazy_gettext as _

from pool_module.payouts.queries.register import items_of_statement
from pool_module.settlement.operations import looking
from pool_module.settlement.operations.why import why_entry, why_line
from pool_module.settlement.queries import statements as queries
from pool_module.settlement.rules.why import Key, Why
from shared import clock
from shared.db import actor_of
from shared.permissions import Permission
from shared.vocabulary import Kind
from shared.web import lists
from shared.web.access import past_the_wall, reaches, requires, whole_pool
from shared.web.database import db
from shared.web.files import attachment
from shared.web.htmx import render
from shared.web.lists import Ask, Spec, View

blueprint = Blueprint("statements", __name__, template_folder="../templates")

STATEMENTS = Spec(
    title=_("Statements"),
    template="statements/index.html",
    labels={
        "payee": _("Payee"),
        "number": _("Statement"),
        "period": _("Month"),
        "currency": _("Currency"),
        "opening": _("Opening balance"),
        "entries": _("Commission"),
        "adjustments": _("Adjustments"),
        "withheld": _("Tax withheld"),
        "payout": _("Payout"),
        "closing": _("Balance"),
        "reserve_closing": _("Reserve"),
        "on_hold": _("On hold"),
        "issued": _("Issued"),
        "issue_date": _("Issue date"),
    },
    shown=("payee", "number", "period", "entries", "payout", "closing", "on_hold", "issued"),
    sort="-period",
    asks={
        "payee": Ask(_("Payee"), hint=_("Beginning of the name")),
        "period": Ask(_("Period")),
        "payout": Ask(_("Payout")),
        "closing": Ask(_("Balance")),
        "on_hold": Ask(_("On hold")),
    },
    views=(
        View("all", _("All")),
        View("hold", _("On hold"), "on_hold=yes"),
        View("negative", _("Negative balance"), "closing.until=-0.01"),
    ),
    cells="statements/list_cells.html",
    narrow=("number", "entries", "issued"),
    search="payee",
    empty=(_("No statement yet"), _("They are written when a period is closed.")),
)
LINES = Spec(
    title=_("Lines"),
    template="statements/show.html",
    labels={
        "position": _("No."),
        "contract": _("Contract"),
        "holder": _("Customer"),
        "product": _("Product"),
        "insurer": _("Insurer"),
        "kind": _("Kind"),
        "effective": _("Effective"),
        "producer": _("Producer"),
        "level": _("Level"),
        "rate": _("Rate"),
        "amount": _("Commission"),
        "reserve": _("Of it reserve"),
        "payable": _("Credited"),
    },
    shown=("contract", "holder", "product", "kind", "producer", "amount", "reserve", "payable"),
    sort="position",
    asks={
        "kind": Ask(_("Kind"), codes=Kind),
        "payable": Ask(_("Credited")),
        "own_sale": Ask(_("Own sale")),
    },
    codes={"kind": Kind},
    cells="statements/cells.html",
    narrow=("product", "kind", "producer", "amount", "reserve"),
    saves=False,
    opens=lambda row: _why(row.statement_id, row.id),
    empty=(_("No lines of this period"), _("There may be corrections of earlier ones below.")),
)


@blueprint.get("/statements")
@requires(Permission.STATEMENTS_READ)
@whole_pool
def index() -> Response:
    """List the statements."""
    return lists.respond(STATEMENTS, queries.statement_list(db.session()))


@blueprint.get("/statements/<int:id>")
@requires(Permission.STATEMENTS_READ)
@whole_pool
def show(id: int) -> Response:  # noqa: A002  -- the name in the address
    """Show a statement with its lines."""
    session = db.session()
    actor = actor_of(session)
    page = looking.statement_page(session, actor, id, _today())
    listing = queries.line_list(session, id, corrections=False)
    return lists.respond(LINES, listing, page=page, items=items_of_statement(session, actor, id))


@blueprint.get("/statements/<int:id>/<any(statement, csv, act):kind>")
@requires(Permission.STATEMENTS_READ)
@whole_pool
def paper(id: int, kind: str) -> Response:  # noqa: A002
    """Hand out a paper as it was issued, byte by byte."""
    session = db.session()
    root = current_app.config["STORAGE_DIR"]
    found, content = looking.open_paper(session, actor_of(session), root, id, kind)
    return attachment(content, found.file_name, found.media_type)


@blueprint.get("/statements/<int:id>/lines/<int:line>/why")
@requires(Permission.STATEMENTS_READ)
@past_the_wall
def why(id: int, line: int) -> Response:  # noqa: A002
    """Say why a line is what it is, in the drawer or as a page."""
    session = db.session()
    found = why_line(session, actor_of(session), id, line, _today())
    if reaches("statements.show"):
        return _explained(found, url_for("statements.show", id=id))
    return _explained(found, url_for("contracts.show", id=found.entry.contract_id))


@blueprint.get("/runs/<int:run>/events/<int:event>/producers/<int:producer>/why")
@requires(Permission.SETTLEMENT_READ)
@past_the_wall
def why_of_entry(run: int, event: int, producer: int) -> Response:
    """Say why an entry of the books, or of a draft, is what it is."""
    session = db.session()
    found = why_entry(session, actor_of(session), Key(run, event, producer), _today())
    return _explained(found, url_for("runs.show", id=run))


def _explained(found: Why, back: str) -> Response:
    links: dict[str, Any] = {"contract": _link("contracts.show", id=found.entry.contract_id)}
    if found.source and found.source.delivery_id:
        links["source"] = _link("deliveries.show", id=found.source.delivery_id)
    if found.rule:
        links["rule"] = _link("rates.show", id=found.rule.id)
    fragments = {"drawer": "aside"}
    return render("statements/why.html", fragments=fragments, found=found, links=links, back=back)


def _link(endpoint: str, **values: Any) -> str | None:
    """An address in a room that may not be there."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def _why(statement_id: int, line_id: int) -> str:
    return url_for("statements.why", id=statement_id, line=line_id)


def _today() -> date:
    return clock.today(g.viewer.time_zone)
