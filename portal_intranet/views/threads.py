"""Threads with brokers: what waits for an answer first, each with its record."""

from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.applications.queries import firms
from pool_module.crm.operations import threads
from pool_module.crm.operations.documents import Upload
from pool_module.crm.queries import subjects
from pool_module.crm.queries import threads as queries
from pool_module.crm.queries.threads import Conversation
from pool_module.crm.rules.conversation import LIVE, may_settle
from portal_intranet.forms.documents import SUBJECTS
from portal_intranet.forms.threads import KINDS, AnswerForm, OutcomeForm, ThreadForm
from shared import clock
from shared.db import actor_of
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import ThreadState
from shared.web import editing, lists, uploads
from shared.web.access import reaches, requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.lists import Ask, Spec, View
from shared.web.records import Record
from shared.web.records import respond as respond_record

blueprint = Blueprint("threads", __name__, template_folder="../templates")

THREADS = Spec(
    title=_("Messages"),
    template="threads/index.html",
    labels={
        "title": _("Subject line"),
        "firm": _("Broker firm"),
        "kind": _("Kind"),
        "subject": _("Concerns"),
        "state": _("Status"),
        "due_on": _("Answer wanted by"),
        "last_at": _("Last message"),
    },
    shown=("title", "firm", "subject", "state", "last_at"),
    sort="-last_at",
    asks={
        "state": Ask(_("Status"), codes=ThreadState),
        "kind": Ask(_("Kind"), choices=lambda: list(KINDS.items())),
        "unread": Ask(_("Unread")),
    },
    codes={"state": ThreadState},
    words={"kind": lambda kind: KINDS.get(kind, kind), "subject": lambda s: SUBJECTS.get(s, s)},
    views=(
        View("all", _("All")),
        View("unanswered", _("Unanswered, oldest first"), "unanswered=yes&sort=last_at"),
        View("mine", _("Mine"), "mine=yes"),
        View("questions", _("Questions"), "kind=question"),
    ),
    opens="threads.show",
    cells="threads/cells.html",
    narrow=("subject",),
    empty=(_("No messages yet"), _("What brokers write, and what you write to them, stands here.")),
)
WHERE = {
    "application": "applications.show",
    "contract": "contracts.show",
    "customer": "customers.show",
    "product": "products.show",
    "insurer": "insurers.show",
    "producer": "producers.show",
    "statement": "statements.show",
}


@blueprint.get("/threads")
@requires(Permission.MESSAGES_READ)
def index() -> Response:
    """Show the threads."""
    session = db.session()
    listing = queries.thread_list(session, actor_of(session))
    return lists.respond(THREADS, listing)


@blueprint.get("/threads/<int:id>")
@requires(Permission.MESSAGES_READ)
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show a thread; from now on it is read."""
    threads.mark_read(db.session(), id, now=clock.now())
    return _shown(id)


@blueprint.route("/threads/new", methods=["GET", "POST"])
@requires(Permission.MESSAGES_WRITE)
@uploads.takes_files
def create() -> Response:
    """Write to a broker, or a note, about a record or about none."""
    session = db.session()
    actor = actor_of(session)
    form = ThreadForm(
        subject=request.args.get("subject", ""), subject_id=request.args.get("subject_id", "")
    )
    kind, number = form.subject.data or None, form.subject_id.data or ""
    about = (
        subjects.get_subject(session, actor, kind, int(number))
        if kind and number.isdecimal()
        else None
    )
    chosen = [("", gettext("nobody: the pool among itself"))]
    form.firm_id.choices = [*chosen, *((str(row.id), row.name) for row in firms(session, actor))]
    if request.method == "GET" and about:
        form.firm_id.data = str(about.firm_id or "")
        form.title.data = about.name

    def save() -> Saved:
        made = threads.open_thread(
            session,
            author=g.viewer.name,
            title=form.title.data,
            body=form.body.data or "",
            now=clock.now(),
            subject=about.kind if about else None,
            subject_id=about.id if about else None,
            firm_id=int(form.firm_id.data) if form.firm_id.data else None,
            internal=form.internal.data != "no",
            due_on=form.due_on.data,
            uploads=_files(),
            root=_root(),
        )
        return Saved(url_for("threads.show", id=made.id), gettext("Written."))

    return editing.answer(form, "threads/new.html", save, about=about, SUBJECTS=SUBJECTS)


@blueprint.post("/threads/<int:id>/answer")
@requires(Permission.MESSAGES_WRITE)
@uploads.takes_files
def answer(id: int) -> Response:  # noqa: A002
    """Write in a thread: a note unless it is said to be for the broker."""
    form = AnswerForm()
    internal = form.internal.data != "no"

    def save() -> Saved:
        threads.answer(
            db.session(),
            id,
            author=g.viewer.name,
            body=form.body.data or "",
            now=clock.now(),
            internal=internal,
            uploads=_files(),
            root=_root(),
        )
        said = gettext("Noted.") if internal else gettext("Sent.")
        return Saved(url_for("threads.show", id=id), said)

    conversation = _conversation(id)
    return editing.answer(form, "threads/show.html", save, **_values(conversation))


@blueprint.post("/threads/<int:id>/settle")
@requires(Permission.MESSAGES_WRITE)
def settle(id: int) -> Response:  # noqa: A002
    """Bring a question to its outcome."""
    form, back = OutcomeForm(), url_for("threads.show", id=id)
    number = form.line_id.data or ""

    def act() -> Saved:
        threads.settle(
            db.session(),
            id,
            form.state.data or "",
            author=g.viewer.name,
            now=clock.now(),
            body=form.body.data,
            line_id=int(number) if number.isdecimal() else None,
        )
        return Saved(back, gettext("The broker is told."))

    return editing.attempt(act, back)


@blueprint.post("/threads/<int:id>/close")
@requires(Permission.MESSAGES_WRITE)
def close(id: int) -> Response:  # noqa: A002
    """End a thread that needs no answer any more."""
    back = url_for("threads.show", id=id)

    def act() -> Saved:
        threads.close(db.session(), id)
        return Saved(back, gettext("Closed."), undo=url_for("threads.reopen", id=id))

    return editing.attempt(act, back)


@blueprint.post("/threads/<int:id>/reopen")
@requires(Permission.MESSAGES_WRITE)
def reopen(id: int) -> Response:  # noqa: A002
    """Take up a thread again."""
    back = url_for("threads.show", id=id)

    def act() -> Saved:
        threads.reopen(db.session(), id)
        return Saved(back, gettext("Open again."))

    return editing.attempt(act, back)


def _shown(number: int) -> Response:
    conversation = _conversation(number)
    return respond_record("threads/show.html", **_values(conversation), form=AnswerForm())


def _conversation(number: int) -> Conversation:
    session = db.session()
    return queries.get_conversation(session, actor_of(session), number)


def _values(conversation: Conversation) -> dict[str, Any]:
    session = db.session()
    thread, about = conversation.thread, conversation.about
    state = label(ThreadState, thread.state)
    line = thread.subject_id if thread.subject == "statement_line" else None
    record = Record(
        href=url_for("threads.show", id=thread.id),
        title=thread.title,
        list_title=THREADS.title,
        list_href=url_for("threads.index"),
        sub=conversation.firm or gettext("The pool among itself"),
        state=state.text,
        tone=state.tone,
    )
    return {
        "record": record,
        "conversation": conversation,
        "thread": thread,
        "about_href": _address(about.kind, about.id) if about else None,
        "SUBJECTS": SUBJECTS,
        "live": thread.state in LIVE,
        "settles": may_settle(thread.kind, thread.state),
        "corrections": (
            queries.corrections_of(session, actor_of(session), line) if line is not None else []
        ),
    }


def _address(kind: str, number: int) -> str | None:
    endpoint = WHERE.get(kind)
    if endpoint is None or endpoint not in current_app.view_functions or not reaches(endpoint):
        return None
    return url_for(endpoint, id=number)


def _files() -> list[Upload]:
    return [Upload(name, content) for name, content in uploads.sent()]


def _root() -> Path:
    root: Path = current_app.config["STORAGE_DIR"]
    return root
