"""The start page."""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from shared.permissions import Permission
from shared.web.access import requires
from shared.web.htmx import render

blueprint = Blueprint("home", __name__, template_folder="../templates")


@blueprint.get("/")
@requires(Permission.START)
def start() -> Response:
    """Show who is signed in, and where."""
    return render("home.html", viewer=g.viewer)
