"""The blueprint both portals share: sign in, sign out, language, health, looks."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from shared import workplace
from shared.db import accounts
from shared.vocabulary import LANGUAGES
from shared.web import languages, sessions
from shared.web.access import public
from shared.web.database import db, engine
from shared.web.forms import SignInForm
from shared.web.htmx import render
from shared.web.passwords import is_password

kit = Blueprint(
    "kit", __name__, template_folder="templates", static_folder="static", static_url_path="/kit"
)


@kit.get("/login")
@public
def sign_in() -> Response:
    """Ask who it is; who is known already goes on."""
    if g.viewer is not None:
        return redirect(next_page(), 303)
    return render("kit/sign_in.html", form=SignInForm(), next=next_page())


@kit.post("/login")
@public
def check_password() -> Response:
    """Let somebody in, or say that something of it is wrong and nothing more."""
    form = SignInForm()
    response = redirect(next_page(), 303)
    if form.validate_on_submit():
        account = _account_of(form.email.data, form.password.data)
        if account is not None and sessions.sign_in(response, account):
            return response
    return render(
        "kit/sign_in.html",
        422,
        form=form,
        next=next_page(),
        refused=gettext("E-mail or password is wrong."),
    )


@kit.post("/logout")
@public
def sign_out() -> Response:
    """End the session."""
    response = redirect(url_for("kit.sign_in"), 303)
    sessions.sign_out(response)
    return response


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


def _account_of(email: str, password: str) -> int | None:
    """Whose password it is; one is verified whether there is somebody or not."""
    found = accounts.find_credentials(engine(), email)
    fits = is_password(password, found.password_hash if found else None)
    return found.account_id if found and fits else None


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
    return "/" if endpoint.startswith("kit.") and endpoint != "kit.sign_in" else wanted
