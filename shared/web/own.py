"""What everybody keeps for himself: preferences, saved views, long jobs he started."""

from typing import Final

from flask import abort, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from shared import workplace
from shared.models.workplace import LongJob
from shared.permissions import Permission
from shared.vocabulary import LANGUAGES, JobState
from shared.web import editing, jobs, languages
from shared.web.access import personal, requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.htmx import render
from shared.web.kit import kit, next_page

# what a preference may be; None is stored for what the system says
CHOICES: Final[dict[str, dict[str, object]]] = {
    "theme": {"auto": None, "light": "light", "dark": "dark"},
    "density": {"default": None, "compact": "compact", "comfortable": "comfortable"},
    "shortcuts": {"on": True, "off": False},
    "language": {code: code for code in LANGUAGES},
}


@kit.post("/preferences")
@requires(Permission.START, own=True)
@personal
def prefer() -> Response:
    """Keep one preference of the viewer."""
    name, value = request.form.get("name", ""), request.form.get("value", "")
    if value not in CHOICES.get(name, {}):
        abort(400)
    workplace.prefer(db.session(), **{name: CHOICES[name][value]})
    response = redirect(next_page(), 303)
    if name == "language":
        languages.keep(response, value)
    return response


@kit.post("/views")
@requires(Permission.START)
@personal
def save_view() -> Response:
    """Keep a list as it is shown under a name."""
    name = request.form.get("name", "").strip()[:60]
    listing, query = request.form.get("list", ""), request.form.get("query", "")
    path = request.form.get("path", "/")
    if not name or not listing:
        abort(400)
    shared = request.form.get("shared") == "yes"
    workplace.save_view(db.session(), listing, name, query, shared=shared)
    said = gettext("View “%(name)s” saved.", name=name)
    return editing.done(Saved(next_page(f"{path}?{query}"), said))


@kit.post("/views/<int:view_id>/remove")
@requires(Permission.START)
@personal
def remove_view(view_id: int) -> Response:
    """Take a view of the viewer's own away; the word about it brings it back."""
    back = request.form.get("undo") == "yes"
    if workplace.remove_view(db.session(), view_id, back=back) is None:
        abort(404)
    if back:
        return editing.done(Saved(next_page(), gettext("The view is back.")))
    undo = {"undo": "yes", "next": next_page()}
    saved = Saved(next_page(), gettext("View removed."), undo=request.path, fields=undo)
    return editing.done(saved)


@kit.get("/jobs/<int:job_id>")
@requires(Permission.START)
def job(job_id: int) -> Response:
    """Show whoever started a job how far it is; it asks for itself until it has ended."""
    return _job(workplace.get_job(db.session(), job_id))


@kit.post("/jobs/<int:job_id>/cancel")
@requires(Permission.START)
@personal
def cancel_job(job_id: int) -> Response:
    """Ask a job to stop."""
    found = workplace.get_job(db.session(), job_id)
    workplace.cancel_job(db.session(), job_id)
    db.session.expire(found)
    return _job(found)


def _job(found: LongJob) -> Response:
    shown = jobs.shown(found)
    return render(
        "kit/job.html", fragment="job", job=shown, ended=found.state in set(workplace.ENDED),
        stopped=found.state == JobState.CANCELLED,
    )  # fmt: skip
