"""Asking again before what matters: a proof of the last five minutes, and on with what was typed.

The question is a page with the form's fields in it. It is sent to where the form went, with the
proof; then the view does what it was asked, as if nothing had happened between.
"""

from datetime import timedelta
from typing import Final

from flask import g, redirect, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from shared import clock
from shared.db import entrance
from shared.web import factors, sessions
from shared.web.database import engine
from shared.web.htmx import render, wanted
from shared.web.passwords import is_password

FRESH: Final = timedelta(minutes=5)
LONG: Final = timedelta(minutes=30)  # of a form with files: from opening it to sending it
FIELDS: Final = ("code", "credential", "password", "username")
# of the question itself; everything else in the form is carried on
OWN: Final = "proof_"  # what the names of the question's own fields begin with
PROOF: Final = frozenset({"csrf_token", "proving", "opening", *(f"{OWN}{x}" for x in FIELDS)})


def demand(files: bool) -> Response | None:  # noqa: FBT001  -- told by the one caller
    """Ask for a proof where there is no fresh one; None: go on.

    Args:
        files: the form takes files, which no page carries on: it is asked for when the form is
            opened, and the proof is good for as long as one fills it in.
    """
    proved_at = g.viewer.stepped_up_at
    proving = request.form.get("proving") == "yes"
    lasts = LONG if files and request.method == "POST" and not proving else FRESH
    if proved_at is not None and clock.now() - proved_at < lasts:
        return None
    if not proving:
        return _question()
    late = factors.wait()
    if late:
        return _question(_later(late), late=late)
    whose = factors.owner()
    if whose is not None and _password_fits() and factors.is_given(whose, OWN) and sessions.prove():
        opening = files or request.form.get("opening") == "yes"
        return redirect(request.full_path.rstrip("?"), 303) if opening else None
    return _question(gettext("That was not right. Nothing was done yet."), status=422)


def _password_fits() -> bool:
    """A passkey verified its owner itself; a code is worth something with the password alone."""
    if request.form.get(f"{OWN}credential"):
        return True
    stored = entrance.own_hash(engine(), sessions.token_hash())
    if is_password(request.form.get(f"{OWN}password", ""), stored):
        return True
    entrance.factor_failed(engine(), sessions.token_hash())
    return False


def _question(refused: str = "", *, status: int = 200, late: int = 0) -> Response:
    whose = factors.owner()
    carried = [pair for pair in request.form.items(multi=True) if pair[0] not in PROOF]
    response = render(
        "kit/step_up.html", 429 if late else status, fragment="card", carried=carried,
        refused=refused, question=factors.question(whose) if whose and not late else "",
    )  # fmt: skip
    if late:
        response.headers["Retry-After"] = str(late)
    if wanted() is not None:  # the question takes the place of the page, whatever was to change
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reswap"] = "innerHTML"
        response.status_code = 200
    return response


def _later(seconds: int) -> str:
    return ngettext(
        "Too many tries. Try again in %(num)s second.",
        "Too many tries. Try again in %(num)s seconds.",
        seconds,
    )
