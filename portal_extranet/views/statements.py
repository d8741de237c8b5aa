"""Statements: the list, one with its lines, its papers, and why each amount is what it is."""

from dataclasses import replace

from flask import Blueprint, abort, current_app, g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from werkzeug.wrappers import Response

from pool_module.overview.queries import statements as queries
from pool_module.settlement.operations.why import why_line
from shared import clock, gates
from shared.db import actor_of
from shared.permissions import Permission
from shared.storage import open_stored
from shared.vocabulary import Kind, StatementState
from shared.web import lists
from shared.web.access import opens, requires
from shared.web.database import db
from shared.web.files import attachment
from shared.web.htmx import render
from shared.web.kit import next_page
from shared.web.lists import Ask, Spec, View

blueprint = Blueprint("statements", __name__, template_folder="../templates")
STATEMENTS = Spec(
    title=_("Statements"),
    template="statements/index.html",
    labels={
        "number": _("Statement"), "issue_date": _("Issued"), "entries": _("Credited"),
        "payout": _("Payout"), "closing": _("Balance"), "state": _("Status"),
    },
    shown=("number", "issue_date", "entries", "payout", "state"),
    narrow=("issue_date", "entries", "state"),
    sort="-issue_date",
    codes={"state": StatementState},
    asks={"state": Ask(_("Status"), codes=StatementState), "issue_date": Ask(_("Issued"))},
    views=(
        View("all", _("All")),
        View("paid", _("Paid out"), "state=paid"),
        View("carried", _p("statement", "Carried forward"), "state=carried_forward"),
    ),
    cells="statements/cells.html",
    saves=False,
    export=Permission.OWN_STATEMENTS,
    empty=(_("No statements yet"), _("Your first statement appears here when a month is settled.")),
)  # fmt: skip
LINES = Spec(
    title=_("Statement"),
    template="statements/show.html",
    labels={
        "holder": _("Customer"), "contract_number": _("Contract"), "product": _("Product"),
        "insurer": _("Insurer"), "kind": _("Kind"), "producer": _("Adviser"),
        "effective": _("Effective"), "reserve": _("Reserve"), "payable": _("Amount"),
    },
    shown=("holder", "product", "kind", "effective", "reserve", "payable"),
    narrow=("product", "effective", "reserve", "kind"),
    sort="position",
    codes={"kind": Kind},
    asks={
        "kind": Ask(_("Kind"), codes=Kind),
        "taken": Ask(_("Taken back")),
    },
    views=(
        View("all", _("All lines")),
        View("own", _("Own business"), "own=yes"),
        View("structure", _("Structure"), "own=no"),
        View("corrections", _("Corrections"), "correction=yes"),
    ),
    cells="statements/cells.html",
    saves=False,
    export=Permission.OWN_STATEMENTS,
    empty=(_("No lines"), _("This statement carries a balance forward and books nothing.")),
)  # fmt: skip


@blueprint.get("/statements")
@requires(Permission.OWN_STATEMENTS)
def index() -> Response:
    """List the firm's statements."""
    session = db.session()
    return lists.respond(STATEMENTS, queries.statement_list(session, actor_of(session)))


@blueprint.get("/statements/<int:statement_id>")
@requires(Permission.OWN_STATEMENTS)
def show(statement_id: int) -> Response:
    """Show a statement with its lines."""
    session = db.session()
    actor = actor_of(session)
    found = queries.get_statement(session, actor, statement_id)
    spec = replace(LINES, title=gettext("Statement %(number)s", number=found.statement.number))
    if not found.papers:
        # a job writes the lines after the close, and the papers from them: none yet says nothing
        soon = (_("The lines are being written"), _("They are here in a moment, with the PDF."))
        spec = replace(spec, empty=soon)
    listing = queries.line_list(session, actor, statement_id)
    statement = found.statement
    why = (
        gates.held(
            session, actor, company_ids=[statement.company_id], known_at=statement.recorded_at
        ).get(statement.company_id, [])
        if statement.on_hold
        else []
    )
    return lists.respond(spec, listing, found=found, held_because=why)


@blueprint.get("/statements/<int:statement_id>/papers/<kind>")
@requires(Permission.OWN_STATEMENTS)
def paper(statement_id: int, kind: str) -> Response:
    """Hand out a paper as it was issued, byte by byte."""
    session = db.session()
    found = queries.find_paper(session, actor_of(session), statement_id, kind)
    if found is None:
        abort(404)
    content = open_stored(
        current_app.config["STORAGE_DIR"], g.viewer.pool_id, found.firm_id, found.sha256
    )
    return attachment(content, found.file_name, found.media_type)


@blueprint.get("/statements/<int:statement_id>/lines/<int:line_id>/why")
@requires(Permission.OWN_STATEMENTS)
def why(statement_id: int, line_id: int) -> Response:
    """Explain a line: in the drawer beside the statement, or on a page."""
    session = db.session()
    today = clock.today(g.viewer.time_zone)
    found = why_line(session, actor_of(session), statement_id, line_id, today)
    links = {
        "statement": url_for("statements.show", statement_id=statement_id),
    }
    if opens("threads.create"):
        links["ask"] = url_for("threads.create", subject="statement_line", subject_id=line_id)
    if found.entry.own_sale:  # what others sold is not this firm's to open
        links["contract"] = url_for("contracts.show", id=found.entry.contract_id)
    here = url_for("statements.show", statement_id=statement_id)
    back = next_page(request.args.get("back", here))
    return render(
        "statements/why.html",
        fragments={"drawer": "aside"},
        found=found,
        links=links,
        close=back,
    )
