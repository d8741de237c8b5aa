"""Going over to another firm one works in, from the head of every page."""

from flask import abort, g, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from shared.permissions import Permission
from shared.web import sessions
from shared.web.access import personal, requires
from shared.web.editing import tell
from shared.web.kit import kit
from shared.web.security_log import note


@kit.post("/own/firm")
@requires(Permission.START, own=True)
@personal
def enter_firm() -> Response:
    """Go on in another firm, in a session of its own under a new token.

    To the start page: what was open belongs to the firm that is left. Where one may not work is
    404, and one stays where one is.
    """
    wanted = request.form.get("firm", type=int)
    if wanted is None or wanted not in {work.id for work in g.viewer.works}:
        abort(404)
    response = redirect("/", 303)
    there = sessions.enter(response, wanted)
    if there is None:  # he was shut out there a moment ago, or is there already
        abort(404)
    note("another firm", company=there.company_id, session=there.session_id)
    tell(gettext("You work for %(firm)s now.", firm=there.company_name))
    return response
