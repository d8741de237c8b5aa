"""Tasks: added where the record stands, done with one click, taken back with another."""

from datetime import date

from flask import Blueprint, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from pool_module.crm.operations import tasks
from portal_intranet.forms.contracts import TaskForm
from shared import clock
from shared.permissions import Permission
from shared.web import editing
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.kit import next_page

blueprint = Blueprint("tasks", __name__, template_folder="../templates")


@blueprint.post("/tasks")
@requires(Permission.MESSAGES_WRITE)
def create() -> Response:
    """Add a task about a record, or about none."""
    form, back = TaskForm(), next_page()
    subject, number = request.form.get("subject") or None, request.form.get("subject_id", "")

    def act() -> Saved:
        due: date | None = form.due_on.data
        if not form.validate():
            editing.tell(next(iter(form.errors.values()))[0], "err")
            return Saved(back)
        tasks.add_task(
            db.session(),
            title=form.title.data,
            due_on=due,
            assignee_id=form.assignee_id.data,
            subject=subject,
            subject_id=int(number) if number.isdecimal() else None,
        )
        return Saved(back, gettext("The task is added."))

    return editing.attempt(act, back)


@blueprint.post("/tasks/<int:id>/done")
@requires(Permission.MESSAGES_WRITE)
def finish(id: int) -> Response:  # noqa: A002  -- the address' word
    """Mark a task as done; the word about it takes it back."""
    back = next_page()

    def act() -> Saved:
        tasks.finish(db.session(), id, now=clock.now())
        undo = url_for("tasks.undo", id=id)
        return Saved(back, gettext("Done."), undo=undo, fields={"next": back})

    return editing.attempt(act, back)


@blueprint.post("/tasks/<int:id>/undo")
@requires(Permission.MESSAGES_WRITE)
def undo(id: int) -> Response:  # noqa: A002
    """Take back that a task is done."""
    back = next_page()

    def act() -> Saved:
        tasks.undo(db.session(), id)
        return Saved(back, gettext("The task is open again."))

    return editing.attempt(act, back)


@blueprint.post("/tasks/<int:id>/assign")
@requires(Permission.MESSAGES_WRITE)
def assign(id: int) -> Response:  # noqa: A002
    """Give a task to somebody."""
    back, number = next_page(), request.form.get("assignee_id", "")

    def act() -> Saved:
        tasks.assign(db.session(), id, int(number) if number.isdecimal() else None)
        return Saved(back, gettext("Assigned."))

    return editing.attempt(act, back)
