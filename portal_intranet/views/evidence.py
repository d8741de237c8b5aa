"""The auditor's samples: a line to its sources, papers unchanged, a period taken out."""

import secrets
from datetime import date

from flask import Blueprint, current_app, g, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from pool_module.evidence import operations
from shared import clock, workplace
from shared.db import actor_of
from shared.periods import add_months
from shared.permissions import Permission
from shared.web import editing, formats
from shared.web.access import past_the_wall, personal, requires, whole_pool
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.files import attachment
from shared.web.htmx import render

blueprint = Blueprint("evidence", __name__, template_folder="../templates")
EXPORT = "evidence.export"


class NumberForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A statement's number, asked by an address."""

    class Meta:
        """A question changes nothing: no token."""

        csrf = False

    number = StringField(validators=[InputRequired(), Length(max=60)])


@blueprint.get("/evidence")
@requires(Permission.JOURNAL_READ)
@past_the_wall
def index() -> Response:
    """Show a period with a sample of its lines, and everything else an auditor asks for.

    Who is behind a wall draws from his organisation's lines, and checks and takes out nothing.
    """
    session = db.session()
    seed = request.args.get("seed", "")[:20] or secrets.token_hex(3)
    room = operations.enter(
        session,
        actor_of(session),
        run_id=request.args.get("run", type=int),
        seed=seed,
        lines=Permission.STATEMENTS_READ in g.viewer.permissions,
    )
    month = _month_of(room.chosen.name) if room.chosen else None
    return render(
        "evidence/index.html",
        room=room,
        seed=seed,
        again=secrets.token_hex(3),
        month=month,
        month_end=_last_day(month).isoformat() if month else "",
        day=clock.today(g.viewer.time_zone),
        month_name=formats.month(month) if month else "",
    )


@blueprint.get("/evidence/lines/<int:statement>/<int:line>")
@requires(Permission.STATEMENTS_READ)
@past_the_wall
def sample(statement: int, line: int) -> Response:
    """Show a line with the insurer's row, the version of the rate, and who approved."""
    session = db.session()
    today = clock.today(g.viewer.time_zone)
    found = operations.follow(session, actor_of(session), statement, line, today)
    return render("evidence/sample.html", found=found, statement=statement, line=line)


@blueprint.get("/evidence/verify")
@requires(Permission.STATEMENTS_READ)
@whole_pool
def look_up() -> Response:
    """Go to the verification of a statement by its number."""
    session = db.session()
    form = NumberForm(request.args)
    number = (form.number.data or "").strip()

    def act() -> Saved:
        found = operations.number_to_id(session, actor_of(session), number)
        return Saved(url_for("evidence.verify", statement=found))

    return editing.attempt(act, url_for("evidence.index"))


@blueprint.get("/evidence/statements/<int:statement>")
@requires(Permission.STATEMENTS_READ)
@whole_pool
def verify(statement: int) -> Response:
    """Hold a closed statement against what was issued, now.

    Of all its lines or not at all: a part of them would not sum to it, and that is no tampering.
    """
    session = db.session()
    root = current_app.config["STORAGE_DIR"]
    found = operations.verify(session, actor_of(session), root, statement)
    return render("evidence/verify.html", found=found, now=clock.now())


@blueprint.post("/evidence/export")
@requires(Permission.EXPORT)
@personal
@whole_pool
def export() -> Response:
    """Have a closed period taken out as a file; nothing of the pool's changes."""
    session = db.session()
    actor = actor_of(session)
    run_id = request.form.get("run", type=int) or 0
    operations.check_period(session, actor, run_id)
    job_id = workplace.start_job(
        session, EXPORT, EXPORT, subject="settlement_run", subject_id=run_id,
        run_id=run_id, by=actor.name, account_id=actor.account_id,
    )  # fmt: skip
    return editing.done(Saved(url_for("kit.job", job_id=job_id)))


@blueprint.get("/evidence/exports/<int:id>")
@requires(Permission.EXPORT)
@whole_pool
def exported(id: int) -> Response:  # noqa: A002  -- the name in the address
    """Hand a period that was taken out."""
    session = db.session()
    root = current_app.config["STORAGE_DIR"]
    document, content = operations.open_export(session, actor_of(session), root, id)
    return attachment(content, document.file_name, document.media_type)


def _month_of(name: str) -> date | None:
    """The first day of a period named as a month."""
    try:
        return date.fromisoformat(f"{name}-01")
    except ValueError:
        return None


def _last_day(month: date) -> date:
    return date.fromordinal(add_months(month, 1).toordinal() - 1)
