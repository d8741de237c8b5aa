"""Files about records: taken in, opened."""

from pathlib import Path

from flask import Blueprint, abort, current_app, g, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from pool_module.crm.operations import documents
from pool_module.crm.operations.documents import Upload
from portal_intranet.forms.documents import EDITS, READS
from shared.errors import BehindTheWall
from shared.permissions import Permission
from shared.web import editing, uploads
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.files import attachment
from shared.web.kit import next_page
from shared.web.reach import sees_whole_pool

blueprint = Blueprint("documents", __name__, template_folder="../templates")


@blueprint.get("/documents/<int:id>")
@requires(Permission.START)
def show(id: int) -> AnyResponse:  # noqa: A002  -- the address' word
    """Send a document as it was stored; a browser never takes it for a page of ours."""
    opened = documents.open_document(db.session(), _root(), id)
    document = opened.document
    if not _holds(READS.get(document.subject)):
        abort(403)
    if document.subject == "statement" and not sees_whole_pool():
        raise BehindTheWall  # whoever is paid, he is paid for contracts of every organisation
    return attachment(opened.content, document.file_name, document.media_type)


@blueprint.post("/documents")
@requires(Permission.START)
@uploads.takes_files
def create() -> AnyResponse:
    """Keep files about a record, each by itself or pictures joined into one PDF."""
    subject, number = request.form.get("subject", ""), request.form.get("subject_id", "")
    if not _holds(EDITS.get(subject)) or not number.isdecimal():
        abort(403)
    files = [Upload(name, content) for name, content in uploads.sent()]
    how = {
        "subject": subject,
        "subject_id": int(number),
        "kind": request.form.get("kind", "other"),
        "title": request.form.get("title") or None,
        "shared": request.form.get("shared") == "yes",
    }
    back = next_page()

    def act() -> Saved:
        session, root = db.session(), _root()
        if not files:
            return Saved(back, gettext("No file was chosen."))
        if request.form.get("joined") == "yes":
            documents.store_pages(session, root, files, **how)  # type: ignore[arg-type]
        else:
            for upload in files:
                documents.store_upload(session, root, upload, **how)  # type: ignore[arg-type]
        return Saved(back, gettext("Uploaded."))

    return editing.attempt(act, back)


def _root() -> Path:
    root: Path = current_app.config["STORAGE_DIR"]
    return root


def _holds(permission: Permission | None) -> bool:
    return permission in g.viewer.permissions
