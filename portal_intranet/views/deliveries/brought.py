"""Files that are brought: recognised, looked at, taken over."""

import tempfile
from pathlib import Path
from typing import Any, Final

from flask import current_app, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from pool_module.incoming.formats.detecting import GDV, LARGEST
from pool_module.incoming.formats.error_file import error_file
from pool_module.incoming.operations import uploads
from pool_module.incoming.operations.uploads import Received
from pool_module.incoming.queries import uploads as upload_queries
from portal_intranet.forms.deliveries import COLUMN_NAMES, columns_of, sentence, shown_text
from portal_intranet.views.deliveries.room import blueprint, file, may_import, opens, storage
from shared import workplace
from shared.db import actor_of
from shared.errors import BehindTheWall
from shared.labels import label
from shared.models.incoming import Upload
from shared.permissions import Permission
from shared.vocabulary import (
    DiscrepancyCause,
    Kind,
    RowOutcome,
)
from shared.web import editing, jobs, refusals
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.htmx import render
from shared.web.uploads import takes_files_up_to

FORM_ROOM: Final = 1 << 20  # the form around the files
MOST_FILES: Final = 20
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.post("/deliveries/uploads")
@requires(Permission.DELIVERIES_IMPORT)
@takes_files_up_to(2 * LARGEST + FORM_ROOM)
def upload() -> Response:
    """Take in files, and begin to look at them."""
    session = db.session()
    brought = [each for each in request.files.getlist("files") if each.filename]
    back = url_for("deliveries.index")
    if not brought:
        editing.tell(gettext("Choose a file first."), "err")
        return editing.done(Saved(back))
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, each in enumerate(brought[:MOST_FILES]):
            path = Path(folder) / str(number)
            each.save(path)
            files.append((Path(each.filename or "file").name, path))
        received = uploads.receive(session, actor_of(session), files, storage=storage())
    return _received(received, back)


@blueprint.get("/deliveries/uploads/<int:id>")
@requires(Permission.DELIVERIES_READ)
def look(id: int) -> Response:  # noqa: A002
    """Show a file that was brought: what it is, what its rows would change, how far it is."""
    return _looked(_brought(id))


@blueprint.post("/deliveries/uploads/<int:id>/describe")
@requires(Permission.DELIVERIES_IMPORT)
def describe(id: int) -> Response:  # noqa: A002
    """Say whose file it is and which column is which."""
    session = db.session()
    actor = actor_of(session)
    found = _brought(id)
    titles = found.details.get("titles", [])
    columns = columns_of(titles)
    insurer = request.form.get("insurer", "")
    here = url_for("deliveries.look", id=id)

    def act() -> Saved:
        uploads.describe(session, actor, id, insurer=insurer, columns=columns, storage=storage())
        return Saved(here)

    return editing.attempt(act, here)


@blueprint.post("/deliveries/uploads/<int:id>/take")
@requires(Permission.DELIVERIES_IMPORT)
def take(id: int) -> Response:  # noqa: A002
    """Take over the good rows."""
    session = db.session()
    _brought(id)
    here = url_for("deliveries.look", id=id)

    def act() -> Saved:
        uploads.take(session, actor_of(session), id)
        return Saved(here)

    return editing.attempt(act, here)


@blueprint.post("/deliveries/uploads/<int:id>/drop")
@requires(Permission.DELIVERIES_IMPORT)
def drop(id: int) -> Response:  # noqa: A002
    """Lay a file aside."""
    session = db.session()
    _brought(id)

    def act() -> Saved:
        uploads.drop(session, actor_of(session), id)
        return Saved(url_for("deliveries.index"), gettext("Laid aside; nothing was imported."))

    return editing.attempt(act, url_for("deliveries.look", id=id))


@blueprint.post("/deliveries/uploads/<int:id>/rows/<int:row>")
@requires(Permission.DELIVERIES_IMPORT)
def keep(id: int, row: int) -> Response:  # noqa: A002
    """Say which fields of a changed contract stay as we have them."""
    session = db.session()
    _brought(id)
    here = url_for("deliveries.look", id=id, outcome="changed")
    fields = request.form.getlist("keep")

    def act() -> Saved:
        uploads.keep_ours(session, actor_of(session), id, row, fields)
        said = ngettext("%(num)d field stays ours.", "%(num)d fields stay ours.", len(fields))
        return Saved(here, said)

    return editing.attempt(act, here)


@blueprint.get("/deliveries/uploads/<int:id>/errors.xlsx")
@requires(Permission.DELIVERIES_READ)
def errors(id: int) -> Response:  # noqa: A002
    """Hand out the wrong rows, with what is wrong, to be corrected and brought again."""
    session = db.session()
    actor = actor_of(session)
    found = _brought(id)
    rows = upload_queries.rows(session, actor, id, outcome="error", most=100_000)
    name = f"{Path(found.file_name).stem}-errors.xlsx"
    titles = found.details.get("titles") or [gettext("Contract number"), gettext("Customer")]
    wrong = (
        (
            row.cells.get("raw", []),
            " ".join(sentence(note) for note in row.notes.values()),
            [note.get("place", "") for note in row.notes.values()],
        )
        for row in rows
    )
    return file(error_file(titles, wrong, gettext("Errors")), secure_filename(name), XLSX)


def _brought(upload_id: int) -> Upload:
    """A file that was brought: it names customers of every organisation.

    Raises:
        BehindTheWall: another brought it, and the viewer sees his organisation alone.
    """
    session = db.session()
    found = upload_queries.get_upload(session, actor_of(session), upload_id)
    if not opens(found):
        raise BehindTheWall
    return found


def _looked(found: Upload) -> Response:
    session = db.session()
    actor = actor_of(session)
    asks_how_far = request.headers.get("HX-Target") == "upload-job"
    if asks_how_far and found.state not in {"checking", "taking"}:
        response = current_app.response_class("")
        response.headers["HX-Redirect"] = url_for("deliveries.look", id=found.id)
        return response
    outcome = request.args.get("outcome")
    outcome = outcome if outcome in set(RowOutcome) else None
    after = request.args.get("after", 0, type=int)
    more = request.headers.get("HX-Target") == "rows-more"
    summary = [] if more else upload_queries.summary(session, actor, found.id)
    counts = _counts(summary)
    if outcome is None and not more and found.state in {"checked", "taken"}:
        outcome = next((o for o in RowOutcome if counts.get(o, (0, {}))[0]), None)
    rows = upload_queries.rows(session, actor, found.id, outcome=outcome, after=after)
    return render(
        "deliveries/upload.html",
        fragments={"rows-more": "rows", "upload-job": "job"},
        upload=found,
        job=_job_of(found),
        counts=counts,
        outcome=outcome,
        rows=rows[: upload_queries.PAGE],
        more=len(rows) > upload_queries.PAGE,
        insurers=upload_queries.insurers(session, actor),
        column_names=COLUMN_NAMES,
        row_outcomes=RowOutcome,
        label=label,
        kinds=Kind,
        causes=DiscrepancyCause,
        imports=may_import(),
        is_gdv=found.format == GDV,
        said=sentence,
        shown=shown_text,
    )


def _counts(summary: list[dict[str, Any]]) -> dict[str, tuple[int, dict[str, Any]]]:
    """Outcome → rows, and the sum of commission per currency."""
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    for row in summary:
        number, sums = found.get(row["outcome"], (0, {}))
        if row["amount"] is not None:
            currency = row["currency"] or ""
            sums = {**sums, currency: sums.get(currency, 0) + row["amount"]}
        found[row["outcome"]] = (number + row["rows"], sums)
    return found


def _job_of(found: Upload) -> Any:
    """The job that is at work on an upload, as the kit shows it."""
    kinds = {"checking": uploads.CHECK, "read": uploads.CHECK, "refused": uploads.CHECK}
    kind = kinds.get(found.state, uploads.TAKE)
    job = workplace.find_job_of(db.session(), kind, uploads.SUBJECT, found.id)
    return jobs.shown(job) if job else None


def _received(received: list[Received], back: str) -> Response:
    """Go on to the file that was brought; what was refused is said, each file in a sentence."""
    good = [each for each in received if each.upload_id is not None]
    for each in received:
        if each.refusal is not None:
            why = refusals.said(each.refusal)
            editing.tell(f"{each.name}: {why}", "err")
        elif each.same:
            editing.tell(gettext("%(file)s lies here already.", file=each.name), "warn")
    if len(good) == 1:
        back = url_for("deliveries.look", id=good[0].upload_id)
    elif good:
        said = ngettext("%(num)d file is being looked at.", "%(num)d files are being looked at.",
                        len(good))  # fmt: skip
        editing.tell(said)
    return editing.done(Saved(back))
