"""The bell: what happened that concerns the reader."""

from typing import Final

from flask import Blueprint, g
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from shared import workplace
from shared.permissions import Permission
from shared.web import bell
from shared.web.access import requires
from shared.web.database import db
from shared.web.htmx import render

blueprint = Blueprint("bell", __name__)
# what the rooms put into a firm's bell, translated where it is read
TOLD: Final = (
    _("A query on application %(case)s"),
    _("Application %(case)s is accepted"),
    _("Application %(case)s is rejected"),
    _("Application %(case)s is with the insurer"),
    _("The pool has answered: %(title)s"),
)


@blueprint.get("/bell")
@requires(Permission.START)
def index() -> Response:
    """Show the latest notices; from now on they have been seen."""
    session = db.session()
    found = bell.shown(session, g.viewer.permissions, g.viewer.bell_seen_at)
    workplace.seen(session)
    return render("kit/bell.html", notices=found, unread=0)
