"""The start page."""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from shared.permissions import Permission
from shared.web.access import requires
from shared.web.htmx import render

home = Blueprint("home", "portal_extranet", template_folder="templates")


@home.get("/")
@requires(Permission.START)
def start() -> Response:
    """Show who is signed in, and where."""
    return render("home.html", viewer=g.viewer)
