"""Messages with the pool, on a product, an application, a contract, a statement or one line."""

from flask import Blueprint, abort, current_app, g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.crm.operations import documents
from pool_module.crm.operations import threads as operations
from pool_module.crm.operations.documents import Upload
from pool_module.crm.queries import subjects
from pool_module.crm.queries import threads as queries
from pool_module.crm.rules import files
from pool_module.overview.queries import statements
from portal_extranet.forms.threads import ThreadForm
from shared import clock
from shared.db import actor_of
from shared.permissions import Permission
from shared.vocabulary import ThreadState
from shared.web import editing, lists
from shared.web.access import opens, requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.files import attachment
from shared.web.htmx import render
from shared.web.lists import Ask, Spec, View
from shared.web.uploads import sent, takes_files

blueprint = Blueprint("threads", __name__, template_folder="../templates")
THREADS = Spec(
    title=_("Messages"),
    template="threads/index.html",
    labels={
        "title": _("Topic"), "state": _("Status"), "last_at": _("Last message"),
        "due_on": _("Answer wanted by"),
    },
    shown=("title", "state", "last_at"),
    narrow=("due_on", "last_at"),
    sort="-last_at",
    codes={"state": ThreadState},
    asks={"state": Ask(_("Status"), codes=ThreadState)},
    views=(
        View("all", _("All")),
        View("unread", _("Unread"), "unread=yes"),
        View("questions", _("Questions about statements"), "kind=question"),
    ),
    cells="threads/cells.html",
    saves=False,
    export=None,
    empty=(_("No messages yet"), _("What you and the pool write to each other stands here.")),
)  # fmt: skip
# what a thread may be about, and where that is shown
PAGES = {
    "application": "applications.show",
    "contract": "contracts.show",
    "product": "products.show",
}
UPLOADED = {"application": Permission.OWN_APPLICATIONS, "contract": Permission.OWN_CONTRACTS}


@blueprint.get("/threads")
@requires(Permission.OWN_MESSAGES)
def index() -> Response:
    """List the threads, the latest first."""
    session = db.session()
    return lists.respond(THREADS, queries.thread_list(session, actor_of(session)))


@blueprint.route("/threads/new", methods=["GET", "POST"])
@takes_files
@requires(Permission.OWN_MESSAGES)
def create() -> Response:
    """Write to the pool."""
    session = db.session()
    asked = {name: request.args.get(name) for name in ("subject", "subject_id")}
    form = ThreadForm(**asked)
    kind, number = form.subject.data or None, _number(form.subject_id.data)
    about = None
    if kind is not None:
        about = subjects.get_subject(session, actor_of(session), kind, number or 0)
    if about is not None and not form.is_submitted():
        form.title.data = _title(about)

    def send() -> Saved:
        made = operations.open_thread(
            session,
            author=g.viewer.name,
            title=form.title.data,
            body=form.body.data or "",
            now=clock.now(),
            subject=kind,
            subject_id=number,
            kind="question" if kind == "statement_line" else "message",
            uploads=_uploads(),
            root=current_app.config["STORAGE_DIR"],
        )
        return Saved(url_for("threads.show", id=made.id), gettext("Sent to the pool."))

    return editing.answer(
        form, "threads/create.html", send, about=about, accept=files.ACCEPT,
        sending=request.args.get("send") == "document",
    )  # fmt: skip


@blueprint.get("/threads/<int:id>")
@requires(Permission.OWN_MESSAGES)
def show(id: int) -> Response:  # noqa: A002  -- the kit's name for a record
    """Show a thread; what the pool wrote is read now."""
    session = db.session()
    operations.mark_read(session, id, now=clock.now())
    return _thread(id)


@blueprint.post("/threads/<int:id>")
@takes_files
@requires(Permission.OWN_MESSAGES)
def answer(id: int) -> Response:  # noqa: A002
    """Write in a thread."""
    here = url_for("threads.show", id=id)

    def send() -> Saved:
        operations.answer(
            db.session(),
            id,
            author=g.viewer.name,
            body=request.form.get("body", ""),
            now=clock.now(),
            uploads=_uploads(),
            root=current_app.config["STORAGE_DIR"],
        )
        return Saved(here, gettext("Sent to the pool."))

    return editing.attempt(send, here)


@blueprint.get("/documents/<int:document_id>")
@requires(Permission.START)
def document(document_id: int) -> Response:
    """Hand out a document of the firm, or one of a product's."""
    root = current_app.config["STORAGE_DIR"]
    found = documents.open_document(db.session(), root, document_id)
    return attachment(found.content, found.document.file_name, found.document.media_type)


@blueprint.post("/documents")
@takes_files
@requires(Permission.OWN_MESSAGES)
def upload() -> Response:
    """Keep files with an application or a contract."""
    kind, number = request.form.get("subject", ""), _number(request.form.get("subject_id"))
    if kind not in UPLOADED or number is None:
        abort(404)
    back = url_for(PAGES[kind], id=number, tab="documents")

    def keep() -> Saved:
        root = current_app.config["STORAGE_DIR"]
        for each in _uploads():
            documents.store_upload(db.session(), root, each, subject=kind, subject_id=number)
        return Saved(back, gettext("Sent to the pool."))

    return editing.attempt(keep, back)


def _thread(thread_id: int) -> Response:
    session = db.session()
    actor = actor_of(session)
    found = queries.get_conversation(session, actor, thread_id)
    thread, about = found.thread, found.about
    href = None
    if about is not None and about.kind in PAGES and opens(PAGES[about.kind]):
        href = url_for(PAGES[about.kind], id=about.id)
    line = outcome = None
    if thread.subject == "statement_line" and thread.subject_id is not None:
        line = statements.find_line(session, actor, thread.subject_id)
    elif thread.subject == "statement":
        href = url_for("statements.show", statement_id=thread.subject_id)
    if thread.outcome_line_id is not None:
        outcome = statements.find_line(session, actor, thread.outcome_line_id)
    return render(
        "threads/show.html", found=found, href=href, line=line, outcome=outcome,
        state=lists.Shown.code_text(ThreadState, thread.state),
    )  # fmt: skip


def _uploads() -> list[Upload]:
    return [Upload(name, content) for field in ("files", "photo") for name, content in sent(field)]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _title(about: subjects.Subject) -> str:
    if about.kind == "statement_line":
        return gettext("Question about a line: %(what)s", what=about.name)
    return gettext("About %(what)s", what=about.name)
