"""The range: products, their versions and documents, and who may sell them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from werkzeug.wrappers import Response

from pool_module.agreements.queries import incoming
from pool_module.agreements.queries import rates as rate_queries
from pool_module.crm.operations import documents
from pool_module.products.operations import range as operations
from pool_module.products.operations import selling
from pool_module.products.queries import insurers as insurer_queries
from pool_module.products.queries import range as queries
from pool_module.products.queries import selling as selling_queries
from pool_module.products.rules import STEPS, feature_pairs
from pool_module.settlement.operations.rates import margins
from portal_intranet.forms.products import (
    ONE_DAY,
    DocumentForm,
    ProductForm,
    SellingForm,
    VersionForm,
)
from portal_intranet.forms.range import range_choices
from shared.db import actor_of
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import (
    ProductState,
)
from shared.web import editing, lists, records
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import read_version, today
from shared.web.files import attachment
from shared.web.htmx import render
from shared.web.languages import current_language
from shared.web.lists import Ask, Spec, View
from shared.web.records import Part, Record
from shared.web.uploads import takes_files

blueprint = Blueprint("products", __name__, template_folder="../templates")


PRODUCTS = Spec(
    title=_("Products"),
    template="products/index.html",
    labels={
        "code": _("Code"),
        "name": _("Product"),
        "insurer": _("Insurer"),
        "line": _("Line of business"),
        "state": _("Status"),
        "offered_from": _("Offered from"),
        "offered_until": _("Offered until"),
        "restricted": _("Restricted"),
        "agreed": _("Agreement"),
    },
    shown=("code", "name", "insurer", "line", "state", "offered_until", "restricted", "agreed"),
    sort="name",
    asks={
        "q": Ask(_("Name or code")),
        "insurer": Ask(_("Insurer"), choices=partial(range_choices, "insurer")),
        "line": Ask(_("Line of business"), choices=partial(range_choices, "line")),
        "state": Ask(_("Status"), codes=ProductState),
        "agreed": Ask(_("Has an agreement")),
        "restricted": Ask(_("Restricted")),
        "catch_all": Ask(_("Takes deliveries without a known name")),
    },
    codes={"state": ProductState},
    views=(
        View("all", _("All")),
        View("active", _p("views", "Active"), "state=active"),
        View("draft", _("Drafts"), "state=draft"),
        View("bare", _("Without agreement"), "state=active&agreed=no"),
        View("withdrawn", _("Withdrawn"), "state=withdrawn"),
    ),
    opens="products.show",
    cells="products/cells.html",
    narrow=("offered_until", "restricted", "line"),
    search="q",
    empty=(_("No product yet"), _("Here stands what the pool sells.")),
)


@blueprint.get("/products")
@requires(Permission.PRODUCTS_READ)
def index() -> Response:
    """Show the range."""
    session = db.session()
    return lists.respond(
        PRODUCTS, queries.product_list(session, actor_of(session), current_language())
    )


@blueprint.get("/products/<int:id>")
@requires(Permission.PRODUCTS_READ)
def show(id: int) -> Response:  # noqa: A002  -- the kit's name of a record's number
    """Show a product."""
    session = db.session()
    actor, language = actor_of(session), current_language()
    head = queries.get_product_head(session, actor, id, language)
    product = head["Product"]
    state = label(ProductState, product.state)
    record = Record(
        href=url_for("products.show", id=id),
        title=product.name,
        list_title=PRODUCTS.title,
        list_href=url_for("products.index"),
        code=product.code,
        sub=f"{head['insurer']} · {head['line']}",
        state=state.text,
        tone=state.tone,
        tabs=(
            Part("data", _("Overview")),
            Part("versions", _("Versions")),
            Part("documents", _("Documents")),
            Part("selling", _("Who may sell it")),
            Part("incoming", _("Agreement")),
            Part("rates", _("Rates")),
        ),
    )
    loaded: dict[str, Callable[[], dict[str, Any]]] = {
        "data": lambda: {"features": feature_pairs(product.features)},
        "versions": lambda: {"versions": queries.versions_of(session, actor, id)},
        "documents": lambda: {
            "documents": queries.product_documents(session, actor, id),
            "form": _document_form(id),
        },
        "selling": lambda: {"authorisations": selling_queries.authorisations(session, actor, id)},
        "incoming": lambda: {
            "agreements": incoming.agreements_of_product(session, actor, id, language),
            "margins": margins(session, actor, [id], today()),
        },
        "rates": lambda: {
            "rules": rate_queries.rules_of_product(session, actor, language, id, today())
        },
    }
    steps = STEPS[ProductState(product.state)]
    return records.respond(
        "products/show.html",
        record,
        product=product,
        head=head,
        steps=steps,
        today=today(),
        one_day=ONE_DAY,
        **loaded[record.tab](),
    )


@blueprint.route("/products/new", methods=["GET", "POST"])
@requires(Permission.PRODUCTS_EDIT)
def create() -> Response:
    """Take a product into the range, as a draft."""
    form = _product_form(None)

    def save() -> Saved:
        session = db.session()
        made = operations.create_product(session, actor_of(session), form.values())
        return Saved(url_for("products.show", id=made.id), gettext("Saved as a draft."))

    return editing.answer(
        form, "products/edit.html", save, product=None, features=form.features(None)
    )


@blueprint.route("/products/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.PRODUCTS_EDIT)
def edit(id: int) -> Response:  # noqa: A002
    """Change what is kept of a product."""
    session = db.session()
    product = queries.get_product(session, actor_of(session), id)
    form = _product_form(product)

    def save() -> Saved:
        version = read_version(form.version.data)
        operations.edit_product(session, actor_of(session), id, form.values(), version=version)
        return Saved(url_for("products.show", id=id), gettext("Saved."))

    return editing.answer(
        form,
        "products/edit.html",
        save,
        product=product,
        features=form.features(product.features),
    )


@blueprint.route("/products/<int:id>/become/<state>", methods=["GET", "POST"])
@requires(Permission.PRODUCTS_EDIT)
def move(id: int, state: str) -> Response:  # noqa: A002
    """Activate or withdraw a product, once somebody has read what that means."""
    session = db.session()
    actor = actor_of(session)
    head = queries.get_product_head(session, actor, id, current_language())
    product = head["Product"]
    if request.method == "GET" and state not in STEPS[ProductState(product.state)]:
        abort(404)

    def save() -> Saved:
        version = read_version(request.form.get("version"))
        operations.move_product(session, actor, id, state, version=version)
        return Saved(url_for("products.show", id=id), gettext("The product's status is changed."))

    if request.method == "POST":
        return editing.attempt(save, url_for("products.show", id=id))
    return render("products/move.html", head=head, product=product, state=state)


@blueprint.route("/products/<int:id>/versions/new", methods=["GET", "POST"])
@requires(Permission.PRODUCTS_EDIT)
def create_version(id: int) -> Response:  # noqa: A002
    """Add a tariff generation."""
    return _version(id, None)


@blueprint.route("/products/<int:id>/versions/<int:version_id>", methods=["GET", "POST"])
@requires(Permission.PRODUCTS_EDIT)
def edit_version(id: int, version_id: int) -> Response:  # noqa: A002
    """Change a tariff generation."""
    return _version(id, version_id)


@blueprint.post("/products/<int:id>/documents")
@takes_files
@requires(Permission.PRODUCTS_EDIT)
def add_document(id: int) -> Response:  # noqa: A002
    """Keep a document of the product."""
    session = db.session()
    form = _document_form(id)
    product = queries.get_product(session, actor_of(session), id)

    def save() -> Saved:
        operations.add_document(
            session,
            actor_of(session),
            id,
            form.upload(),
            root=Path(current_app.config["STORAGE_DIR"]),
            version_id=form.of_version.data or None,
        )
        where = url_for("products.show", id=id, tab="documents")
        return Saved(where, gettext("The document is kept."))

    return editing.answer(form, "products/document.html", save, product=product)


@blueprint.get("/products/<int:id>/documents/<int:document_id>")
@requires(Permission.PRODUCTS_READ)
def document(id: int, document_id: int) -> Response:  # noqa: A002
    """Hand a document out."""
    session = db.session()
    actor = actor_of(session)
    found = queries.get_product_document(session, actor, id, document_id)
    opened = documents.open_document(session, Path(current_app.config["STORAGE_DIR"]), found.id)
    return attachment(opened.content, found.file_name, found.media_type)


@blueprint.route("/products/<int:id>/selling/new", methods=["GET", "POST"])
@requires(Permission.PRODUCTS_EDIT)
def authorise(id: int) -> Response:  # noqa: A002
    """Let firms sell the product, or keep them out."""
    session = db.session()
    actor = actor_of(session)
    product = queries.get_product(session, actor, id)
    form = SellingForm(valid_from=today())
    firms = selling_queries.broker_firms(session, actor)
    form.firms.choices = [(row["id"], f"{row['name']} ({row['code']})") for row in firms]

    def save() -> Saved:
        until = form.valid_until.data
        done = selling.authorise(
            session,
            actor,
            id,
            form.firms.data or [],
            start=form.valid_from.data,
            end=until + ONE_DAY if until else None,
            allowed=form.allowed.data == "yes",
            reason=(form.reason.data or "").strip() or None,
        )
        text = ngettext("Saved for %(num)s firm.", "Saved for %(num)s firms.", done)
        return Saved(url_for("products.show", id=id, tab="selling"), text)

    return editing.answer(form, "products/authorise.html", save, product=product)


@blueprint.post("/products/<int:id>/selling/<int:firm_id>/end")
@requires(Permission.PRODUCTS_EDIT)
def end_authorisation(id: int, firm_id: int) -> Response:  # noqa: A002
    """Take back, from today on, what stands for a firm."""
    session = db.session()
    back = url_for("products.show", id=id, tab="selling")

    def save() -> Saved:
        selling.end_authorisation(session, actor_of(session), id, firm_id, day=today())
        return Saved(back, gettext("Ended as of today."))

    return editing.attempt(save, back)


def _product_form(product: object) -> ProductForm:
    session = db.session()
    actor = actor_of(session)
    form = ProductForm(obj=product)
    form.offer(
        insurer_queries.insurer_names(session, actor),
        queries.line_names(session, actor, current_language()),
    )
    return form


def _document_form(product_id: int) -> DocumentForm:
    session = db.session()
    form = DocumentForm()
    versions = queries.versions_of(session, actor_of(session), product_id)
    form.of_version.choices = [(0, gettext("the product"))] + [
        (v.id, gettext("version %(name)s", name=v.name)) for v in versions
    ]
    return form


def _version(product_id: int, version_id: int | None) -> Response:
    session = db.session()
    actor = actor_of(session)
    product = queries.get_product(session, actor, product_id)
    stored = (
        None if version_id is None else queries.get_version(session, actor, product_id, version_id)
    )
    form = VersionForm(obj=stored)
    if stored is not None and not form.is_submitted():
        form.valid_from.data = stored.valid.lower
        form.valid_until.data = stored.valid.upper - ONE_DAY if stored.valid.upper else None

    def save() -> Saved:
        operations.save_version(session, actor, product_id, form.values(), version_id=version_id)
        return Saved(url_for("products.show", id=product_id, tab="versions"), gettext("Saved."))

    return editing.answer(form, "products/version.html", save, product=product, stored=stored)
