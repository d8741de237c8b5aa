"""My applications: the list, a case with its stages, answers, and a new one step by step."""

from typing import Any

from flask import Blueprint, abort, current_app, g, request, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.applications import operations, rules
from pool_module.applications import queries as cases
from pool_module.crm.operations import customers as people
from pool_module.crm.operations import documents
from pool_module.crm.operations.documents import Upload
from pool_module.crm.queries import customers as customer_queries
from pool_module.crm.rules import files
from pool_module.overview.queries import case as queries
from pool_module.overview.queries import range as offers
from portal_extranet.forms.applications import AnswerForm, CustomerForm, DataForm
from shared import clock
from shared.db import actor_of
from shared.errors import Refused
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import ApplicationState, Door, Gate, GateAction, GatePoint
from shared.web import editing, lists
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.htmx import render
from shared.web.lists import Ask, Spec, View
from shared.web.uploads import sent, takes_files

blueprint = Blueprint("applications", __name__, template_folder="../templates")
OWN = Permission.OWN_APPLICATIONS
APPLICATIONS = Spec(
    title=_("My applications"),
    template="applications/index.html",
    labels={
        "holder": _("Customer"), "case_number": _("Case number"), "product": _("Product"),
        "insurer": _("Insurer"), "applied_on": _("Applied on"), "net_premium": _("Premium a year"),
        "state": _("Status"),
    },
    shown=("holder", "product", "insurer", "applied_on", "state"),
    narrow=("insurer", "applied_on", "state"),
    sort="-recorded_at",
    codes={"state": ApplicationState},
    asks={
        "q": Ask(_("Case number")),
        "state": Ask(_("Status"), codes=ApplicationState),
        "applied_on": Ask(_("Applied on")),
    },
    views=(
        View("all", _("All")),
        View("query", _("Answer needed"), "state=insurer_query"),
        View("open", _("Open"), "open=yes"),
    ),
    cells="applications/cells.html",
    search="q",
    saves=False,
    export=OWN,
    empty=(_("No applications yet"), _("Submit one; it takes five taps.")),
)  # fmt: skip


@blueprint.get("/applications")
@requires(OWN)
def index() -> Response:
    """List the firm's applications, the latest first."""
    session = db.session()
    today = clock.today(g.viewer.time_zone)
    return lists.respond(APPLICATIONS, cases.application_list(session, actor_of(session), today))


@blueprint.get("/applications/<int:id>")
@requires(OWN)
def show(id: int) -> Response:  # noqa: A002  -- the kit's name for a record
    """Show a case: how far it is, its history, and what is asked."""
    return _case(id, AnswerForm())


@blueprint.post("/applications/<int:id>/answer")
@takes_files
@requires(OWN)
def answer(id: int) -> Response:  # noqa: A002
    """Answer a query with a text and what was asked for."""
    form = AnswerForm()
    found = queries.get_case(db.session(), actor_of(db.session()), id)

    def send() -> Saved:
        session = db.session()
        _keep(id, "query")
        version = int(form.version.data) if (form.version.data or "").isdecimal() else None
        operations.answer_query(session, id, form.text.data, version=version)
        return Saved(url_for("applications.show", id=id), gettext("Sent to the pool."))

    return editing.answer(form, "applications/show.html", send, **_shown(found))


@blueprint.post("/applications/<int:id>/withdraw")
@requires(OWN)
def withdraw(id: int) -> Response:  # noqa: A002
    """Take an application back."""

    def act() -> Saved:
        operations.withdraw(db.session(), id)
        return Saved(url_for("applications.show", id=id), gettext("The application is withdrawn."))

    return editing.attempt(act, url_for("applications.show", id=id))


@blueprint.post("/applications/<int:id>/documents")
@takes_files
@requires(OWN)
def add_documents(id: int) -> Response:  # noqa: A002
    """Send further papers with an application."""
    session = db.session()
    queries.get_case(session, actor_of(session), id)
    back = url_for("applications.show", id=id)

    def act() -> Saved:
        _keep(id, "application")
        return Saved(back, gettext("Sent to the pool."))

    return editing.attempt(act, back)


@blueprint.route("/applications/new", methods=["GET", "POST"])
@requires(OWN)
def create() -> Response:
    """First step: whose application it is, found among the customers or new."""
    session = db.session()
    form = CustomerForm()
    typed = request.args.get("q", "")
    product = request.args.get("product", type=int)

    def save() -> Saved:
        made = people.add_customer(session, _person(form), firm_id=g.viewer.company_id)
        return Saved(_after_customer(made.id, product))

    found = customer_queries.choices(session, actor_of(session), typed) if typed else []
    return editing.answer(
        form, "applications/create.html", save, fragments={"customer-hits": "hits"}, q=typed,
        found=found, product=product,
    )  # fmt: skip


@blueprint.route("/applications/new/product", methods=["GET", "POST"])
@requires(OWN)
def product() -> Response:
    """Second step: a product the firm may sell; why it may not sell others."""
    session = db.session()
    actor = actor_of(session)
    sent = request.form if request.method == "POST" else request.args
    customer_id = sent.get("customer", type=int)
    if customer_id is None:
        abort(404)
    customer = customer_queries.get_customer(session, actor, customer_id)
    today = clock.today(g.viewer.time_zone)
    chosen = sent.get("product", type=int)
    if chosen is not None:

        def begin() -> Saved:
            wanted = operations.Wanted(
                product_id=chosen, customer_id=customer.id, applied_on=today,
                currency=queries.currency_of(session, actor),
            )  # fmt: skip
            made = operations.save_draft(session, wanted, firm_id=g.viewer.company_id)
            return Saved(url_for("applications.edit", id=made.id))

        if request.method == "POST":
            return editing.attempt(begin, url_for("applications.product", customer=customer_id))
    firm_id = g.viewer.company_id
    return render(
        "applications/product.html",
        customer=customer,
        rows=offers.range_of(session, actor, firm_id, today),
        closed=offers.closed_to(session, actor, firm_id, today),
        chosen=chosen,
        lang=str(get_locale()),
    )


@blueprint.route("/applications/<int:id>/edit", methods=["GET", "POST"])
@takes_files
@requires(OWN)
def edit(id: int) -> Response:  # noqa: A002
    """Last step: data and documents; kept as a draft, or handed in."""
    session = db.session()
    actor = actor_of(session)
    found = queries.get_case(session, actor, id)
    application = found.case.application
    if application.state != ApplicationState.DRAFT:  # a double tap, or handed in elsewhere
        return editing.done(Saved(url_for("applications.show", id=id)))
    producers = cases.producers(session, actor, g.viewer.company_id)
    form = DataForm(obj=application, producers=[(row.id, row.name) for row in producers])
    asked = rules.fields_of(found.case.line.gdv_key or found.case.line.code)

    def save() -> Saved:
        version = int(form.version.data) if (form.version.data or "").isdecimal() else None
        operations.save_draft(
            session, _wanted(form, application, asked), application_id=id, version=version
        )
        _keep(id, "application")
        if request.form.get("do") != "submit":
            return Saved(url_for("applications.edit", id=id), gettext("Draft saved."))
        return _submit(id)

    verdicts = [
        (verdict.action, label(Gate, verdict.gate).text)
        for verdict in operations.standing(
            session, application, GatePoint.SUBMISSION, clock.today(g.viewer.time_zone)
        )
        if verdict.action is not GateAction.SILENT and verdict.gate is not Gate.CONSENT
    ]
    return editing.answer(
        form, "applications/edit.html", save, found=found, asked=asked, accept=files.ACCEPT,
        verdicts=verdicts,
    )  # fmt: skip


def _submit(application_id: int) -> Saved:
    """Hand in what was just saved; when that is refused, the draft with its papers stays."""
    session = db.session()
    try:
        with session.begin_nested():
            operations.submit(session, application_id, today=clock.today(g.viewer.time_zone))
    except Refused as refusal:
        if refusal.status == 404:
            raise
        editing.tell_refused(refusal)
        return Saved(url_for("applications.edit", id=application_id))
    said = gettext("Submitted. The pool checks it and passes it on.")
    return Saved(url_for("applications.show", id=application_id), said)


def _case(application_id: int, form: AnswerForm) -> Response:
    session = db.session()
    found = queries.get_case(session, actor_of(session), application_id)
    return render("applications/show.html", form=form, clash=None, **_shown(found))


def _shown(found: queries.Shown) -> dict[str, Any]:
    state = found.case.application.state
    return {
        "found": found,
        "may_withdraw": ApplicationState.WITHDRAWN in rules.allowed(state, Door.EXTRANET),
        "state": lists.Shown.code_text(ApplicationState, state),
        "accept": files.ACCEPT,
    }


def _keep(application_id: int, kind: str) -> None:
    root = current_app.config["STORAGE_DIR"]
    for field in ("files", "photo"):
        for name, content in sent(field):
            upload = Upload(name, content)
            documents.store_upload(
                db.session(), root, upload, subject="application", subject_id=application_id,
                kind=kind,
            )  # fmt: skip


def _after_customer(customer_id: int, product_id: int | None) -> str:
    return url_for("applications.product", customer=customer_id, product=product_id)


def _person(form: CustomerForm) -> people.Person:
    names = ("first_name", "birth_date", "street", "postcode", "city", "email", "phone")
    said = {name: form[name].data or None for name in names}
    return people.Person(
        last_name=form.last_name.data or "", legal_person=bool(form.legal_person.data), **said
    )


def _wanted(form: DataForm, application: Any, asked: tuple[rules.Field, ...]) -> operations.Wanted:
    details = {field.name.value: request.form.get(f"detail-{field.name}", "") for field in asked}
    return operations.Wanted(
        product_id=application.product_id,
        customer_id=application.customer_id,
        producer_id=form.producer_id.data or None,
        applied_on=form.applied_on.data,
        begin_on=form.begin_on.data,
        frequency=form.frequency.data or None,
        net_premium=form.net_premium.data,
        currency=form.currency.data,
        product_version_id=application.product_version_id,
        note=form.note.data or None,
        details=details,
    )
