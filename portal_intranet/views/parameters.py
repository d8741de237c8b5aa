"""System parameters and regional defaults per organisation; and the least that is paid out."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from admin_module.parameters import operations, queries
from admin_module.parameters.errors import NoSuchParameter
from pool_module.agreements.operations.terms import set_minimum
from pool_module.agreements.queries.terms import minimum_payouts, stand_of_minimum
from portal_intranet.forms.contracts import version_of
from portal_intranet.forms.parameters import (
    FORM_SET_NAMES,
    GROUPS,
    REGION_NAMES,
    MinimumForm,
    NumberForm,
    RegionForm,
    WordForm,
)
from portal_intranet.forms.telling import parameter_value
from shared.db import actor_of
from shared.labels import label
from shared.parameters import Definition, Parameter, Regional
from shared.permissions import Permission
from shared.sentences import SENTENCES
from shared.web import editing
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render

blueprint = Blueprint("parameters", __name__, template_folder="../templates")
TABS = (
    ("parameters.index", _("Parameters")),
    ("parameters.regions", _("Regional defaults")),
    ("parameters.minimum", _("Least payout")),
)


@blueprint.get("/parameters")
@requires(Permission.PARAMETERS_READ)
def index() -> Response:
    """Show every parameter as it holds here, and which differ from the default."""
    here = _here()
    found = {one.name: one for one in queries.settings(db.session(), here)}
    return render(
        "parameters/index.html",
        groups=[(name, rows) for name, names in GROUPS if (rows := _rows(found, names, here))],
        name_of=lambda n: label(Parameter, n).text,
        sentence_of=SENTENCES.__getitem__,
        value_of=parameter_value,
        differing=sum(one.differs for one in found.values()),
        **_page("parameters.index", here),
    )


@blueprint.route("/parameters/<name>", methods=["GET"])
@requires(Permission.PARAMETERS_READ)
def show(name: str) -> Response:
    """Show a parameter with what it was; who may, sets it."""
    return _answer(name)


@blueprint.post("/parameters/<name>")
@requires(Permission.PARAMETERS_EDIT)
def change(name: str) -> Response:
    """Set a parameter here."""
    return _answer(name)


@blueprint.post("/parameters/<name>/reset")
@requires(Permission.PARAMETERS_EDIT)
def reset(name: str) -> Response:
    """Let what stands above hold again."""
    here = _here()
    back = url_for("parameters.index", **_kept(here))

    def act() -> Saved:
        version = version_of(WordForm())
        operations.set_parameter(db.session(), name, here, None, version=version)
        return Saved(back, gettext("What stands above holds again."))

    return editing.attempt(act, back)


@blueprint.get("/parameters/regions")
@requires(Permission.PARAMETERS_READ)
def regions() -> Response:
    """Show what every region asks here."""
    here = _here()
    return render(
        "parameters/regions.html",
        regions=queries.regions(db.session(), here),
        name_of=REGION_NAMES.__getitem__,
        forms_of=FORM_SET_NAMES.__getitem__,
        **_page("parameters.regions", here),
    )


@blueprint.route("/parameters/regions/<code>", methods=["GET", "POST"])
@requires(Permission.PARAMETERS_EDIT)
def region(code: str) -> Response:
    """Set what a region asks here, or let what stands above hold again."""
    session, here = db.session(), _here()
    found = queries.get_region(session, code, here)
    form = RegionForm()
    if not form.is_submitted():
        form.licence_needed.data = found.value.licence_needed
        form.form_set.data = found.value.form_set
        form.version.data = queries.stand_of_region(session, code, here).version

    def save() -> Saved:
        value = Regional(bool(form.licence_needed.data), form.form_set.data)
        above = request.form.get("then") == "reset"
        kept = None if above else value
        operations.set_region(session, code, here, kept, version=version_of(form))
        return Saved(url_for("parameters.regions", **_kept(here)), gettext("Saved."))

    page = _page("parameters.regions", here)
    title = REGION_NAMES[code]
    return editing.answer(form, "parameters/region.html", save, region=found, title=title, **page)


@blueprint.get("/parameters/minimum-payout")
@requires(Permission.PARAMETERS_READ)
def minimum() -> Response:
    """Show the least that is paid out, per currency."""
    session = db.session()
    rows = minimum_payouts(session, actor_of(session), today())
    return render("parameters/minimum.html", rows=rows, **_page("parameters.minimum", None))


@blueprint.route("/parameters/minimum-payout/<any(EUR, UAH):currency>", methods=["GET", "POST"])
@requires(Permission.PARAMETERS_EDIT)
def set_least(currency: str) -> Response:
    """Set the least that is paid out in a currency, from a day on."""
    session = db.session()
    form = MinimumForm()
    if not form.is_submitted():
        rows = minimum_payouts(session, actor_of(session), today())
        form.amount.data = next(
            (row["minimum_payout"] for row in rows if row["currency"] == currency), None
        )
        form.start.data = today()
        form.version.data = stand_of_minimum(session, currency).version

    def save() -> Saved:
        assert form.amount.data is not None, "required"
        assert form.start.data is not None, "required"
        set_minimum(session, currency, form.amount.data, form.start.data, version=version_of(form))
        return Saved(url_for("parameters.minimum"), gettext("Saved."))

    page = _page("parameters.minimum", None)
    return editing.answer(form, "parameters/least.html", save, currency=currency, **page)


def _rows(found: Any, names: Any, here: int | None) -> list[Any]:
    """The parameters of a group that can differ here: in an organisation not all do."""
    rows = [found[name] for name in names]
    return [row for row in rows if here is None or row.definition.split]


def _answer(name: str) -> Response:
    session, here = db.session(), _here()
    setting = queries.get_setting(session, name, here)
    form = _form(setting.definition)
    version = queries.stand_of(session, name, here).version
    if not form.is_submitted():
        form.fill(setting.value)
        form.version.data = version

    def save() -> Saved:
        operations.set_parameter(session, name, here, form.read(), version=version_of(form))
        return Saved(url_for("parameters.index", **_kept(here)), gettext("Saved."))

    return editing.answer(
        form,
        "parameters/show.html",
        save,
        setting=setting,
        version=version,
        title=label(Parameter, name).text,
        sentence=SENTENCES[setting.name],
        limits=_limits(setting.definition),
        history=queries.history_of(session, name),
        value_of=parameter_value,
        **_page("parameters.index", here),
    )


def _form(definition: Definition) -> Any:
    if definition.unit:
        return NumberForm()
    form = WordForm()
    form.offer(definition.codes)
    return form


def _limits(definition: Definition) -> str:
    if not definition.unit:
        return ""
    return gettext("Whole days, %(least)s to %(most)s.", least=definition.least,
                   most=definition.most)  # fmt: skip


def _page(endpoint: str, here: int | None) -> dict[str, Any]:
    """What every page of these shows: tabs, organisations, where one is."""
    tabs = [
        {
            "label": text,
            "href": url_for(each, **(_kept(here) if each != "parameters.minimum" else {})),
            "current": each == endpoint,
        }
        for each, text in TABS
    ]
    return {
        "tabs": tabs,
        "organisations": queries.organisations(db.session()),
        "here": here,
        "kept": _kept(here),
    }


def _here() -> int | None:
    """The organisation asked for; None: the pool as a whole."""
    here = request.args.get("organisation", type=int)
    if here is not None and here not in {n for n, _ in queries.organisations(db.session())}:
        raise NoSuchParameter
    return here


def _kept(here: int | None) -> dict[str, Any]:
    return {} if here is None else {"organisation": here}
