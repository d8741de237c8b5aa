"""People: who may come in, invited, given a role, shut out, handed over when they leave."""

from typing import Final

from flask import Blueprint, g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from admin_module.accounts import operations as accounts
from admin_module.accounts import queries as logins
from admin_module.companies import queries
from admin_module.companies.errors import RoleNotYours
from admin_module.companies.operations import leaving
from admin_module.companies.operations import people as roles
from admin_module.companies.queries import people
from admin_module.companies.queries.lists import people_list
from admin_module.companies.queries.people import Member
from admin_module.invitations.operations import invite
from admin_module.organisations.queries import units
from pool_module.agreements.operations import joining
from pool_module.applications import operations as applications
from pool_module.crm.operations import tasks, threads
from portal_intranet.forms.people import InviteForm, LeaverForm, RoleForm
from shared.db import actor_of
from shared.labels import label
from shared.permissions import Permission, Role
from shared.vocabulary import CompanyKind, CompanyState, Door, PersonState
from shared.web import editing, lists
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.lists import Ask, Spec, View
from shared.web.records import Record
from shared.web.records import respond as respond_record

blueprint = Blueprint("people", __name__, template_folder="../templates")

DOORS: Final = {Door.INTRANET.value: _("Pool"), Door.EXTRANET.value: _("Brokers' portal")}
# what the bell says
TOLD: Final = (
    _("The second factor of %(who)s is lost: a second administrator confirms it."),
    _("From the list of firms"),
    _("A login that works elsewhere was invited by %(firm)s: let the person in, or not."),
    _("%(firm)s asks for a person the pool has switched off: let the person in, or not."),
    _("The pool has let %(who)s in: the person may work for you now."),
    _("The pool has not let %(who)s in."),
    _("You may also work for %(firm)s: choose it at the top of the page."),
    _("You may also work for %(firm)s: sign in at its portal."),
)
PEOPLE: Final = Spec(
    title=_("People"),
    template="people/index.html",
    labels={
        "name": _("Name"),
        "email": _("E-mail"),
        "company": _("Company"),
        "role": _("Role"),
        "state": _("State"),
        "last_seen_at": _("Last seen"),
        "sessions": _("Open sessions"),
        "door": _("Where"),
    },
    shown=("name", "company", "role", "state", "last_seen_at", "sessions"),
    sort="name",
    asks={
        "q": Ask(_("Word of name or e-mail")),
        "role": Ask(_("Role"), codes=Role),
        "state": Ask(_("State"), codes=PersonState),
        "door": Ask(_("Where"), choices=lambda: list(DOORS.items())),
    },
    codes={"role": Role, "state": PersonState, "door": Door},
    views=(
        View("all", _("All")),
        View("staff", _("Pool"), "door=intranet"),
        View("firms", _("Firms"), "door=extranet"),
        View("waiting", _("To be let in"), "state=waiting"),
        View("invited", _("Invited"), "state=invited"),
        View("off", _("Switched off"), "state=off"),
    ),
    opens="people.show",
    cells="people/cells.html",
    narrow=("sessions", "email"),
    search="q",
    empty=(_("Nobody yet"), _("Invite the first one.")),
)


@blueprint.get("/people")
@requires(Permission.ACCOUNTS_READ)
def index() -> Response:
    """List who may come in."""
    session = db.session()
    return lists.respond(PEOPLE, people_list(session, actor_of(session)), DOORS=DOORS)


@blueprint.get("/people/<int:id>")
@requires(Permission.ACCOUNTS_READ)
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show somebody: where he works, as what, and how he is."""
    session = db.session()
    member = people.get_member(session, actor_of(session), id)
    return _shown(member, RoleForm(role=member.role))


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def create() -> Response:
    """Invite somebody: by a link that opens once."""
    session = db.session()
    actor = actor_of(session)
    company_id = request.args.get("company", type=int) or g.viewer.company_id
    company = queries.get_company(session, actor, company_id)
    door = Door.INTRANET if company.kind == CompanyKind.POOL else Door.EXTRANET
    form = InviteForm(company_id=company_id, language=company.language)
    own = queries.get_company(session, actor, g.viewer.company_id)
    rows = {own.id: own.name} | {row.id: row.name for row in queries.choices(session, actor)}
    form.company_id.choices = list(rows.items())
    if form.is_submitted() and form.company_id.data in rows:
        company = queries.get_company(session, actor, form.company_id.data)
        door = Door.INTRANET if company.kind == CompanyKind.POOL else Door.EXTRANET
    # somebody chooses: the first of the roles may do the most
    form.role.choices = [("", gettext("please choose"))] + [
        (role.value, label(Role, role).text)
        for role in (*roles.OF_STAFF, *roles.OF_FIRMS)
        if form.is_submitted() or role in roles.roles_for(door)
    ]

    def save() -> Saved:
        if form.role.data not in {role.value for role in roles.roles_for(door)}:
            raise RoleNotYours
        made = invite(
            session, email=form.email.data, name=form.name.data, language=form.language.data,
            door=door, company_id=company.id, role=form.role.data,
        )  # fmt: skip
        said = gettext("The invitation to %(name)s is on its way.", name=form.name.data)
        if door is Door.INTRANET and units.is_enabled(session, actor):
            # without a team he would see nothing: that comes next
            return Saved(url_for("place.teams", id=made), said)
        return Saved(url_for("people.show", id=made), said)

    return editing.answer(form, "people/create.html", save, company=company)


@blueprint.post("/people/<int:id>/off")
@requires(Permission.ACCOUNTS_EDIT)
def off(id: int) -> Response:  # noqa: A002
    """Switch somebody off: his next request is refused; the word about it takes that back."""
    here = url_for("people.show", id=id)

    def act() -> Saved:
        accounts.deactivate(db.session(), id)
        back = url_for("people.on", id=id)
        return Saved(here, gettext("Switched off: the next click is refused."), undo=back)

    return editing.attempt(act, here)


@blueprint.post("/people/<int:id>/on")
@requires(Permission.ACCOUNTS_EDIT)
def on(id: int) -> Response:  # noqa: A002
    """Let somebody in again."""
    here = url_for("people.show", id=id)

    def act() -> Saved:
        if accounts.reactivate(db.session(), id):
            return Saved(here, gettext("Let in: the person and the firm are told."))
        return Saved(here, gettext("May come in again."))

    return editing.attempt(act, here)


@blueprint.post("/people/<int:id>/refuse")
@requires(Permission.ACCOUNTS_EDIT)
def refuse(id: int) -> Response:  # noqa: A002
    """Do not let somebody in whom a firm invited and who works elsewhere; the firm is told."""
    here = url_for("people.show", id=id)

    def act() -> Saved:
        accounts.refuse(db.session(), id)
        return Saved(here, gettext("Not let in: the firm is told."))

    return editing.attempt(act, here)


@blueprint.post("/people/<int:id>/invite")
@requires(Permission.ACCOUNTS_EDIT)
def again(id: int) -> Response:  # noqa: A002
    """Send the invitation again; the link before is worth nothing."""
    here = url_for("people.show", id=id)

    def act() -> Saved:
        session = db.session()
        member = people.get_member(session, actor_of(session), id)
        invite(
            session, email=member.email, name=member.name, language=member.language,
            door=Door(member.door), company_id=member.company_id, role=member.role,
        )  # fmt: skip
        return Saved(here, gettext("Sent again; the link before is worth nothing now."))

    return editing.attempt(act, here)


@blueprint.post("/people/<int:id>/sign-out")
@requires(Permission.ACCOUNTS_EDIT)
def sign_out(id: int) -> Response:  # noqa: A002
    """End somebody's sessions everywhere."""
    here = url_for("people.show", id=id)

    def act() -> Saved:
        accounts.end_sessions(db.session(), id)
        return Saved(here, gettext("Signed out everywhere."))

    return editing.attempt(act, here)


@blueprint.post("/people/<int:id>/factors")
@requires(Permission.ACCOUNTS_EDIT, step_up=True)
def reset(id: int) -> Response:  # noqa: A002
    """Take a lost second factor away: one administrator asks, another confirms."""
    here = url_for("people.show", id=id)

    def act() -> Saved:
        confirms = request.form.get("confirms") == "yes"
        done = accounts.reset_factors(db.session(), id, confirms=confirms)
        said = (
            gettext("Reset: the person is invited anew.")
            if done
            else gettext("Asked for: another administrator confirms it within 72 hours.")
        )
        return Saved(here, said)

    return editing.attempt(act, here)


@blueprint.post("/people/<int:id>/role")
@requires(Permission.ACCOUNTS_EDIT, step_up=True)
def role(id: int) -> Response:  # noqa: A002
    """Give somebody another role."""
    session = db.session()
    member = people.get_member(session, actor_of(session), id)
    here = url_for("people.show", id=id)
    wanted = request.form.get("role", "")

    def act() -> Saved:
        roles.change_role(session, id, wanted)
        undo = url_for("people.role", id=id)
        said = gettext("The role is changed; it holds from the next sign-in.")
        return Saved(here, said, undo=undo, fields={"role": member.role})

    return editing.attempt(act, here)


@blueprint.route("/people/<int:id>/leave", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_EDIT)
def leave(id: int) -> Response:  # noqa: A002
    """Somebody leaves: shut out, his cases handed over, his firm with him where it goes too."""
    session = db.session()
    actor = actor_of(session)
    member = people.get_member(session, actor, id)
    company = queries.get_company(session, actor, member.company_id)
    colleagues = people.colleagues_of(session, actor, member)
    form = LeaverForm()
    form.colleague_id.choices = [
        *((str(one.id), one.name) for one in colleagues),
        ("", gettext("nobody: nothing is handed over")),
    ]
    may_leave = company.kind != CompanyKind.POOL and company.state == CompanyState.ACTIVE

    def save() -> Saved:
        accounts.deactivate(session, id)
        chosen = str(form.colleague_id.data or "")
        heir = next((one for one in colleagues if str(one.id) == chosen), None)
        given = _hand_over(member, heir) if heir else 0
        if form.firm_too.data and may_leave:
            leaving.leave(session, company.id, today(), reason=form.reason.data or "")
            joining.terminate(session, company.id, today())
        said = gettext(
            "%(name)s is out; %(given)s cases were handed over.", name=member.name, given=given
        )
        return Saved(url_for("people.show", id=id), said, undo=url_for("people.on", id=id))

    return editing.answer(
        form, "people/leave.html", save, member=member, company=company, may_leave=may_leave
    )


def _hand_over(member: Member, heir: Member) -> int:
    """Give a colleague what was somebody's: applications, tasks, and word of his threads."""
    session = db.session()
    actor = actor_of(session)
    given = 0
    mine = people.find_producer(session, actor, member)
    theirs = people.find_producer(session, actor, heir)
    if mine is not None and theirs is not None:
        given += applications.hand_over(session, from_producer=mine, to_producer=theirs)
    if member.door == Door.INTRANET:
        given += tasks.hand_over(
            session, from_account=member.account_id, to_account=heir.account_id
        )
    given += threads.hand_over(
        session, from_account=member.account_id, to_account=heir.account_id,
        firm_id=member.company_id if member.door == Door.EXTRANET else None, name=member.name,
    )  # fmt: skip
    return given


def _shown(member: Member, form: RoleForm) -> Response:
    form.role.choices = [
        (role.value, label(Role, role).text) for role in roles.roles_for(member.door)
    ]
    state = label(PersonState, member.state)
    record = Record(
        href=url_for("people.show", id=member.id),
        title=member.name,
        list_title=PEOPLE.title,
        list_href=url_for("people.index"),
        sub=f"{member.company} · {label(Role, member.role).text}",
        state=state.text,
        tone=state.tone,
    )
    own = member.account_id == g.viewer.account_id
    session = db.session()
    asked = logins.find_reset(session, actor_of(session), member.id)
    way = logins.find_way_in(session, member.id) if member.state == PersonState.WAITING else None
    return respond_record(
        "people/show.html", record, member=member, form=form, own=own, label=label, Role=Role,
        PersonState=PersonState, DOORS=DOORS, asked=asked, way=way,
    )  # fmt: skip
