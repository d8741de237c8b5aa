"""The work list: what needs somebody, one click to the place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from pool_module.crm.operations import tasks as crm
from pool_module.crm.queries import tasks
from pool_module.overview.queries.work import Job, work
from pool_module.overview.rules import due
from portal_intranet.forms.work import TaskForm
from shared import clock, labels
from shared.db import actor_of
from shared.permissions import Permission
from shared.vocabulary import DiscrepancyCause, Kind, ProofKind
from shared.web import editing, formats
from shared.web.access import reaches, requires
from shared.web.authors import person
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.htmx import render
from shared.web.kit import next_page

blueprint = Blueprint("work", __name__, template_folder="../templates")

WHOLE_WEEK: Final = 7
OF_PROOFS: Final = frozenset({"check_proof", "proof_ends"})
ANSWER: Final = "compose-body"  # a thread opens where one writes


@dataclass(frozen=True)
class ShownJob:
    """A line of the work list.

    Attributes:
        tone: shape and colour.
        title: what is to do.
        number: of the thing, as people read it.
        name: who or what it is about.
        insurer: of the thing.
        amount: what depends on it, with its currency.
        due: in words.
        late: how the day looks: err, warn or nothing.
        href: where it is done.
        task_id: of a task: it can be ticked off here.
    """

    tone: str
    title: str
    number: str
    name: str
    insurer: str
    amount: str
    due: str
    late: str
    href: str
    task_id: int | None


def his_to_do() -> frozenset[Permission]:
    """What the viewer may do here: nobody decides about what he sees a part of."""
    may: frozenset[Permission] = g.viewer.permissions
    decides = {
        Permission.SETTLEMENT_APPROVE: "runs.approve",
        Permission.HIERARCHY_APPROVE: "producers.decide",
    }
    return may - {p for p, endpoint in decides.items() if p in may and not reaches(endpoint)}


@blueprint.get("/work")
@requires(Permission.START)
def index() -> Response:
    """Show what needs the viewer, or the team."""
    today = clock.today(g.viewer.time_zone)
    team = request.args.get("team") == "1"
    jobs = work(db.session(), today=today, permissions=his_to_do(), team=team)
    return render(
        "work/index.html",
        fragments={"work-list": "list"},
        jobs=shown_jobs(jobs, today),
        late=sum(1 for job in jobs if job.due and job.due < today),
        team=team,
    )


@blueprint.route("/work/new", methods=["GET", "POST"])
@requires(Permission.START)
def create() -> Response:
    """Add a task, for oneself or for somebody of the pool."""
    session = db.session()
    form = TaskForm()
    form.offer(tasks.people(session, actor_of(session)).offered)

    def save() -> Saved:
        crm.add_task(
            session,
            title=form.title.data or "",
            due_on=form.due_on.data,
            assignee_id=form.assignee.data or None,
        )
        return Saved(url_for("work.index"), gettext("Task added."))

    return editing.answer(form, "work/new.html", save)


@blueprint.post("/work/<int:id>/done")
@requires(Permission.START)
def finish(id: int) -> Response:  # noqa: A002  -- the address' word
    """Tick a task off; the word about it takes that back."""
    back = next_page(request.form.get("next", url_for("work.index")))

    def act() -> Saved:
        task = crm.finish(db.session(), id, now=clock.now())
        undo = url_for("work.undo", id=id)
        said = gettext("Done: %(title)s", title=task.title)
        return Saved(back, said, undo=undo, fields={"next": back})

    return editing.attempt(act, back)


@blueprint.post("/work/<int:id>/undo")
@requires(Permission.START)
def undo(id: int) -> Response:  # noqa: A002  -- the address' word
    """Put a task back on the list."""
    back = next_page(request.form.get("next", url_for("work.index")))

    def act() -> Saved:
        crm.undo(db.session(), id)
        return Saved(back, gettext("The task is open again."))

    return editing.attempt(act, back)


def shown_jobs(jobs: Sequence[Job], today: date) -> list[ShownJob]:
    """Jobs as the reader sees them."""
    return [_shown(job, today) for job in jobs]


def _shown(job: Job, today: date) -> ShownJob:
    return ShownJob(
        tone=due.tone(job.due, today),
        title=_title(job),
        number=_number(job),
        name=_name(job),
        insurer=job.insurer or "",
        amount=formats.money(job.amount, job.currency) if job.currency else "",
        due=_due(job.due, today),
        late={"err": "neg", "warn": ""}.get(due.tone(job.due, today), ""),
        href=_href(job),
        task_id=job.id if job.kind == "task" else None,
    )


def _title(job: Job) -> str:
    if job.kind == "discrepancy":
        return str(labels.label(DiscrepancyCause, job.number).text)
    return {
        "query": gettext("Query of the insurer"),
        "to_send": gettext("Send to the insurer"),
        "waiting": gettext("No answer of the insurer"),
        "question": gettext("Question about a statement"),
        "message": gettext("Message without an answer"),
        "approve_run": gettext("Approve the run"),
        "close_run": gettext("Close the run"),
        "approve_proposal": gettext("Approve the change"),
        "agreement": gettext("Agreement ends"),
        "check_proof": gettext("Check a proof"),
        "proof_ends": gettext("A proof ends"),
        "approve_account": gettext("Approve bank details"),
        "delivery": gettext("Delivery is missing"),
        "task": gettext("Task"),
    }[job.kind]


def _number(job: Job) -> str:
    return "" if job.kind in {"discrepancy", "agreement", "task", *OF_PROOFS} else job.number or ""


def _name(job: Job) -> str:
    if job.kind == "discrepancy":
        return ngettext("%(num)s equal case", "%(num)s equal cases", job.cases)
    if job.kind == "agreement":
        return f"{job.name}, {labels.label(Kind, job.number).text}"
    if job.kind in OF_PROOFS:
        return f"{job.name}, {labels.label(ProofKind, job.number).text}"
    return person(job.name) if job.name else ""


def _due(day: date | None, today: date) -> str:
    if day is None:
        return formats.NOTHING
    days = (day - today).days
    if days < 0:
        return ngettext("%(num)s day over", "%(num)s days over", -days)
    words = {0: gettext("today"), 1: gettext("tomorrow")}
    return words.get(days) or formats.day(day)


# where each kind of job is done
PLACES: Final[dict[str, Callable[[Job], tuple[str, dict[str, object]]]]] = {
    "discrepancy": lambda j: (
        "discrepancies.index", {"cause": j.number, "insurer": j.insurer_id},
    ),
    "query": lambda j: ("applications.show", {"id": j.id}),
    "to_send": lambda j: ("applications.show", {"id": j.id}),
    "waiting": lambda j: ("applications.show", {"id": j.id}),
    "question": lambda j: ("threads.show", {"id": j.id, "_anchor": ANSWER}),
    "message": lambda j: ("threads.show", {"id": j.id, "_anchor": ANSWER}),
    "approve_run": lambda j: ("runs.show", {"id": j.id}),
    "close_run": lambda j: ("runs.show", {"id": j.id}),
    "approve_proposal": lambda j: ("producers.change", {"id": j.id}),
    "agreement": lambda j: ("agreements.show", {"id": j.id}),
    "delivery": lambda j: ("deliveries.index", {"insurer": j.id}),
    "check_proof": lambda j: ("companies.show", {"id": j.id, "tab": "checklist"}),
    "proof_ends": lambda j: ("companies.show", {"id": j.id, "tab": "checklist"}),
    "approve_account": lambda j: ("companies.show", {"id": j.id, "tab": "bank"}),
    "task": lambda _j: ("work.index", {}),
}  # fmt: skip


def _href(job: Job) -> str:
    endpoint, values = PLACES[job.kind](job)
    if endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, **{k: v for k, v in values.items() if v is not None})  # type: ignore[arg-type]
