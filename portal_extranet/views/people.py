"""The firm's own people: invited, given a role, shut out."""

from typing import Final

from flask import Blueprint, g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from admin_module.accounts import operations as accounts
from admin_module.companies.operations import people as roles
from admin_module.companies.queries import people
from admin_module.companies.queries.lists import people_list
from admin_module.invitations.operations import invite
from portal_extranet.forms.firm import ColleagueForm
from shared.db import actor_of
from shared.labels import label
from shared.permissions import Permission, Role
from shared.vocabulary import Door, PersonState
from shared.web import editing, lists
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.lists import Ask, Spec, View
from shared.web.records import Record
from shared.web.records import respond as respond_record

blueprint = Blueprint("people", __name__, template_folder="../templates")

# whom the pool has yet to let in is invited, to his firm
STATES: Final = [
    (state.value, label(PersonState, state).text)
    for state in PersonState
    if state is not PersonState.WAITING
]
PEOPLE: Final = Spec(
    title=_("People"),
    template="people/index.html",
    labels={
        "name": _("Name"),
        "email": _("E-mail"),
        "role": _("Role"),
        "state": _("State"),
        "last_seen_at": _("Last seen"),
    },
    shown=("name", "role", "state", "last_seen_at"),
    sort="name",
    asks={"state": Ask(_("State"), choices=lambda: STATES), "role": Ask(_("Role"), codes=Role)},
    codes={"role": Role, "state": PersonState},
    views=(View("all", _("All")), View("off", _("Switched off"), "state=off")),
    opens="people.show",
    cells="people/cells.html",
    narrow=("email", "last_seen_at"),
    saves=False,
    export=None,
    empty=(_("Nobody yet"), _("Invite a colleague.")),
)


@blueprint.get("/people")
@requires(Permission.OWN_PEOPLE)
def index() -> Response:
    """List who of the firm may come in."""
    session = db.session()
    return lists.respond(PEOPLE, people_list(session, actor_of(session)))


@blueprint.get("/people/<int:id>")
@requires(Permission.OWN_PEOPLE)
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show somebody of the firm."""
    session = db.session()
    member = people.get_member(session, actor_of(session), id)
    state = label(PersonState, member.state)
    record = Record(
        href=url_for("people.show", id=id),
        title=member.name,
        list_title=PEOPLE.title,
        list_href=url_for("people.index"),
        sub=label(Role, member.role).text,
        state=state.text,
        tone=state.tone,
    )
    return respond_record(
        "people/show.html", record, member=member, own=member.account_id == g.viewer.account_id,
        label=label, Role=Role, roles=roles.OF_FIRMS,
    )  # fmt: skip


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(Permission.OWN_PEOPLE)
def create() -> Response:
    """Invite a colleague: by a link that opens once."""
    form = ColleagueForm()

    def save() -> Saved:
        invite(
            db.session(), email=form.email.data, name=form.name.data, language=form.language.data,
            door=Door.EXTRANET, company_id=g.viewer.company_id, role=form.role.data,
        )  # fmt: skip
        said = gettext("The invitation to %(name)s is on its way.", name=form.name.data)
        return Saved(url_for("people.index"), said)

    return editing.answer(form, "people/create.html", save)


@blueprint.post("/people/<int:id>/<any(off,on,invite):what>")
@requires(Permission.OWN_PEOPLE)
def switch(id: int, what: str) -> Response:  # noqa: A002
    """Switch somebody off, let him in again, or send the invitation again."""
    here = url_for("people.show", id=id)

    def act() -> Saved:
        session = db.session()
        if what == "off":
            accounts.deactivate(session, id)
            undo = url_for("people.switch", id=id, what="on")
            return Saved(here, gettext("Switched off: the next click is refused."), undo=undo)
        if what == "on":
            accounts.reactivate(session, id)
            return Saved(here, gettext("May come in again."))
        member = people.get_member(session, actor_of(session), id)
        invite(
            session, email=member.email, name=member.name, language=member.language,
            door=Door.EXTRANET, company_id=member.company_id, role=member.role,
        )  # fmt: skip
        return Saved(here, gettext("Sent again; the link before is worth nothing now."))

    return editing.attempt(act, here)


@blueprint.post("/people/<int:id>/role")
@requires(Permission.OWN_PEOPLE, step_up=True)
def role(id: int) -> Response:  # noqa: A002
    """Make a broker of an assistant, or the other way round."""
    here = url_for("people.show", id=id)
    wanted = request.form.get("role", "")

    def act() -> Saved:
        roles.change_role(db.session(), id, wanted)
        return Saved(here, gettext("The role is changed; it holds from the next sign-in."))

    return editing.attempt(act, here)
