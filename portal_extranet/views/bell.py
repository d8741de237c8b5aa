"""The bell: what happened that concerns the reader."""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from shared import workplace
from shared.permissions import Permission
from shared.web import bell
from shared.web.access import requires
from shared.web.database import db
from shared.web.htmx import render

blueprint = Blueprint("bell", __name__)


@blueprint.get("/bell")
@requires(Permission.START)
def index() -> Response:
    """Show the latest notices; from now on they have been seen."""
    session = db.session()
    found = bell.shown(session, g.viewer.permissions, g.viewer.bell_seen_at)
    workplace.seen(session)
    return render("kit/bell.html", notices=found, unread=0)
