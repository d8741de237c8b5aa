"""The start page: what comes next, what needs me, what I can do."""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from admin_module.companies import queries as companies
from pool_module.overview.queries import desk as queries
from pool_module.overview.queries import payout, statements
from shared import clock
from shared.db import actor_of
from shared.permissions import Permission
from shared.vocabulary import IntermediaryType
from shared.web import formats
from shared.web.access import requires
from shared.web.database import db
from shared.web.htmx import render

blueprint = Blueprint("home", __name__, template_folder="../templates")


@blueprint.get("/")
@requires(Permission.START)
def start() -> Response:
    """Show the broker's day."""
    session = db.session()
    may = g.viewer.permissions
    actor = actor_of(session)
    own = companies.get_company(session, actor, g.viewer.company_id)
    hour = clock.now().astimezone(formats.zone()).hour
    return render(
        "home/start.html",
        desk=queries.desk_of(session, actor, may=may),
        left=own if g.viewer.only_reads else None,
        paid=own.intermediary_type != IntermediaryType.ADVISER,
        today=clock.today(g.viewer.time_zone),
        hour=hour,
    )


@blueprint.get("/payout")
@requires(Permission.OWN_STATEMENTS)
def coming() -> Response:
    """Show what the run in progress would book, contract by contract."""
    session = db.session()
    actor = actor_of(session)
    return render(
        "home/coming.html",
        fragments={"drawer": "aside"},
        lines=payout.draft_lines(session, actor),
        money=payout.next_payouts(session, actor),
        averaged=statements.latest_statements(session, actor),
    )
