"""Where somebody works: switching to another of his teams, and the teams of a member."""

from flask import Blueprint, abort, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin_module.organisations.operations import members as operations
from admin_module.organisations.queries import members, units
from portal_intranet.forms.place import TeamsForm
from shared.db import actor_of
from shared.permissions import Permission
from shared.vocabulary import Unit
from shared.web import editing, sessions
from shared.web.access import personal, requires
from shared.web.database import db
from shared.web.editing import Saved, tell

blueprint = Blueprint("place", __name__, template_folder="../templates")


@blueprint.post("/place")
@requires(Permission.START)
@personal
def switch() -> Response:
    """Go on in another team, in the same session under a new token (AIM-25).

    To the start page: what was open belongs to the organisation that is left.
    """
    wanted = request.form.get("team", type=int)
    place = next((place for place in g.viewer.places if place.id == wanted), None)
    if place is None:
        abort(404)
    response = redirect(url_for("home.start"), 303)
    if not sessions.move(response, place.id):
        abort(404)
    tell(gettext("You work in %(name)s now.", name=f"{place.organisation} / {place.name}"))
    return response


@blueprint.route("/people/<int:id>/teams", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT, step_up=True)
def teams(id: int) -> Response:  # noqa: A002  -- the address' word
    """Choose the teams of a member of the staff from the list, and his default one."""
    session = db.session()
    actor = actor_of(session)
    member = members.get_member(session, actor, id)
    standing = [row for row in members.teams_of(session, actor, id) if row.active]
    offered = units.choices(session, actor, Unit.TEAM)
    form = TeamsForm()
    form.teams.choices = [(str(number), path) for number, path in offered]
    form.default.choices = [("", gettext("the first of them")), *form.teams.choices]
    if request.method == "GET":
        form.teams.data = [str(row.team_id) for row in standing]
        form.default.data = next((str(row.team_id) for row in standing if row.is_default), "")

    def save() -> Saved:
        operations.set_teams(
            db.session(),
            id,
            [int(number) for number in form.teams.data or ()],
            default_id=int(form.default.data) if form.default.data else None,
        )
        return Saved(url_for(".teams", id=id), gettext("Saved."))

    return editing.answer(form, "organisations/teams.html", save, member=member, offered=offered)
