"""Customers: the list, one with all that hangs on him, added without doubles, changed."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.applications.queries import firms
from pool_module.crm.operations import customers
from pool_module.crm.queries import customers as queries
from pool_module.crm.queries import documents, tasks, threads
from pool_module.crm.rules.files import ACCEPT
from portal_intranet.forms.customers import CustomerForm
from portal_intranet.forms.documents import KINDS
from shared.db import actor_of
from shared.labels import label
from shared.models.contracts import Customer
from shared.permissions import Permission
from shared.vocabulary import ApplicationState, ContractState, ThreadState
from shared.web import editing, lists
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.htmx import render
from shared.web.lists import Ask, Spec, View
from shared.web.records import Part, Record
from shared.web.records import respond as respond_record

blueprint = Blueprint("customers", __name__, template_folder="../templates")

CUSTOMERS = Spec(
    title=_("Customers"),
    template="customers/index.html",
    labels={
        "name": _("Name"),
        "birth_date": _("Date of birth"),
        "postcode": _("Postcode"),
        "city": _("City"),
        "firm": _("Broker firm"),
        "contracts": _("Contracts"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "legal_person": _("Company"),
    },
    shown=("name", "birth_date", "postcode", "city", "firm", "contracts"),
    sort="name",
    asks={
        "q": Ask(_("Name")),
        "legal_person": Ask(_("Company")),
        "birth_date": Ask(_("Date of birth")),
        "postcode": Ask(_("Postcode"), hint="201"),
    },
    views=(
        View("all", _("All")),
        View("people", _("Private customers"), "legal_person=no"),
        View("companies", _("Companies"), "legal_person=yes"),
    ),
    opens="customers.show",
    search="q",
    narrow=("postcode",),
    empty=(_("No customers yet"), _("They come with deliveries and applications, or by hand.")),
)


@blueprint.get("/customers")
@requires(Permission.CUSTOMERS_READ)
def index() -> Response:
    """Show the customers."""
    session = db.session()
    return lists.respond(CUSTOMERS, queries.customer_list(session, actor_of(session)))


@blueprint.get("/customers/<int:id>")
@requires(Permission.CUSTOMERS_READ)
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show a customer with contracts, applications, documents, tasks and messages."""
    session = db.session()
    actor = actor_of(session)
    customer = queries.get_customer(session, actor, id)
    record = _record(customer)
    return respond_record(
        "customers/show.html",
        record,
        customer=customer,
        label=label,
        KINDS=KINDS,
        accept=ACCEPT,
        ContractState=ContractState,
        ApplicationState=ApplicationState,
        ThreadState=ThreadState,
        **_part(record.tab, id),
    )


@blueprint.route("/customers/new", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def create() -> Response:
    """Add a customer; who may be the same is shown first."""
    session = db.session()
    actor = actor_of(session)
    form = CustomerForm()
    _offer_firms(form)
    after = (request.form if request.method == "POST" else request.args).get("for", "")
    found: list[queries.Alike] = []

    def save() -> Saved:
        firm = int(form.firm_id.data) if form.firm_id.data else None
        made = customers.add_customer(session, form.person(), firm_id=firm)
        if after == "application":
            place = url_for("applications.create", customer=made.id)
        elif after == "contract":
            place = url_for("contracts.create", customer=made.id)
        else:
            place = url_for("customers.show", id=made.id)
        return Saved(place, gettext("The customer is added."))

    if form.is_submitted() and form.anyway.data != "yes" and form.validate():
        found = list(queries.find_alike(session, actor, form.described()))
        if found:
            return render(
                "customers/edit.html", 409, form=form, clash=None, customer=None, alike=found,
                after=after,
            )  # fmt: skip
    return editing.answer(
        form, "customers/edit.html", save, customer=None, alike=found, after=after
    )


@blueprint.route("/customers/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_EDIT)
def edit(id: int) -> Response:  # noqa: A002
    """Change what is kept of a customer."""
    session = db.session()
    customer = queries.get_customer(session, actor_of(session), id)
    form = CustomerForm(obj=customer)
    _offer_firms(form)

    def save() -> Saved:
        version = int(form.version.data) if str(form.version.data or "").isdecimal() else None
        customers.change_customer(session, id, form.person(), version=version)
        return Saved(url_for("customers.show", id=id), gettext("Saved."))

    return editing.answer(form, "customers/edit.html", save, customer=customer, alike=[], after="")


def _record(customer: Customer) -> Record:
    place = " ".join(part for part in (customer.postcode, customer.city) if part)
    return Record(
        href=url_for("customers.show", id=customer.id),
        title=queries.called(customer),
        list_title=CUSTOMERS.title,
        list_href=url_for("customers.index"),
        sub=place or gettext("Customer"),
        tabs=(
            Part("data", _("Overview")),
            Part("contracts", _("Contracts")),
            Part("applications", _("Applications")),
            Part("documents", _("Documents")),
            Part("threads", _("Messages")),
        ),
    )


def _part(tab: str, number: int) -> dict[str, Any]:
    session = db.session()
    actor = actor_of(session)
    if tab == "contracts":
        return {"contracts": queries.contracts_of(session, actor, number)}
    if tab == "applications":
        return {"applications": queries.applications_of(session, actor, number)}
    if tab == "documents":
        return {"documents": documents.documents_of(session, actor, "customer", number)}
    if tab == "threads":
        return {"threads": threads.threads_of(session, actor, "customer", number)}
    return {
        "tasks": tasks.tasks_of(session, actor, "customer", number),
        "staff": tasks.people(session, actor, "customer"),
        "contracts": queries.contracts_of(session, actor, number),
    }


def _offer_firms(form: CustomerForm) -> None:
    session = db.session()
    rows = firms(session, actor_of(session))
    form.firm_id.choices = [
        ("", gettext("none: the pool’s own")),
        *((str(row.id), row.name) for row in rows),
    ]
