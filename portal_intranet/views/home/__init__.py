"""The start page: what needs somebody, how the run is, what the month brought."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from babel.dates import format_date
from flask import Blueprint, current_app, g, request
from flask_babel import get_locale, ngettext
from werkzeug.wrappers import Response

from pool_module.overview.queries import dashboard, figures
from pool_module.overview.queries.work import work
from portal_intranet.views.home.charts import deliveries, income, movers
from portal_intranet.views.home.chosen import Chosen
from portal_intranet.views.home.kpis import kpis
from portal_intranet.views.work import his_to_do, shown_jobs
from shared import clock
from shared.db.sessions import has_no_wall
from shared.labels import label
from shared.periods import add_months
from shared.permissions import Permission
from shared.vocabulary import RunState
from shared.web import formats
from shared.web.access import requires
from shared.web.database import db
from shared.web.htmx import render

blueprint = Blueprint("home", __name__, template_folder="../../templates")

SHOWN_JOBS: Final = 7
CURRENCIES: Final = ("EUR", "UAH")
BLOCKS: Final = ("kpis", "work", "run", "income", "movers", "deliveries", "messages")


@blueprint.get("/")
@requires(Permission.START)
def start() -> Response:
    """Show the month; each part comes from its own question and may fail alone."""
    chosen = _chosen()
    makers: dict[str, Callable[[Chosen], Any]] = {"work": _work}
    if Permission.SETTLEMENT_READ in g.viewer.permissions:
        makers |= {"run": _run, "kpis": kpis, "income": income, "movers": movers}
    if Permission.DELIVERIES_READ in g.viewer.permissions:
        makers["deliveries"] = deliveries
    if Permission.MESSAGES_READ in g.viewer.permissions:
        makers["messages"] = _messages
    asked = request.args.get("block")
    if asked in makers:
        makers = {asked: makers[asked]}
    blocks = {name: _block(make, chosen) for name, make in makers.items()}
    return render(
        "home/index.html",
        fragments={f"home-{name}": name for name in BLOCKS},
        chosen=chosen,
        blocks=blocks,
        month_name=formats.month(chosen.month),
        today=_weekday(chosen.today),
        before=formats.month(add_months(chosen.month, -1)),
        back=f"{add_months(chosen.month, -1):%Y-%m}",
        on=f"{add_months(chosen.month, 1):%Y-%m}" if chosen.last < chosen.today else "",
        opens=_opens,
        walled=not has_no_wall(db.session()),
    )


def _opens(endpoint: str, permission: str | None = None) -> bool:
    """Whether a room is open to the viewer."""
    may = g.viewer.permissions
    return endpoint in current_app.view_functions and (permission is None or permission in may)


def _weekday(day: date) -> str:
    """``Donnerstag, 19.11.2026``."""
    return f"{format_date(day, 'EEEE', locale=get_locale())}, {formats.day(day)}"


def _chosen() -> Chosen:
    today = clock.today(g.viewer.time_zone)
    try:
        month = date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        month = (figures.last_told_day(db.session()) or today).replace(day=1)
    wanted = request.args.get("currency")
    currency = wanted if wanted in CURRENCIES else CURRENCIES[0]
    return Chosen(month, currency, request.args.get("team") == "1", today)


def _block(make: Callable[[Chosen], Any], chosen: Chosen) -> Any:
    """A part of the page; None when it could not be made, and the others stand."""
    try:
        with db.session.begin_nested():
            return make(chosen)
    except Exception:  # whatever it was, the rest of the page is worth seeing
        current_app.logger.exception("A part of the start page failed.")
        return None


def _work(chosen: Chosen) -> dict[str, Any]:
    may = his_to_do()
    jobs = work(db.session(), today=chosen.today, permissions=may, team=chosen.team)
    late = sum(1 for job in jobs if job.due and job.due < chosen.today)
    said = ngettext("%(num)s open", "%(num)s open", len(jobs))
    if late:
        said += ", " + ngettext("%(num)s overdue", "%(num)s overdue", late)
    return {"jobs": shown_jobs(jobs[:SHOWN_JOBS], chosen.today), "count": len(jobs), "said": said}


def _run(_chosen: Chosen) -> dict[str, Any]:
    status = dashboard.run_status(db.session())
    return {"run": status, "label": label(RunState, status.state) if status.state else None}


def _messages(_chosen: Chosen) -> list[dashboard.Waiting]:
    return dashboard.waiting_threads(db.session())
