"""Applications: the list, one case from draft to contract, the register to an insurer."""

from typing import Any

from flask import Blueprint, request, url_for
from flask import Response as File
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from pool_module.applications import operations, queries, rules
from pool_module.applications.queries import Case
from pool_module.contracts.operations.issuing import Policy, issue
from pool_module.contracts.queries import records as contracts
from pool_module.crm.queries import customers, documents, tasks, threads
from pool_module.crm.rules.files import ACCEPT
from pool_module.incoming.operations import sending
from pool_module.products.queries.insurers import insurer_names
from portal_intranet.forms.applications import (
    ASKED,
    STEPS,
    WANTED_DOCUMENTS,
    ApplicationForm,
    PolicyForm,
    StepForm,
)
from portal_intranet.forms.contracts import version_of
from portal_intranet.forms.documents import KINDS
from portal_intranet.views.companies.checklist import stops
from shared.db import actor_of
from shared.errors import Refused
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import ApplicationState, Door, Frequency, ThreadState
from shared.web import editing, lists
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render
from shared.web.kit import next_page
from shared.web.lists import Ask, Bulk, Spec, View
from shared.web.records import Part, Record
from shared.web.records import respond as respond_record

blueprint = Blueprint("applications", __name__, template_folder="../templates")


def _insurers() -> list[tuple[str, str]]:
    session = db.session()
    return [(str(row["id"]), row["name"]) for row in insurer_names(session, actor_of(session))]


APPLICATIONS = Spec(
    title=_("Applications"),
    template="applications/index.html",
    labels={
        "case_number": _("Case number"),
        "holder": _("Customer"),
        "product": _("Product"),
        "insurer": _("Insurer"),
        "firm": _("Broker firm"),
        "state": _("Status"),
        "applied_on": _("Applied on"),
        "begin_on": _("Begin"),
        "net_premium": _("Premium p.a."),
        "recorded_at": _("Registered"),
    },
    shown=("case_number", "holder", "product", "insurer", "firm", "state", "applied_on",
           "net_premium"),
    sort="-recorded_at",
    asks={
        "q": Ask(_("Case number"), hint="V-2026"),
        "state": Ask(_("Status"), codes=ApplicationState),
        "insurer": Ask(_("Insurer"), choices=_insurers),
        "applied_on": Ask(_("Applied on")),
        "older": Ask(_("Open for more days than"), hint="14"),
        "open": Ask(_("Open")),
    },
    codes={"state": ApplicationState},
    views=(
        View("all", _("All")),
        View("submitted", _("To be sent on"), "state=submitted&sort=applied_on"),
        View("mine", _("Mine"), "mine=yes"),
        View("older", _("Open for 14 days"), "older=14&sort=applied_on"),
        View("queries", _("Queries, oldest first"), "state=insurer_query&sort=applied_on"),
        View("accepted", _("Accepted without contract"), "without_contract=yes"),
    ),
    opens="applications.show",
    search="q",
    narrow=("insurer", "firm"),
    bulk=(
        Bulk("applications.register", _("Register for the insurer (GDV)"), "file-text",
             Permission.APPLICATIONS_EDIT),
    ),
    empty=(_("No applications yet"), _("Brokers hand them in, or you register them here.")),
)  # fmt: skip


@blueprint.get("/applications")
@requires(Permission.APPLICATIONS_READ)
def index() -> Response:
    """Show the applications."""
    session = db.session()
    return lists.respond(
        APPLICATIONS, queries.application_list(session, actor_of(session), today())
    )


@blueprint.get("/applications/<int:id>")
@requires(Permission.APPLICATIONS_READ)
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show a case: where it is, what it says, what can be done next."""
    session = db.session()
    case = queries.get_case(session, actor_of(session), id)
    record = _record(case)
    values = _values(case, record)
    return respond_record("applications/show.html", record, form=StepForm(), clash=None, **values)


@blueprint.route("/applications/new", methods=["GET", "POST"])
@requires(Permission.APPLICATIONS_EDIT)
def create() -> Response:
    """Register an application: the customer is found or added first."""
    session = db.session()
    actor = actor_of(session)
    form = ApplicationForm(customer_id=request.args.get("customer", ""), applied_on=today())
    number = form.customer_id.data or ""
    holder = customers.get_customer(session, actor, int(number)) if number.isdecimal() else None
    if holder is None:
        typed = request.args.get("find", "")
        found = customers.choices(session, actor, typed) if typed else []
        return render("applications/customer.html", found=found, typed=typed)
    _offer(form, holder.firm_id)
    if request.method == "GET" and holder.firm_id:
        form.firm_id.data = str(holder.firm_id)
        form.producer.data = _only_producer(holder.firm_id)

    def save() -> Saved:
        wanted = form.wanted(_seller(form.producer.data), _details(), "EUR")
        firm = int(form.firm_id.data) if form.firm_id.data else None
        made = operations.save_draft(session, wanted, firm_id=firm)
        if request.form.get("then") == "submit":
            operations.submit(session, made.id, today=today())
        return Saved(url_for("applications.show", id=made.id), gettext("Registered."))

    return editing.answer(form, "applications/edit.html", save, holder=holder, **_asked(None))


@blueprint.route("/applications/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.APPLICATIONS_EDIT)
def edit(id: int) -> Response:  # noqa: A002
    """Change what an application says, as long as it is not decided."""
    session = db.session()
    case = queries.get_case(session, actor_of(session), id)
    application = case.application
    form = ApplicationForm(obj=application, producer=case.producer or "")
    _offer(form, application.firm_id)

    def save() -> Saved:
        wanted = form.wanted(_seller(form.producer.data, case), _details(), application.currency)
        operations.save_draft(
            session,
            wanted,
            application_id=id,
            version=version_of(form),
            firm_id=int(form.firm_id.data) if form.firm_id.data else None,
        )
        return Saved(url_for("applications.show", id=id), gettext("Saved."))

    if request.method == "GET":
        form.firm_id.data = str(application.firm_id or "")
    return editing.answer(
        form, "applications/edit.html", save, holder=case.customer, **_asked(case)
    )


@blueprint.post("/applications/<int:id>/move/<any(submitted,sent_to_insurer,accepted,rejected,"
                "withdrawn):state>")  # fmt: skip
@requires(Permission.APPLICATIONS_EDIT)
def move(id: int, state: str) -> Response:  # noqa: A002
    """Bring an application one step on."""
    session, form = db.session(), StepForm()

    def save() -> Saved:
        if state == ApplicationState.SUBMITTED:
            note = form.note.data or None
            operations.submit(session, id, today=today(), version=version_of(form), note=note)
        else:
            number = form.insurer_number.data or None
            note, version = form.note.data or None, version_of(form)
            operations.move(
                session, id, state, note=note, insurer_number=number, version=version
            )  # fmt: skip
        said = gettext("%(state)s.", state=label(ApplicationState, state).text)
        return Saved(url_for("applications.show", id=id), said)

    return _step(id, form, save)


@blueprint.post("/applications/<int:id>/ask")
@requires(Permission.APPLICATIONS_EDIT)
def ask(id: int) -> Response:  # noqa: A002
    """Ask the broker for what is missing."""
    session, form = db.session(), StepForm()
    wanted = [text.strip() for text in request.form.getlist("documents") if text.strip()]

    def save() -> Saved:
        operations.ask_broker(session, id, form.note.data or "", wanted, version=version_of(form))
        return Saved(url_for("applications.show", id=id), gettext("The broker is asked."))

    return _step(id, form, save)


@blueprint.route("/applications/<int:id>/contract", methods=["GET", "POST"])
@requires(Permission.CONTRACTS_EDIT)
def contract(id: int) -> Response:  # noqa: A002
    """Make the contract of an accepted application; only its number is typed."""
    session = db.session()
    case = queries.get_case(session, actor_of(session), id)
    application = case.application
    form = PolicyForm(obj=application, producer=case.producer or "", issued_on=today())

    def save() -> Saved:
        policy = Policy(
            number=form.number.data,
            issued_on=form.issued_on.data,
            begin_on=form.begin_on.data,
            end_on=form.end_on.data,
            net_premium=form.net_premium.data,
            gross_premium=form.gross_premium.data,
            producer_id=_seller(form.producer.data, case),
        )
        made = issue(session, id, policy, today=today(), version=version_of(form))
        said = gettext("The contract is made; application and contract point to each other.")
        return Saved(url_for("contracts.show", id=made.id), said)

    sellers = contracts.sellers(session, actor_of(session))
    return editing.answer(
        form, "applications/contract.html", save, case=case, sellers=sellers, record=_record(case)
    )


@blueprint.post("/applications/register")
@requires(Permission.APPLICATIONS_EDIT)
def register() -> Response:
    """Write the chosen applications as a register for their insurer, and mark them as sent."""
    session, back = db.session(), next_page()
    try:
        with session.begin_nested():
            written = sending.send_register(session, lists.selected(), today=today())
    except Refused as refusal:
        editing.tell_refused(refusal)
        return editing.done(Saved(back))
    response = File(written.content, mimetype="application/octet-stream")
    name = f"antraege-{written.insurer}-{today():%Y-%m-%d}.gdv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _step(number: int, form: StepForm, save: Any) -> Response:
    session = db.session()
    case = queries.get_case(session, actor_of(session), number)
    record = _record(case)
    fragments = {"drawer": "aside", "record-body": "body"}
    return editing.answer(
        form,
        "applications/show.html",
        save,
        fragments=fragments,
        record=record,
        **_values(case, record),
    )


def _values(case: Case, record: Record) -> dict[str, Any]:
    application = case.application
    return {
        "case": case,
        "steps": _steps(application.state),
        "allowed": rules.allowed(application.state, Door.INTRANET),
        "STEPS": STEPS,
        "ASKED": ASKED,
        "asked": rules.fields_of(case.line.gdv_key),
        "WANTED": WANTED_DOCUMENTS,
        "KINDS": KINDS,
        "accept": ACCEPT,
        "label": label,
        "ApplicationState": ApplicationState,
        "ThreadState": ThreadState,
        "Frequency": Frequency,
        **_part(case, record.tab),
    }


def _part(case: Case, tab: str) -> dict[str, Any]:
    session = db.session()
    actor, number = actor_of(session), case.application.id
    if tab == "documents":
        return {"documents": documents.documents_of(session, actor, "application", number)}
    if tab == "threads":
        return {"threads": threads.threads_of(session, actor, "application", number)}
    return {
        **stops(case.application),
        "changes": queries.changes(session, actor, number),
        "carrier": queries.carrier_codes(session, actor, [number]).get(number),
        "documents": documents.documents_of(session, actor, "application", number),
        "tasks": tasks.tasks_of(session, actor, "application", number),
        "staff": tasks.people(session, actor, "application"),
    }


def _record(case: Case) -> Record:
    application = case.application
    state = label(ApplicationState, application.state)
    holder = customers.called(case.customer) if case.customer else gettext("Without a customer")
    told = [case.product.name, case.insurer.name, case.firm]
    return Record(
        href=url_for("applications.show", id=application.id),
        title=holder,
        list_title=APPLICATIONS.title,
        list_href=url_for("applications.index"),
        code=application.case_number,
        sub=Markup(" · ").join(escape(part) for part in told if part),
        state=state.text,
        tone=state.tone,
        tabs=(
            Part("data", _("Overview")),
            Part("documents", _("Documents")),
            Part("threads", _("Messages")),
        ),
    )


def _steps(state: str) -> list[dict[str, object]]:
    """The way of an application as the bar shows it; a query stands where the insurer has it."""
    way = list(rules.STEPS)
    here = ApplicationState.SENT_TO_INSURER if state == "insurer_query" else ApplicationState(state)
    if here in rules.ENDED:
        way[-1] = here
    at = way.index(here)
    last = len(way) - 1
    return [
        {
            "label": label(ApplicationState, step).text,
            "state": "done" if place < at or place == at == last else "now" if place == at
            else "todo",
        }
        for place, step in enumerate(way)
    ]  # fmt: skip


def _offer(form: ApplicationForm, firm_id: int | None) -> None:
    session = db.session()
    actor, day = actor_of(session), today()
    rows = queries.sellable(session, actor, None, day)
    form.product_id.choices = [(row.id, f"{row.insurer} · {row.name}") for row in rows]
    chosen = form.product_id.data
    if chosen and chosen not in {row.id for row in rows}:
        kept = queries.get_product(session, actor, chosen)
        form.product_id.choices.append((kept.id, kept.name))
    none = ("", gettext("none: the pool’s own business"))
    form.firm_id.choices = [none, *((str(r.id), r.name) for r in queries.firms(session, actor))]
    assert firm_id is None or firm_id > 0


def _asked(case: Case | None) -> dict[str, Any]:
    """The questions of the product's line of business, and where to choose producers from."""
    session = db.session()
    fields = rules.fields_of(case.line.gdv_key) if case else ()
    return {
        "case": case,
        "asked": fields,
        "ASKED": ASKED,
        "answers": {**(case.application.details if case else {}), **_details()},
        "sellers": contracts.sellers(session, actor_of(session)),
    }


def _details() -> dict[str, str]:
    """What was answered to the questions of the line of business."""
    names = {asked.value for asked in ASKED}
    return {
        key.removeprefix("d-"): value.strip()
        for key, value in request.form.items()
        if key.startswith("d-") and key.removeprefix("d-") in names
    }


def _only_producer(firm_id: int) -> str:
    session = db.session()
    rows = queries.producers(session, actor_of(session), firm_id)
    return f"{rows[0].name} ({rows[0].code})" if len(rows) == 1 else ""


def _seller(typed: str | None, case: Case | None = None) -> int | None:
    if case and typed == (case.producer or ""):  # left as it is: he may be limited by now
        return case.application.producer_id
    return contracts.get_seller(db.session(), actor_of(db.session()), typed)
