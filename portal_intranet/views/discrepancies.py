"""What could not be booked: by cause, resolved where it stands, equal cases at once."""

from typing import Any, Final

from flask import Blueprint, abort, g, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from pool_module.crm.errors import WouldNotSee
from pool_module.crm.queries.tasks import Staff, people
from pool_module.incoming.operations import resolving
from pool_module.incoming.queries import board as boards
from pool_module.incoming.queries import cases, tasks
from pool_module.incoming.queries.cases import CaseFilter
from pool_module.incoming.rules.fixes import Done, Fix, fixes_of
from portal_intranet.forms.discrepancies import (
    FIX_NAMES,
    DecisionForm,
    GivingForm,
    NoteForm,
    chosen,
    forms_of,
)
from shared.db import actor_of
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import DiscrepancyCause
from shared.web import editing
from shared.web.access import requires
from shared.web.authors import person
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render
from shared.web.records import Record
from shared.web.records import respond as respond_record

blueprint = Blueprint("discrepancies", __name__, template_folder="../templates")

# what a fix changes beside the discrepancy needs the right to change it
NEEDS: Final = {
    Fix.AGREE: Permission.RATES_EDIT,
    Fix.CUT: Permission.CONTRACTS_EDIT,
    Fix.MAP_PRODUCT: Permission.PRODUCTS_EDIT,
}


@blueprint.get("/discrepancies")
@requires(Permission.DISCREPANCIES_READ)
def index() -> Response:
    """Show causes, the cases of one of them, and where all the money is."""
    session = db.session()
    wanted = _wanted()
    more = request.args.get("after", type=int)
    board = boards.board(
        session,
        actor_of(session),
        wanted,
        today=today(),
        after=more or 0,
        rows_only=more is not None and request.headers.get("HX-Request") == "true",
    )
    return render(
        "discrepancies/index.html",
        fragments={"discrepancies-more": "rows", "discrepancies": "board"},
        board=board,
        wanted=wanted,
        may=_may,
        fix_names=FIX_NAMES,
        Fix=Fix,
        causes=DiscrepancyCause,
        label=label,
        address=_address,
    )


@blueprint.get("/discrepancies/<int:id>")
@requires(Permission.DISCREPANCIES_READ)
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show one case with all that is compared, and what can be done about it."""
    return _shown(id, DecisionForm())


@blueprint.post("/discrepancies/<int:id>/resolve")
@requires(Permission.DISCREPANCIES_RESOLVE)
def settle(id: int) -> Response:  # noqa: A002
    """Resolve one case as its form says, or it and all that are equal to it."""
    session = db.session()
    form = DecisionForm()
    _check_right(form)

    def save() -> Saved:
        ids = [id]
        if request.form.get("same") == "yes":
            ids = cases.ids_of_same(session, actor_of(session), id) or [id]
        return _resolve(ids, form)

    values = _values(id)
    fragments = {"drawer": "aside", "record-body": "body"}
    return editing.answer(form, "discrepancies/show.html", save, fragments=fragments, **values)


@blueprint.post("/discrepancies/resolve")
@requires(Permission.DISCREPANCIES_RESOLVE)
def resolve() -> Response:
    """Resolve chosen cases by one decision."""
    form = DecisionForm()
    _check_right(form)
    if not form.validate():
        said = [error for errors in form.errors.values() for error in errors]
        editing.tell(next(iter(said), gettext("This can't be read.")), "err")
        return editing.done(Saved(_back()))
    return editing.attempt(lambda: _resolve(chosen(), form), _back())


@blueprint.post("/discrepancies/reopen")
@requires(Permission.DISCREPANCIES_RESOLVE)
def reopen() -> Response:
    """Take back that lines were left as evidence: they wait again."""
    session = db.session()
    ids = chosen()

    def act() -> Saved:
        resolving.reopen(session, actor_of(session), ids)
        said = ngettext("%(num)d case waits again.", "%(num)d cases wait again.", len(ids))
        return Saved(_back(), said)

    return editing.attempt(act, _back())


@blueprint.post("/discrepancies/give")
@requires(Permission.DISCREPANCIES_RESOLVE)
def give() -> Response:
    """Give chosen cases to oneself or a colleague, or lay them down again."""
    session = db.session()
    form = GivingForm()
    ids = chosen()
    if not form.validate() or not ids:
        abort(400)
    to = request.form.get("to", "me")
    mine = to != "nobody"
    assignee = int(to) if to.isdecimal() else g.viewer.account_id
    staff = _staff(ids)
    if to.isdecimal() and assignee not in staff.names:
        abort(404)

    def act() -> Saved:
        if to.isdecimal() and assignee not in staff.offered:
            raise WouldNotSee(staff.names[int(to)])
        given = resolving.give_to(
            session,
            actor_of(session),
            ids,
            assignee_id=assignee if mine else None,
            due_on=form.due_on.data,
            title="Resolve a discrepancy",
        )
        text = (
            ngettext("%(num)d case is given.", "%(num)d cases are given.", given)
            if mine
            else ngettext("%(num)d case is nobody's.", "%(num)d cases are nobody's.", given)
        )
        return Saved(_back(), text)

    return editing.attempt(act, _back())


@blueprint.post("/discrepancies/<int:id>/note")
@requires(Permission.DISCREPANCIES_RESOLVE)
def note(id: int) -> Response:  # noqa: A002
    """Write a note beside a case."""
    session = db.session()
    form = NoteForm()

    def save() -> Saved:
        resolving.note(session, actor_of(session), id, form.text.data.strip())
        return Saved(url_for("discrepancies.show", id=id), gettext("Note saved."))

    if form.validate():
        return editing.attempt(save, url_for("discrepancies.show", id=id))
    return _shown(id, DecisionForm(formdata=None), 422, note_form=form)


def _shown(case_id: int, form: DecisionForm, status: int = 200, **more: NoteForm) -> Response:
    values = _values(case_id) | more
    record = values.pop("record")
    return respond_record(
        "discrepancies/show.html", record, status, form=form, clash=None, **values
    )


def _values(case_id: int) -> dict[str, Any]:
    session = db.session()
    actor = actor_of(session)
    case = cases.get_case(session, actor, case_id)
    cause = label(DiscrepancyCause, case["cause"])
    is_open = case["state"] == "open"
    near = cases.suggestions(session, actor, [case_id]) if case["line_id"] else {}
    listed = url_for("discrepancies.index", cause=case["cause"])
    record = Record(
        href=url_for("discrepancies.show", id=case_id),
        title=str(cause.text),
        list_title=gettext("Discrepancies"),
        list_href=listed,
        code=case["number"] or case["contract_number"] or "",
        sub=case["insurer"] or "",
        state=gettext("Open") if is_open else gettext("Resolved"),
        tone="warn" if is_open else "ok",
    )
    offered = [fix for fix in fixes_of(case["cause"]) if _may(fix)]
    return {
        "record": record,
        "case": case,
        "near": near.get(case_id, []),
        "same": len(cases.ids_of_same(session, actor, case_id)) if is_open else 0,
        "history": cases.history(session, actor, case_id),
        "offered": offered if is_open else [],
        "fix_names": FIX_NAMES,
        "Fix": Fix,
        "forms_of": forms_of,
        "note_form": NoteForm(formdata=None),
        "staff": _staff([case_id]),
        "resolves": Permission.DISCREPANCIES_RESOLVE in g.viewer.permissions,
    }


def _staff(ids: list[int]) -> Staff:
    """Who can be given discrepancies: those of a contract are its organisation's alone."""
    session = db.session()
    actor = actor_of(session)
    own = tasks.of_contracts(session, actor, ids)
    return people(session, actor, "contract" if own else "discrepancy")


def _resolve(ids: list[int], form: DecisionForm) -> Saved:
    session = db.session()
    decision = form.decision()
    done = resolving.resolve(session, actor_of(session), ids, decision, today=today())
    if decision.fix is Fix.LEAVE:
        fields = {"ids": ",".join(map(str, done.resolved)), "next": _back()}
        return Saved(_back(), _said(done), undo=url_for("discrepancies.reopen"), fields=fields)
    return Saved(_back(), _said(done))


def _said(done: Done) -> str:
    """What was done, and with what somebody else was faster."""
    number = len(done.resolved)
    parts = [ngettext("%(num)d case resolved.", "%(num)d cases resolved.", number)]
    booked = done.outcomes["event"]
    if booked:
        parts.append(ngettext("%(num)d line booked.", "%(num)d lines booked.", booked))
    if done.waiting:
        words = ngettext(
            "%(num)d waits for another reason.", "%(num)d wait for another reason.", done.waiting
        )
        parts.append(words)
    if done.moved:
        words = ngettext(
            "%(num)d was resolved by %(who)s before.",
            "%(num)d were resolved before, by %(who)s.",
            len(done.moved),
            who=", ".join(sorted({person(moved.who) for moved in done.moved})),
        )
        parts.append(words)
    return " ".join(parts)


def _wanted() -> CaseFilter:
    return CaseFilter(
        cause=request.args.get("cause"),
        insurer_id=request.args.get("insurer", type=int),
        delivery_id=request.args.get("delivery", type=int),
        assignee_id=g.viewer.account_id if request.args.get("mine") else None,
        text=request.args.get("q", "").strip()[:80],
    )


def _address(**changed: object) -> str:
    """This page's address with other filters; what is None goes."""
    kept = {name: request.args.get(name) for name in ("cause", "insurer", "delivery", "mine", "q")}
    values = {name: value for name, value in {**kept, **changed}.items() if value}
    return url_for("discrepancies.index", **values)  # type: ignore[arg-type]


def _back() -> str:
    wanted = request.form.get("next", "")
    return wanted if wanted.startswith("/discrepancies") else url_for("discrepancies.index")


def _may(fix: Fix) -> bool:
    held = g.viewer.permissions
    return Permission.DISCREPANCIES_RESOLVE in held and NEEDS.get(fix, Permission.START) in held


def _check_right(form: DecisionForm) -> None:
    if form.fix.data in set(Fix) and not _may(Fix(form.fix.data)):
        abort(403)
