"""Settlement runs: calculate, look, approve by a second person, close."""

from datetime import date
from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.settlement.operations import looking, ordering
from pool_module.settlement.operations.looking import RunNow
from pool_module.settlement.queries import running
from portal_intranet.forms.runs import CloseForm
from shared import clock
from shared.db import actor_of
from shared.errors import Invalid
from shared.permissions import Permission
from shared.vocabulary import RunState
from shared.web import editing, jobs, lists
from shared.web.access import past_the_wall, requires, whole_pool
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.htmx import render, wanted
from shared.web.lists import Ask, Spec, View

blueprint = Blueprint("runs", __name__, template_folder="../templates")

RUNS = Spec(
    title=_("Settlement runs"),
    template="runs/index.html",
    labels={
        "period": _("Month"),
        "through": _("Through"),
        "state": _("Status"),
        "calculated_by": _("Calculated by"),
        "calculated_at": _("Calculated"),
        "approved_by": _("Approved by"),
        "closed_by": _("Closed by"),
        "closed_at": _("Closed"),
    },
    shown=("period", "through", "state", "calculated_by", "approved_by", "closed_at"),
    sort="-through",
    asks={"state": Ask(_("Status"), codes=RunState), "through": Ask(_("Through"))},
    codes={"state": RunState},
    views=(
        View("all", _("All")),
        View("closed", _("Closed"), "state=closed"),
        View("dropped", _("Dropped"), "state=dropped"),
    ),
    cells="runs/cells.html",
    narrow=("through", "calculated_by", "approved_by"),
    empty=(_("No settlement yet"), _("Calculate the first period as soon as bookings are there.")),
)
# what the jobs of a run say, translated where it is read (brokerpool/settling.py, ordering.py)
SAID = (
    _("Calculating packets"),
    _("The settlement of %(period)s is calculated."),
    _("The settlement could not be calculated."),
    _("The calculation of %(period)s was cancelled."),
    _("%(period)s is closed; the statements are being issued."),
    _("The period could not be closed."),
    _("The settlement of %(period)s is calculated and waits for a second person."),
    _("%(name)s has approved the settlement of %(period)s: it can be closed."),
    _("Your statement for %(period)s is there."),
)
PAYOUTS = Spec(
    title=_("Payout list"),
    template="runs/payouts.html",
    labels={
        "payee": _("Payee"),
        "code": _("Number"),
        "iban": _("IBAN"),
        "bank": _("Bank"),
        "number": _("Statement"),
        "payout": _("Payout"),
    },
    shown=("payee", "code", "iban", "number", "payout"),
    sort="payee",
    asks={"payout": Ask(_("Payout"))},
    cells="runs/payout_cells.html",
    narrow=("code", "number"),
    saves=False,
    empty=(_("Nobody is paid"), _("The list stands once the period is closed.")),
)


@blueprint.get("/runs")
@requires(Permission.SETTLEMENT_READ)
def index() -> Response:
    """List the runs, with what can be settled next above them."""
    session = db.session()
    live, through = looking.next_period(session, actor_of(session), _today())
    return lists.respond(RUNS, running.run_list(session), live=live, through=through, may=_may())


@blueprint.post("/runs")
@requires(Permission.SETTLEMENT_RUN)
def create() -> Response:
    """Have the next period calculated."""

    def order() -> Saved:
        session = db.session()
        try:
            through = date.fromisoformat(request.form.get("through", ""))
        except ValueError:
            raise Invalid("Write the day as YYYY-MM-DD.", field="through") from None
        ordering.order_calculation(session, actor_of(session), through)
        return Saved(url_for("runs.current"))

    return editing.attempt(order, url_for("runs.index"))


@blueprint.get("/runs/current")
@requires(Permission.SETTLEMENT_READ)
def current() -> Response:
    """Go to the live run; until the worker has begun it, say that it is coming."""
    session = db.session()
    actor = actor_of(session)
    live, through = looking.next_period(session, actor, _today())
    job = looking.ordered(session, actor)
    if live is not None:
        target = url_for("runs.show", id=live.id)
    elif job is None:
        target = url_for("runs.index")
    else:
        return render("runs/waiting.html", fragment="waiting", through=through)
    response = redirect(target, 303)
    if wanted() is not None:
        response.status_code = 200
        response.headers["HX-Redirect"] = target
    return response


@blueprint.get("/runs/<int:id>")
@requires(Permission.SETTLEMENT_READ)
@past_the_wall
def show(id: int) -> Response:  # noqa: A002  -- the name in the address
    """Show a run; its head asks for itself while anything is at work.

    Who is behind a wall sees how far it is, and no sum: they are the whole pool's.
    """
    session = db.session()
    if wanted() == "run-now":
        now = looking.run_now(session, actor_of(session), id)
        response = render("runs/show.html", fragment="now", **_head(now), page=None)
        if not now.busy or request.args.get("seen", now.run.state) != now.run.state:
            response.headers["HX-Refresh"] = "true"  # the cards below know it now
        return response
    page = looking.run_page(session, actor_of(session), id)
    return render("runs/show.html", **_head(page.now), page=page)


@blueprint.post("/runs/<int:id>/recalculate")
@requires(Permission.SETTLEMENT_RUN)
def recalculate(id: int) -> Response:  # noqa: A002
    """Have a draft calculated again, so that it knows what was recorded since."""
    here = url_for("runs.show", id=id)

    def order() -> Saved:
        session = db.session()
        now = looking.run_now(session, actor_of(session), id)
        full = request.form.get("full") == "yes"
        ordering.order_calculation(session, actor_of(session), now.run.through, full=full)
        return Saved(here)

    return editing.attempt(order, here)


@blueprint.post("/runs/<int:id>/drop")
@requires(Permission.SETTLEMENT_RUN)
def drop(id: int) -> Response:  # noqa: A002
    """Cancel a calculation, or throw a draft away."""
    here = url_for("runs.show", id=id)

    def act() -> Saved:
        session = db.session()
        ordering.drop(session, actor_of(session), id)
        return Saved(here, gettext("The draft is thrown away. Facts and books are as they were."))

    return editing.attempt(act, here)


@blueprint.post("/runs/<int:id>/approve")
@requires(Permission.SETTLEMENT_APPROVE, step_up=True)
@whole_pool
def approve(id: int) -> Response:  # noqa: A002
    """Approve what another calculated, and what one has seen: the sums of the whole pool."""
    here = url_for("runs.show", id=id)

    def act() -> Saved:
        session = db.session()
        ordering.approve(session, actor_of(session), id, request.form.get("seen", ""))
        return Saved(here, gettext("Approved. The period can be closed now."))

    return editing.attempt(act, here)


@blueprint.route("/runs/<int:id>/close", methods=["GET", "POST"])
@requires(Permission.SETTLEMENT_RUN, step_up=True)
@past_the_wall
def close(id: int) -> Response:  # noqa: A002
    """Close an approved run: its name is typed, because nothing takes it back."""
    session = db.session()
    actor = actor_of(session)
    form = CloseForm()

    def act() -> Saved:
        ordering.order_close(session, actor, id, form.name.data or "", _today())
        return Saved(url_for("runs.show", id=id))

    page = looking.run_page(session, actor, id)
    return editing.answer(form, "runs/close.html", act, page=page)


@blueprint.get("/runs/<int:id>/compare")
@requires(Permission.SETTLEMENT_READ)
@whole_pool
def compare(id: int) -> Response:  # noqa: A002
    """Lay a run beside the one before."""
    session = db.session()
    now, before, lines, deviations = looking.compared(session, actor_of(session), id)
    return render("runs/compare.html", now=now, before=before, lines=lines, deviations=deviations)


@blueprint.get("/runs/<int:id>/payouts")
@requires(Permission.STATEMENTS_READ)
@whole_pool
def payouts(id: int) -> Response:  # noqa: A002
    """List who is paid by a run and where to, on the screen and as a file."""
    session = db.session()
    now = looking.run_now(session, actor_of(session), id)
    return lists.respond(PAYOUTS, running.payout_list(session, id), now=now)


def _head(now: RunNow) -> dict[str, Any]:
    """What the head of a run says, in words."""
    progress, pace = now.progress, now.pace
    passed = clock.now() - now.run.known_at
    speed = 0
    if pace.last and progress.events_done and passed.total_seconds() >= 1:
        speed = int(progress.events_done // passed.total_seconds())
    return {
        "now": now,
        "percent": 100 * progress.packets_done // progress.packets if progress.packets else None,
        "speed": speed,
        "rest": jobs.rest(progress.packets_done, progress.packets, passed),
        "own": now.run.calculated_by == g.viewer.written_as,
        "may": _may(),
    }


def _may() -> frozenset[Permission]:
    held: frozenset[Permission] = g.viewer.permissions
    return held


def _today() -> date:
    return clock.today(g.viewer.time_zone)
