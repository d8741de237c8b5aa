"""Going over to another firm one works in, and what then becomes of pages that are still open."""

from inspect import getmembers, unwrap
from typing import Final
from urllib.parse import urlencode

from flask import Flask, abort, current_app, g, redirect, request
from flask_babel import gettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response
from wtforms.fields.core import UnboundField

from shared.permissions import Permission
from shared.web import reach, sessions
from shared.web.access import SAFE, personal, requires
from shared.web.editing import tell
from shared.web.htmx import render, wanted
from shared.web.kit import kit
from shared.web.security_log import note

# fields nobody typed; what begins or goes on with a secret is shown to nobody
MACHINES: Final = frozenset({"csrf_token", "version", "next", "do", "proving", "opening", "back"})
SECRET: Final = ("proof_", "password", "credential", "token", "secret")


def install(app: Flask) -> None:
    """Look whose every page is that asks for a part, a file, or sends a form."""
    app.before_request(_load_again)
    app.jinja_env.globals.update(made_here=reach.made_here)


@kit.post("/own/firm")
@requires(Permission.START, own=True)
@personal
def enter_firm() -> Response:
    """Go on in another firm, in a session of its own under a new token.

    To the start page: what was open belongs to the firm that is left. Where one may not work is
    404, and one stays where one is.
    """
    wished = request.form.get("firm", type=int)
    if wished is None or wished not in {work.id for work in g.viewer.works}:
        abort(404)
    response = redirect("/", 303)
    there = sessions.enter(response, wished)
    if there is None:  # he was shut out there a moment ago, or is there already
        abort(404)
    note("another firm", company=there.company_id, session=there.session_id)
    tell(gettext("You work for %(firm)s now.", firm=there.company_name))
    return response


def void_form() -> Response | None:
    """Answer a form that was made before its sender went over; None: it is void for other reasons.

    Nothing is saved; what was typed is shown, to be copied.
    """
    if not reach.works_elsewhere():
        return None
    former = sessions.left_by(request.form.get("csrf_token", ""))
    if former is None:
        return None
    here = reach.where_one_works()
    if former and former != here:
        said = gettext("You work for %(firm)s now; this form was of %(former)s. Nothing was saved.",
                       firm=here, former=former)  # fmt: skip
    else:
        said = gettext("You work for %(firm)s now; this form was made before. Nothing was saved.",
                       firm=here)  # fmt: skip
    response = render("kit/left.html", 400, fragment="card", sentence=said, typed=_typed())
    if wanted() is not None:  # htmx swaps no refusals: it takes the place of the page
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reswap"] = "innerHTML"
        response.status_code = 200
    return response


def _typed() -> list[tuple[str, str]]:
    """What somebody wrote into the form, by what its fields are called; nothing of his login."""
    if request.blueprint == kit.name:
        return []
    called = _called()
    return [
        (called.get(name) or name.replace("_", " "), value)
        for name, value in request.form.items(multi=True)
        if value.strip()
        and name not in MACHINES
        and not name.endswith("id")
        and not any(word in name for word in SECRET)
    ]


def _called() -> dict[str, str]:
    """What the fields are called whose forms the room has that was to take this one."""
    view = unwrap(current_app.view_functions[request.endpoint or ""])
    forms = (known for known in view.__globals__.values() if isinstance(known, type))
    return {
        name: str(field.args[0])
        for form in forms
        if issubclass(form, FlaskForm)
        for name, field in getmembers(form, lambda member: isinstance(member, UnboundField))
        if field.args
    }


def _load_again() -> Response | None:
    """A page of the firm or team that was left, in another tab, takes nothing of the new one's."""
    header = request.headers.get("X-Stands")
    made_in = header or request.args.get("stands")
    if not made_in or g.viewer is None or made_in == g.viewer.stands:
        return None
    if not reach.works_elsewhere():
        return _again() if header else None  # he signed in anew meanwhile
    if request.method not in SAFE:
        raise CSRFError
    return _again() if header else _to_the_list()


def _again() -> Response:
    return Response(status=204, headers={"HX-Refresh": "true"})


def _to_the_list() -> Response | None:
    """Instead of a file of the firm that was left, its list here."""
    if request.endpoint is None:
        return None
    kept = [p for p in request.args.items(multi=True) if p[0] not in {"format", "stands"}]
    here = request.path + (f"?{urlencode(kept)}" if kept else "")
    tell(gettext("You work for %(firm)s now.", firm=reach.where_one_works()))
    # what is opened by a number was the other firm's
    return redirect("/" if request.view_args else here, 303)
