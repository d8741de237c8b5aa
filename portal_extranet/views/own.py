"""My own customers and contracts, which the pool does not see; and its customers, apart."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, current_app, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.contracts.operations import own as operations
from pool_module.contracts.queries import own as queries
from pool_module.contracts.queries.conversions import find_conversion
from pool_module.crm.operations import customers as people
from pool_module.crm.operations import documents
from pool_module.crm.queries.documents import documents_of
from pool_module.crm.rules import files
from portal_extranet.forms.own import ContractForm, CustomerForm
from shared.db import actor_of
from shared.models.contracts import Contract, Customer
from shared.permissions import Permission
from shared.vocabulary import ContractState
from shared.web import editing, lists
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import read_version
from shared.web.htmx import render
from shared.web.lists import Ask, Spec, View
from shared.web.uploads import sent, takes_files

blueprint = Blueprint("own", __name__, template_folder="../templates")
OWN = Permission.OWN_CUSTOMERS
CONTRACTS = Spec(
    title=_("My own contracts"),
    template="own/contracts.html",
    labels={
        "holder": _("Customer"), "number": _("Contract"), "product": _("Product"),
        "insurer": _("Insurer"), "begin_on": _("Begin"), "net_premium": _("Premium a year"),
        "state": _("Status"),
    },
    shown=("holder", "product", "insurer", "begin_on", "net_premium", "state"),
    narrow=("product", "insurer", "begin_on", "state"),
    sort="holder",
    codes={"state": ContractState},
    asks={"q": Ask(_("Name or contract number")), "state": Ask(_("Status"), codes=ContractState)},
    views=(
        View("all", _("All")),
        View("active", _("Active"), "state=active"),
        View("converted", _("Converted"), "converted=yes"),
    ),
    cells="own/contract_cells.html",
    search="q",
    saves=False,
    export=OWN,
    empty=(
        _("No contracts of your own yet"),
        _("What you manage yourself stands here; the pool sees nothing of it."),
    ),
)  # fmt: skip
CUSTOMERS = Spec(
    title=_("My own customers"),
    template="own/customers.html",
    labels={
        "name": _("Name"), "city": _("City"), "phone": _("Phone"), "email": _("E-mail"),
        "contracts": _("Contracts"),
    },
    shown=("name", "city", "phone", "email", "contracts"),
    narrow=("city", "email"),
    sort="name",
    asks={"q": Ask(_("Name"))},
    cells="own/customer_cells.html",
    search="q",
    saves=False,
    export=OWN,
    empty=(
        _("No customers of your own yet"),
        _("Customers you keep here are yours alone; the pool does not see them."),
    ),
)  # fmt: skip
POOL_CUSTOMERS = replace(
    CUSTOMERS,
    title=_("Customers with the pool"),
    empty=(_("No customers with the pool yet"), _("Who has a contract over the pool stands here.")),
)


@blueprint.get("/own/contracts")
@requires(OWN)
def contracts() -> Response:
    """List the firm's own contracts."""
    session = db.session()
    return lists.respond(CONTRACTS, queries.own_contract_list(session, actor_of(session)))


@blueprint.get("/own/contracts/<int:id>")
@requires(OWN)
def contract(id: int) -> Response:  # noqa: A002  -- the kit's name for a record
    """Show a contract of the firm's own."""
    session = db.session()
    actor = actor_of(session)
    found = _contract(id)
    holder = found.holder_id and queries.find_customer(session, actor, found.holder_id)
    return render(
        "own/contract.html",
        contract=found,
        holder=holder,
        state=lists.Shown.code_text(ContractState, found.state),
        conversion=find_conversion(session, actor, id),
        premiums=queries.premiums_of(session, actor, id),
        files=documents_of(session, actor, "contract", id),
        accept=files.ACCEPT,
    )


@blueprint.route("/own/contracts/new", methods=["GET", "POST"])
@requires(OWN)
def add_contract() -> Response:
    """Write down a contract of the firm's own."""
    session = db.session()
    actor = actor_of(session)
    form = _contract_form(holder_id=request.args.get("holder", type=int))
    if not form.holder_id.choices:
        editing.tell(gettext("First add the customer; then his contract."))
        return editing.done(Saved(url_for("own.add_customer", then="contract")))

    def save() -> Saved:
        firm_id = min(actor.firm_ids)
        made = operations.add_own(session, actor, firm_id, _wanted(form))
        return Saved(url_for("own.contract", id=made.id), gettext("Saved."))

    return editing.answer(form, "own/edit_contract.html", save, contract=None)


@blueprint.route("/own/contracts/<int:id>/edit", methods=["GET", "POST"])
@requires(OWN)
def edit_contract(id: int) -> Response:  # noqa: A002
    """Change a contract of the firm's own."""
    session = db.session()
    found = _contract(id)
    form = _contract_form(obj=found)

    def save() -> Saved:
        version = read_version(form.version.data)
        actor = actor_of(session)
        operations.change_own(session, actor, id, _wanted(form), version=version)
        return Saved(url_for("own.contract", id=id), gettext("Saved."))

    return editing.answer(form, "own/edit_contract.html", save, contract=found)


@blueprint.post("/own/contracts/<int:id>/documents")
@takes_files
@requires(OWN)
def add_documents(id: int) -> Response:  # noqa: A002
    """Keep files with a contract of the firm's own."""
    _contract(id)
    back = url_for("own.contract", id=id)

    def keep() -> Saved:
        root = current_app.config["STORAGE_DIR"]
        for name, content in sent():
            upload = documents.Upload(name, content)
            documents.store_upload(
                db.session(), root, upload, subject="contract", subject_id=id, private=True
            )
        return Saved(back, gettext("Saved."))

    return editing.attempt(keep, back)


@blueprint.get("/own/customers")
@requires(OWN)
def customers() -> Response:
    """List the firm's own customers, or apart from them the pool's."""
    session = db.session()
    pool = request.args.get("of") == "pool"
    listing = queries.customer_list(session, actor_of(session), private=not pool)
    return lists.respond(POOL_CUSTOMERS if pool else CUSTOMERS, listing, pool=pool)


@blueprint.get("/own/customers/<int:id>")
@requires(OWN)
def customer(id: int) -> Response:  # noqa: A002
    """Show a customer, the firm's own or the pool's."""
    session = db.session()
    found = _customer(id)
    return render(
        "own/customer.html",
        customer=found,
        contracts=queries.contracts_of(session, actor_of(session), id),
    )


@blueprint.route("/own/customers/new", methods=["GET", "POST"])
@requires(OWN)
def add_customer() -> Response:
    """Add a customer of the firm's own."""
    form = CustomerForm()
    then = request.args.get("then", "")

    def save() -> Saved:
        made = people.add_customer(db.session(), _person(form), private=True)
        where = (
            url_for("own.add_contract", holder=made.id)
            if then == "contract"
            else url_for("own.customer", id=made.id)
        )
        return Saved(where, gettext("Saved."))

    return editing.answer(form, "own/edit_customer.html", save, customer=None, then=then)


@blueprint.route("/own/customers/<int:id>/edit", methods=["GET", "POST"])
@requires(OWN)
def edit_customer(id: int) -> Response:  # noqa: A002
    """Change a customer of the firm's own; the pool's are the pool's to change."""
    found = _customer(id)
    if not found.private:
        abort(404)
    form = CustomerForm(obj=found)

    def save() -> Saved:
        version = read_version(form.version.data)
        people.change_customer(db.session(), id, _person(form), version=version)
        return Saved(url_for("own.customer", id=id), gettext("Saved."))

    return editing.answer(form, "own/edit_customer.html", save, customer=found, then="")


def _contract(contract_id: int) -> Contract:
    session = db.session()
    found = queries.find_own(session, actor_of(session), contract_id)
    if found is None:
        abort(404)
    return found


def _customer(customer_id: int) -> Customer:
    session = db.session()
    found = queries.find_customer(session, actor_of(session), customer_id)
    if found is None:
        abort(404)
    return found


def _contract_form(**values: Any) -> ContractForm:
    session = db.session()
    rows = queries.customer_choices(session, actor_of(session))
    return ContractForm(customers=[(row.id, row.name) for row in rows], **values)


def _wanted(form: ContractForm) -> operations.OwnContract:
    names = ("number", "own_insurer", "own_product", "state", "begin_on", "end_on", "next_due_on",
             "frequency", "net_premium", "gross_premium", "currency", "note")  # fmt: skip
    said: dict[str, Any] = {name: form[name].data or None for name in names}
    return operations.OwnContract(holder_id=form.holder_id.data, **said)


def _person(form: CustomerForm) -> people.Person:
    names = ("first_name", "title", "birth_date", "street", "postcode", "city", "email", "phone",
             "note")  # fmt: skip
    said = {name: form[name].data or None for name in names}
    return people.Person(
        last_name=form.last_name.data or "", legal_person=bool(form.legal_person.data), **said
    )
