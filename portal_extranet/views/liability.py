"""Reserve and liability: what I would owe if."""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from pool_module.overview.queries import liability as queries
from shared import clock
from shared.db import actor_of
from shared.permissions import Permission
from shared.web.access import requires
from shared.web.database import db
from shared.web.htmx import render

blueprint = Blueprint("liability", __name__, template_folder="../templates")


@blueprint.get("/liability")
@requires(Permission.OWN_STATEMENTS)
def index() -> Response:
    """Show what would be owed today and month by month, what covers it, and by which contract."""
    session = db.session()
    today = clock.today(g.viewer.time_zone)
    return render(
        "liability/index.html",
        today=today,
        accounts=queries.liability_of(session, actor_of(session), today),
    )
