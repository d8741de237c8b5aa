"""Clearance: whether a customer is known anywhere in the pool; who clears him first has him."""

from typing import Any

from flask import Blueprint, g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.applications.queries import firms
from pool_module.crm.operations import clearance as operations
from pool_module.crm.queries import clearance as queries
from pool_module.crm.queries.tasks import staff
from portal_intranet.forms.clearance import ClearForm
from portal_intranet.forms.organisations import AskForm
from shared import workplace
from shared.db import actor_of
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import ClearedState, RequestState
from shared.web import editing
from shared.web.access import past_the_wall, requires
from shared.web.database import db
from shared.web.editing import Saved, tell
from shared.web.htmx import render

blueprint = Blueprint("clearance", __name__, template_folder="../templates")

EXECUTIVE = "clearance.executive"  # the one chosen last is offered first
WORDS: dict[str, Any] = {"ClearedState": ClearedState, "RequestState": RequestState, "label": label}
TITLE = _("Clearance")
# what the bell says, written by the database (``ask_clearance``) and the room
TOLD = (
    _("Another organisation asks about a customer of yours."),
    _("The organisation agrees: you may take its customer in as well."),
    _("The organisation does not agree that you take its customer in as well."),
)


@blueprint.get("/clearance")
@requires(Permission.CLEARANCE)
def index() -> Response:
    """Ask the whole pool for a name."""
    session = db.session()
    actor, typed = actor_of(session), request.args.get("q", "").strip()[:200]
    return render(
        "clearance/index.html",
        typed=typed,
        title=TITLE,
        own=queries.own_hits(session, actor, typed) if typed else None,
        foreign=queries.foreign_hits(session, actor, typed) if typed else None,
        most=queries.MOST,
        people=staff(session, actor),
        **WORDS,
    )


@blueprint.route("/clearance/<int:id>", methods=["GET", "POST"])
@requires(Permission.CLEARANCE)
def process(id: int) -> Response:  # noqa: A002  -- the address' word
    """Say that another organisation's customer can't be opened; ask it for a second one."""
    session = db.session()
    hit = queries.get_foreign(session, actor_of(session), id)
    asked: Any = queries.find_asked(session, actor_of(session), id)
    form = AskForm()

    def save() -> Saved:
        operations.ask(db.session(), id, form.reason.data or "")
        said = gettext("The organisation he belongs to is asked.")
        return Saved(url_for(".requests"), said)

    response = editing.answer(
        form, "clearance/restricted.html", save, hit=hit, asked=asked, title=TITLE, **WORDS
    )
    if response.status_code == 200 and request.method == "GET":
        response.status_code = 403  # what was asked for is not given
    return response


@blueprint.route("/clearance/new", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def create() -> Response:
    """Take a new customer in as one's own."""
    session = db.session()
    actor = actor_of(session)
    form = ClearForm()
    people = staff(session, actor)
    form.executive.choices = [
        ("", gettext("nobody yet")), *((str(number), name) for number, name in people.items())
    ]  # fmt: skip
    form.firm_id.choices = [
        ("", gettext("the pool’s own")),
        *((str(row.id), row.name) for row in firms(session, actor)),
    ]
    if request.method == "GET":
        last, _sep, first = request.args.get("q", "").partition(",")
        form.last_name.data, form.first_name.data = last.strip(), first.strip()
        remembered = workplace.settings_of(session).get(EXECUTIVE, g.viewer.account_id)
        form.executive.data = str(remembered) if remembered in people else ""

    def save() -> Saved:
        executive = int(form.executive.data) if form.executive.data else None
        cleared = operations.clear(
            db.session(),
            form.person(),
            executive_id=executive,
            firm_id=int(form.firm_id.data) if form.firm_id.data else None,
        )
        if executive is not None:
            workplace.choose(db.session(), EXECUTIVE, executive)
        if cleared.outside:
            tell(
                gettext(
                    "%(name)s works in another team and was not assigned.",
                    name=people.get(executive or 0, ""),
                ),
                "warn",
            )
        place = url_for("customers.show", id=cleared.customer.id)
        return Saved(place, gettext("Cleared: the customer is yours."))

    return editing.answer(form, "clearance/new.html", save, title=TITLE)


@blueprint.get("/clearance/requests")
@requires(Permission.CLEARANCE)
@past_the_wall
def requests() -> Response:
    """Show what is asked of the own organisation, and what it asked."""
    session = db.session()
    place = g.viewer.place
    found: Any = queries.requests(session, actor_of(session), place.reach if place else ())
    return render("clearance/requests.html", rows=found, title=TITLE, **WORDS)


@blueprint.post("/clearance/requests/<int:id>/<any(approved, refused):state>")
@requires(Permission.CLEARANCE)
@past_the_wall
def decide(id: int, state: str) -> Response:  # noqa: A002
    """Decide on a request: the organisation the customer belongs to, or a director."""
    back = url_for(".requests")

    def do() -> Saved:
        operations.decide(db.session(), id, RequestState(state))
        return Saved(back, gettext("Decided."))

    return editing.attempt(do, back)
