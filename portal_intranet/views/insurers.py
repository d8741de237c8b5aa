"""Insurers: whom the pool works with, how to reach them, what they deliver and agreed on."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from werkzeug.wrappers import Response

from pool_module.agreements.queries import incoming
from pool_module.products.operations import insurers as operations
from pool_module.products.queries import insurers as queries
from pool_module.products.queries import range as range_queries
from portal_intranet.forms.insurers import COUNTRIES, InsurerForm
from shared.db import actor_of
from shared.permissions import Permission
from shared.web import editing, lists, records
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import read_version
from shared.web.languages import current_language
from shared.web.lists import Ask, Spec, View
from shared.web.records import Part, Record

blueprint = Blueprint("insurers", __name__, template_folder="../templates")

INSURERS = Spec(
    title=_("Insurers"),
    template="insurers/index.html",
    labels={
        "code": _("Code"),
        "name": _p("thing", "Name"),
        "country": _("Country"),
        "city": _("City"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "products": _("Active products"),
        "delivered_at": _("Last delivery"),
    },
    shown=("code", "name", "country", "city", "phone", "products", "delivered_at"),
    sort="name",
    asks={
        "q": Ask(_("Name, code or city")),
        "country": Ask(_("Country"), choices=lambda: COUNTRIES),
    },
    views=(View("all", _("All")),),
    opens="insurers.show",
    narrow=("city", "phone", "email"),
    search="q",
    empty=(_("No insurer yet"), _("Here stand the insurers the pool works with.")),
)


@blueprint.get("/insurers")
@requires(Permission.PRODUCTS_READ)
def index() -> Response:
    """Show the insurers."""
    session = db.session()
    return lists.respond(INSURERS, queries.insurer_list(session, actor_of(session)))


@blueprint.get("/insurers/<int:id>")
@requires(Permission.PRODUCTS_READ)
def show(id: int) -> Response:  # noqa: A002  -- the kit's name of a record's number
    """Show an insurer."""
    session = db.session()
    actor, language = actor_of(session), current_language()
    insurer = queries.get_insurer(session, actor, id)
    record = Record(
        href=url_for("insurers.show", id=id),
        title=insurer.name,
        list_title=INSURERS.title,
        list_href=url_for("insurers.index"),
        code=insurer.code,
        tabs=(
            Part("data", _("Overview")),
            Part("products", _("Products")),
            Part("agreements", _("Agreements")),
            Part("numbers", _("Agency numbers")),
        ),
    )
    loaded: dict[str, Callable[[], dict[str, Any]]] = {
        "data": lambda: {"deliveries": queries.last_deliveries(session, actor, id)},
        "products": lambda: {
            "products": range_queries.products_of_insurer(session, actor, id, language)
        },
        "agreements": lambda: {
            "agreements": incoming.agreements_of_insurer(session, actor, id, language)
        },
        "numbers": lambda: {"numbers": queries.agency_numbers(session, actor, id)},
    }
    return records.respond("insurers/show.html", record, insurer=insurer, **loaded[record.tab]())


@blueprint.route("/insurers/new", methods=["GET", "POST"])
@requires(Permission.PRODUCTS_EDIT)
def create() -> Response:
    """Take an insurer in."""
    form = InsurerForm()

    def save() -> Saved:
        session = db.session()
        made = operations.create_insurer(session, actor_of(session), form.values())
        return Saved(url_for("insurers.show", id=made.id), gettext("Saved."))

    return editing.answer(form, "insurers/edit.html", save, insurer=None)


@blueprint.route("/insurers/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.PRODUCTS_EDIT)
def edit(id: int) -> Response:  # noqa: A002
    """Change what is kept of an insurer."""
    session = db.session()
    insurer = queries.get_insurer(session, actor_of(session), id)
    form = InsurerForm(obj=insurer)

    def save() -> Saved:
        version = read_version(form.version.data)
        operations.edit_insurer(session, actor_of(session), id, form.values(), version=version)
        return Saved(url_for("insurers.show", id=id), gettext("Saved."))

    return editing.answer(form, "insurers/edit.html", save, insurer=insurer)
