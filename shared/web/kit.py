"""The blueprint both portals share: language, health, looks; the doors stand beside it."""

from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from shared import workplace
from shared.vocabulary import LANGUAGES
from shared.web import languages
from shared.web.access import public
from shared.web.database import db

kit = Blueprint(
    "kit", __name__, template_folder="templates", static_folder="static", static_url_path="/kit"
)
# pages of the kit one can come back to; the others are files and parts
PAGES: Final = frozenset({"kit.sign_in", "kit.forgot", "kit.link", "kit.security"})


@kit.post("/language/<code>")
@public
def switch_language(code: str) -> Response:
    """Speak another language from now on."""
    if code not in LANGUAGES:
        abort(404)
    response = redirect(next_page(), 303)
    if g.viewer is not None:
        workplace.prefer(db.session(), language=code)
    languages.keep(response, code)
    return response


@kit.get("/health")
@public
def health() -> Response:
    """Tell a watcher that the process answers."""
    return Response("ok\n", mimetype="text/plain")


def next_page(wanted: str | None = None) -> str:
    """Where to go on: a page of this portal, whatever the request says."""
    if wanted is None:  # of the form or of the address, never of whichever comes first
        wanted = (request.form if request.method == "POST" else request.args).get("next", "")
    parts = urlsplit(wanted)
    if not wanted.startswith("/") or wanted.startswith("//") or parts.netloc or "\\" in wanted:
        return "/"
    try:
        endpoint, _ = current_app.url_map.bind("").match(parts.path, method="GET")
    except (HTTPException, RequestRedirect):
        return "/"
    return wanted if not endpoint.startswith("kit.") or endpoint in PAGES else "/"
