"""Place, move, promote, suspend, close: seen before it is saved; where needed decided by two."""

from datetime import date, datetime
from typing import Any, Final

from flask import abort, current_app, g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectField

from pool_module.hierarchy.queries import records
from pool_module.hierarchy.rules import Change
from pool_module.overview.queries import network
from pool_module.settlement.operations import proposals
from pool_module.settlement.operations.proposals import Reach, Taken
from pool_module.settlement.queries import proposal_lists
from pool_module.settlement.queries import proposals as proposal_queries
from portal_intranet.forms.producers import (
    ChangeForm,
    DecisionForm,
    MoveForm,
    PromoteForm,
    StatusForm,
    wants_look,
)
from portal_intranet.views.producers.blueprint import blueprint
from portal_intranet.views.producers.network import language
from shared import workplace
from shared.db import actor_of
from shared.errors import Refused
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import ActivityStatus, ChangeKind, Kind, ProposalState
from shared.web import editing, jobs, lists, refusals
from shared.web.access import past_the_wall, reaches, requires, whole_pool
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render, wanted
from shared.web.lists import Ask, Spec, View

# what the worker and the bell say of changes, translated where it is read
TOLD: Final = (
    _("Calculating packets of events"),
    _("The preview of a change is there."),
    _("The preview of a change could not be calculated."),
    _("The preview of a change was stopped."),
    _("A change into a closed period waits for a second person."),
    _("Your change into a closed period was approved."),
    _("Your change into a closed period was rejected."),
)
TITLES: Final = {
    ChangeKind.PLACEMENT: _("Move"),
    ChangeKind.CAREER: _("Change the level"),
    ChangeKind.STATUS: _("Suspend, close or activate"),
}
# a state is stored as its code; who somebody moves under, and a level, have names of their own
STATES: Final = {str(state): label(ActivityStatus, state).text for state in ActivityStatus}
CHANGES: Final = Spec(
    title=_("Changes into closed periods"),
    template="producers/changes.html",
    labels={
        "number": _("No."),
        "producer": _("Producer"),
        "kind": _("What changes"),
        "wanted": _("To"),
        "from_day": _("With effect from"),
        "reason": _("Reason"),
        "state": _("State"),
        "proposed_by": _("Proposed by"),
        "recorded_at": _("Proposed"),
        "decided_by": _("Decided by"),
        "decided_at": _("Decided"),
    },
    shown=("number", "producer", "kind", "wanted", "from_day", "state", "proposed_by"),
    sort="-number",
    asks={
        "state": Ask(_("State"), codes=ProposalState),
        "kind": Ask(_("What changes"), codes=ChangeKind),
        "from_day": Ask(_("With effect from")),
    },
    codes={"kind": ChangeKind, "state": ProposalState},
    words={"wanted": lambda value: STATES.get(value, value)},
    views=(View("all", _("All")), View("sent", _("To decide"), "state=sent"),
           View("approved", _("Approved"), "state=approved")),
    opens="producers.change",
    cells="producers/change_list_cells.html",
    narrow=("proposed_by", "reason"),
    empty=(
        _("No changes into closed periods"),
        _("Move or promote somebody from a day that is settled already: it waits here for a "
          "second person."),
    ),
)  # fmt: skip
LINES: Final = Spec(
    title=_("Every line that changes"),
    template="producers/lines.html",
    labels={
        "contract": _("Contract"),
        "event": _("Event"),
        "kind": _("Kind"),
        "effective": _("Effective"),
        "producer": _("Producer"),
        "payee": _("Payee"),
        "amount_old": _("Stands"),
        "amount_new": _("Would stand"),
        "difference": _("Difference"),
    },
    shown=(
        "contract", "event", "effective", "producer", "payee", "amount_old", "amount_new",
        "difference",
    ),
    sort="event",
    asks={},
    codes={"kind": Kind},
    cells="producers/line_cells.html",
    saves=False,
    narrow=("effective", "payee"),
)  # fmt: skip


@blueprint.route("/producers/<int:id>/move", methods=["GET", "POST"])
@requires(Permission.HIERARCHY_EDIT)
def move(id: int) -> Response:  # noqa: A002  -- the address' word
    """Place a producer under somebody, or somebody else, from a day on."""
    session = db.session()
    form = MoveForm(**_first())

    def change() -> Change:
        parent = records.get_by_words(session, actor_of(session), form.parent.data or "")
        return Change(
            ChangeKind.PLACEMENT,
            id,
            _from(form),
            _reason(form),
            parent_id=parent.id if parent else None,
        )

    return _answer(id, ChangeKind.PLACEMENT, form, change)


@blueprint.route("/producers/<int:id>/promote", methods=["GET", "POST"])
@requires(Permission.HIERARCHY_EDIT)
def promote(id: int) -> Response:  # noqa: A002
    """Give a producer another career level from a day on."""
    session = db.session()
    form = PromoteForm(**_first())
    form.level_id.choices = [
        (row.id, row.name) for row in records.level_choices(session, actor_of(session), language())
    ]

    def change() -> Change:
        return Change(
            ChangeKind.CAREER, id, _from(form), _reason(form), level_id=form.level_id.data
        )

    return _answer(id, ChangeKind.CAREER, form, change)


@blueprint.route("/producers/<int:id>/status", methods=["GET", "POST"])
@requires(Permission.HIERARCHY_EDIT)
def status(id: int) -> Response:  # noqa: A002
    """Suspend, close or activate a producer from a day on."""
    form = StatusForm(**_first())

    def change() -> Change:
        return Change(
            ChangeKind.STATUS,
            id,
            _from(form),
            _reason(form),
            status=ActivityStatus(form.status.data),
        )

    return _answer(id, ChangeKind.STATUS, form, change)


@blueprint.post("/producers/<int:id>/undo")
@requires(Permission.HIERARCHY_EDIT)
def undo(id: int) -> Response:  # noqa: A002
    """Take back what was just saved."""
    session = db.session()
    back = url_for("producers.show", id=id)
    try:
        kind = ChangeKind(request.form.get("kind", ""))
        moment = datetime.fromisoformat(request.form.get("moment", ""))
    except ValueError:
        abort(400)  # the word about what was saved has both

    def act() -> Saved:
        proposals.undo(session, actor_of(session), kind, id, moment)
        return Saved(back, gettext("Undone: what held before holds again."))

    return editing.attempt(act, back)


@blueprint.get("/producers/changes")
@requires(Permission.HIERARCHY_READ)
def changes() -> Response:
    """Show who proposed what into closed periods, and who decided."""
    return lists.respond(CHANGES, proposal_lists.proposal_list(db.session(), language()))


@blueprint.get("/producers/changes/<int:id>")
@requires(Permission.HIERARCHY_READ)
@past_the_wall
def change(id: int) -> Response:  # noqa: A002
    """Show a proposal: its preview while it is calculated and after, and who decides.

    Who is behind a wall sees what is asked for and no sum: they are the whole pool's.
    """
    return _shown(id, DecisionForm())


@blueprint.get("/producers/changes/<int:id>/lines")
@requires(Permission.HIERARCHY_READ)
@past_the_wall
def change_lines(id: int) -> Response:  # noqa: A002
    """Show every line a proposal changes; behind a wall those of its own contracts."""
    session = db.session()
    proposal = proposal_queries.get_proposal(session, actor_of(session), id)
    return lists.respond(LINES, proposal_lists.line_list(session, proposal), proposal=proposal)


@blueprint.post("/producers/changes/<int:id>/send")
@requires(Permission.HIERARCHY_EDIT)
def send(id: int) -> Response:  # noqa: A002
    """Send a proposal for approval."""
    return _step(id, proposals.send, gettext("Sent. A second person decides."))


@blueprint.post("/producers/changes/<int:id>/calculate")
@requires(Permission.HIERARCHY_EDIT)
def calculate(id: int) -> Response:  # noqa: A002
    """Calculate the preview again."""
    return _step(id, proposals.calculate_again, gettext("The preview is calculated again."))


@blueprint.post("/producers/changes/<int:id>/withdraw")
@requires(Permission.HIERARCHY_EDIT)
def withdraw(id: int) -> Response:  # noqa: A002
    """Give a proposal up."""
    return _step(id, proposals.withdraw, gettext("Withdrawn. Nothing of it was kept."))


@blueprint.post("/producers/changes/<int:id>/decide")
@requires(Permission.HIERARCHY_APPROVE, step_up=True)
@whole_pool
def decide(id: int) -> Response:  # noqa: A002
    """Approve or reject what another proposed: nobody does of whose sums he sees a part."""
    session = db.session()
    form = DecisionForm()
    here = url_for("producers.change", id=id)
    note = (form.note.data or "").strip()
    approves = form.decision.data == "approve"

    def act() -> Saved:
        done = proposals.approve if approves else proposals.reject
        done(session, actor_of(session), id, note)
        text = (
            gettext("Approved. The next settlement books the differences.")
            if approves
            else gettext("Rejected. Nothing changes.")
        )
        return Saved(here, text)

    return editing.attempt(act, here)


def _answer(producer_id: int, kind: ChangeKind, form: ChangeForm, change: Any) -> Response:
    """Show a change's form, look at what it would change, save it or have it previewed."""
    session = db.session()
    actor = actor_of(session)
    producer = records.get_producer(session, actor, producer_id)
    standing = records.get_standing(session, actor, producer_id, today())
    first_place = kind is ChangeKind.PLACEMENT and standing.parent_id is None
    looked = _look(form, change, first_place=first_place)
    values: dict[str, Any] = {
        "producer": producer,
        "standing": standing,
        "kind": kind,
        "title": _("Place") if first_place else TITLES[kind],
        "looked": looked,
        "today": today(),
        "suggestions": records.find_by_words(session, actor, "", most=500)
        if kind is ChangeKind.PLACEMENT
        else [],
        "label": label,
        "ActivityStatus": ActivityStatus,
        "level_of": lambda row: network.named(row, "level", language()),
        "here": url_for(request.endpoint or "", id=producer_id),
    }
    if wanted() == "reach":
        return render("producers/change_form.html", fragment="reach", form=form, **values)
    if form.is_submitted() and wants_look():
        return render("producers/change_form.html", form=form, clash=None, **values)

    def save() -> Saved:
        taken = proposals.take(session, actor, change(), first_place=first_place)
        return _saved(producer, taken, kind)

    return editing.answer(form, "producers/change_form.html", save, **values)


def _saved(producer: Any, taken: Taken, kind: ChangeKind) -> Saved:
    if taken.proposal_id is not None:
        return Saved(url_for("producers.change", id=taken.proposal_id))
    assert taken.moment is not None
    return Saved(
        url_for("producers.show", id=producer.id),
        gettext("%(name)s: saved.", name=producer.name),
        undo=url_for("producers.undo", id=producer.id),
        fields={"kind": kind.value, "moment": taken.moment.isoformat()},
    )


def _look(form: ChangeForm, change: Any, *, first_place: bool) -> Reach | str | None:
    """What the form as it stands would change; a sentence where it can't be; None: not yet."""
    typed = request.form if form.is_submitted() else request.args
    if not typed.get("from_day"):
        return None
    if not form.is_submitted():
        form.process(request.args)
    if form.from_day.data is None or form.from_day.errors:
        return None
    if any(isinstance(field, SelectField) and _unchosen(field) for field in form):
        return None  # said when it is saved
    session = db.session()
    try:
        with session.begin_nested():
            return proposals.reach_of(session, actor_of(session), change(), first_place=first_place)
    except Refused as refusal:
        return refusals.said(refusal)


def _unchosen(field: SelectField) -> bool:
    """Whether what was sent is none of the choices."""
    return not any(chosen for _value, _label, chosen, *_rest in field.iter_choices())


def _first() -> dict[str, Any]:
    """What a form begins with: from the first of next month, which touches nothing settled."""
    day = today()
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return {"from_day": first}


def _from(form: ChangeForm) -> date:
    day = form.from_day.data
    assert isinstance(day, date)  # the form is validated
    return day


def _reason(form: ChangeForm) -> str | None:
    return (form.reason.data or "").strip() or None


def _step(proposal_id: int, act: Any, text: str) -> Response:
    session = db.session()
    here = url_for("producers.change", id=proposal_id)

    def done() -> Saved:
        act(session, actor_of(session), proposal_id)
        return Saved(here, text)

    return editing.attempt(done, here)


def _shown(proposal_id: int, form: DecisionForm) -> Response:
    session = db.session()
    actor = actor_of(session)
    found = proposal_queries.read_preview(session, actor, proposal_id, language())
    proposal = found.shown.proposal
    job = None
    if proposal.state in (ProposalState.CALCULATING, ProposalState.FAILED):
        row = workplace.find_job_of(session, proposals.JOB, "proposal", proposal_id)
        job = jobs.shown(row) if row else None
    may = g.viewer.permissions
    response = render(
        "producers/change.html",
        fragments={"preview": "preview"},
        found=found,
        proposal=proposal,
        job=job,
        form=form,
        endpoints=current_app.view_functions,
        may_edit=Permission.HIERARCHY_EDIT in may,
        may_decide=Permission.HIERARCHY_APPROVE in may
        and reaches("producers.decide")
        and proposal.proposed_by != actor.name,
        own=proposal.proposed_by == actor.name,
        label=label,
        ChangeKind=ChangeKind,
        ProposalState=ProposalState,
        ActivityStatus=ActivityStatus,
    )
    if wanted() == "preview" and proposal.state != ProposalState.CALCULATING:
        response.headers["HX-Refresh"] = "true"  # what can be done with it stands in the head
    return response
