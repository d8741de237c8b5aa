"""Organisations, divisions and teams; enabling their layer; who is limited to them."""

from typing import Any, Final

from flask import Blueprint, abort, current_app, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from admin_module.organisations.operations import access as limiting
from admin_module.organisations.operations import enabling, keeping
from admin_module.organisations.queries import access, members, units
from admin_module.organisations.rules import PARENT
from portal_intranet.forms.organisations import CodeForm, EnableForm, LimitForm, UnitForm
from shared.db import actor_of
from shared.permissions import Permission
from shared.vocabulary import Unit
from shared.web import editing, uploads
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import read_version
from shared.web.htmx import render

blueprint = Blueprint("organisations", __name__, template_folder="../templates")

PLURAL: Final = {
    Unit.ORGANISATION: _("Organisations"),
    Unit.DIVISION: _("Divisions"),
    Unit.TEAM: _("Teams"),
}
ADD: Final = {
    Unit.ORGANISATION: _("New organisation"),
    Unit.DIVISION: _("New division"),
    Unit.TEAM: _("New team"),
}
COPY: Final = {
    Unit.DIVISION: _("Copy from organisation"),
    Unit.TEAM: _("Copy from division"),
}


@blueprint.get("/organisations")
@requires(Permission.ORGANISATIONS_READ)
def index() -> Response:
    """Show the units: organisations where there are any, else divisions."""
    kind = Unit.ORGANISATION if _enabled() else Unit.DIVISION
    return _shown(kind, None)


@blueprint.get("/organisations/<kind>")
@requires(Permission.ORGANISATIONS_READ)
def listed(kind: str) -> Response:
    """Show the units of a kind: of one organisation, or all."""
    return _shown(_kind(kind), None)


@blueprint.get("/organisations/<kind>/<int:id>")
@requires(Permission.ORGANISATIONS_READ)
def show(kind: str, id: int) -> Response:  # noqa: A002  -- the address' word
    """Show a unit beside its list."""
    return _shown(_kind(kind), id)


@blueprint.route("/organisations/<kind>/new", methods=["GET", "POST"])
@requires(Permission.ORGANISATIONS_EDIT)
def create(kind: str) -> Response:
    """Add a unit."""
    unit_kind = _kind(kind)
    form = UnitForm()
    _offer_parents(form, unit_kind)
    if form.parent.choices or unit_kind is Unit.TEAM:
        form.ask_parent()
    if request.method == "GET":
        form.parent.data = request.args.get("of", "")

    def save() -> Saved:
        made = keeping.add(
            db.session(), unit_kind, form.values(unit_kind), parent_id=form.parent_id()
        )
        return Saved(url_for(".show", kind=kind, id=made.id), gettext("Saved."))

    return _answer(form, save, unit_kind, None)


@blueprint.route("/organisations/<kind>/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.ORGANISATIONS_EDIT)
def edit(kind: str, id: int) -> Response:  # noqa: A002
    """Change what is kept of a unit; where it stands it stays."""
    unit_kind = _kind(kind)
    session = db.session()
    unit = units.get_unit(session, actor_of(session), unit_kind, id)
    form = UnitForm(obj=unit)
    _offer_parents(form, unit_kind)

    def save() -> Saved:
        keeping.change(
            db.session(),
            unit_kind,
            id,
            form.values(unit_kind),
            version=read_version(form.version.data),
            parent_id=form.parent_id(),
        )
        return Saved(url_for(".show", kind=kind, id=id), gettext("Saved."))

    return _answer(form, save, unit_kind, unit)


@blueprint.post("/organisations/<kind>/<int:id>/copy")
@requires(Permission.ORGANISATIONS_EDIT)
def copy(kind: str, id: int) -> Response:  # noqa: A002
    """Take address, phone and fax over from the unit above."""
    back = url_for(".show", kind=kind, id=id)

    def do() -> Saved:
        keeping.copy_address(db.session(), _kind(kind), id)
        return Saved(back, gettext("Address, phone and fax are copied."))

    return editing.attempt(do, back)


@blueprint.post("/organisations/<kind>/<int:id>/logo")
@requires(Permission.ORGANISATIONS_EDIT)
@uploads.takes_files
def set_logo(kind: str, id: int) -> Response:  # noqa: A002
    """Keep a logo, or none."""
    back, sent = url_for(".show", kind=kind, id=id), uploads.sent("logo")

    def do() -> Saved:
        image = sent[0][1] if sent else None
        keeping.set_logo(db.session(), current_app.config["STORAGE_DIR"], _kind(kind), id, image)
        return Saved(back, gettext("The logo is kept.") if sent else gettext("The logo is gone."))

    return editing.attempt(do, back)


@blueprint.get("/organisations/<kind>/<int:id>/logo")
@requires(Permission.ORGANISATIONS_READ)
def logo(kind: str, id: int) -> Response:  # noqa: A002
    """Give a unit's logo as a picture nothing can run in."""
    root = current_app.config["STORAGE_DIR"]
    image = keeping.open_logo(db.session(), root, _kind(kind), id)
    media = "image/png" if image.startswith(b"\x89PNG") else "image/svg+xml"
    response = Response(image, mimetype=media)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline; filename=logo"
    return response


@blueprint.post("/organisations/<kind>/<int:id>/codes")
@requires(Permission.ORGANISATIONS_EDIT)
def set_code(kind: str, id: int) -> Response:  # noqa: A002
    """Keep the number an insurer knows a unit by."""
    form = CodeForm()
    _offer_insurers(form)

    def save() -> Saved:
        keeping.set_code(
            db.session(), _kind(kind), id, insurer_id=int(form.insurer.data), code=form.code.data
        )
        return Saved(url_for(".show", kind=kind, id=id), gettext("Saved."))

    session = db.session()
    unit = units.get_unit(session, actor_of(session), _kind(kind), id)
    return editing.answer(form, "organisations/index.html", save, **_values(_kind(kind), unit))


@blueprint.route("/organisations/enable", methods=["GET", "POST"])
@requires(Permission.ORGANISATIONS_EDIT, step_up=True)
def enable() -> Response:
    """Show what enabling would change, tried out and taken back; do it where it is confirmed."""
    form = EnableForm()
    report = enabling.try_out(db.session())

    def save() -> Saved:
        enabling.enable(db.session(), form.typed.data or "")
        return Saved(url_for(".index"), gettext("Organisations are enabled."))

    return editing.answer(form, "organisations/enable.html", save, report=report)


@blueprint.route("/organisations/limits", methods=["GET", "POST"])
@requires(Permission.ORGANISATIONS_EDIT)
def limits() -> Response:
    """Show who is limited, and limit somebody."""
    session = db.session()
    actor = actor_of(session)
    form = LimitForm()
    enabled, offered = _enabled(), access.masters(session, actor)
    form.unit.choices = [
        *((f"division:{n}", path) for n, path in units.choices(session, actor, Unit.DIVISION)),
        *(
            ((f"organisation:{n}", path) for n, path in units.choices(
                session, actor, Unit.ORGANISATION))
            if enabled
            else ()
        ),
    ]  # fmt: skip
    if request.method == "GET":
        form.subject.data = _named(offered)

    def save() -> Saved:
        kind, _sep, number = form.unit.data.partition(":")
        limiting.limit(db.session(), form.subject.data or "", Unit(kind), int(number))
        return Saved(url_for(".limits"), gettext("Saved."))

    return editing.answer(
        form,
        "organisations/limits.html",
        save,
        limits=access.limits(session, actor),
        offered=offered,
        enabled=enabled,
    )


@blueprint.post("/organisations/limits/<int:id>/end")
@requires(Permission.ORGANISATIONS_EDIT)
def end_limit(id: int) -> Response:  # noqa: A002
    """Take a limit back."""
    back = url_for(".limits")

    def do() -> Saved:
        limiting.end(db.session(), id)
        return Saved(back, gettext("The limit has ended."))

    return editing.attempt(do, back)


def _shown(kind: Unit, number: int | None) -> Response:
    session = db.session()
    unit = units.get_unit(session, actor_of(session), kind, number) if number else None
    form = CodeForm()
    _offer_insurers(form)
    return render("organisations/index.html", form=form, clash=None, **_values(kind, unit))


def _values(kind: Unit, unit: Any) -> dict[str, Any]:
    """What the page of the units shows."""
    session = db.session()
    actor = actor_of(session)
    enabled = _enabled()
    of = request.args.get("of", type=int) if enabled and kind is not Unit.ORGANISATION else None
    every = units.units(session, actor, kind)
    with_codes = unit is not None and kind is not Unit.ORGANISATION
    return {
        "kind": kind,
        "enabled": enabled,
        "kinds": [(k, PLURAL[k]) for k in Unit if enabled or k is not Unit.ORGANISATION],
        "title": PLURAL[kind],
        "add": ADD[kind],
        "copy_text": COPY.get(kind, ""),
        "of": of,
        "rows": [row for row in every if of is None or row.organisation_id == of],
        "all_count": len(every),
        "organisations": units.units(session, actor, Unit.ORGANISATION) if enabled else (),
        "unit": unit,
        "above": units.parent_of(session, actor, kind, unit) if unit is not None else None,
        "path": next((units.path_of(r) for r in every if unit is not None and r.id == unit.id), ""),
        "people": members.people_of(session, actor, unit.id)
        if unit is not None and kind is Unit.TEAM
        else (),
        "staff": members.staff(session, actor) if unit is not None and kind is Unit.TEAM else (),
        "codes": access.codes_of(session, actor, kind, unit.id) if with_codes else (),
        "with_codes": with_codes,
    }


def _answer(form: UnitForm, save: Any, kind: Unit, unit: Any) -> Response:
    session = db.session()
    above = units.parent_of(session, actor_of(session), kind, unit) if unit is not None else None
    return editing.answer(
        form, "organisations/edit.html", save, kind=kind, unit=unit, above=above,
        enabled=_enabled(), title=PLURAL[kind], add=ADD[kind],
    )  # fmt: skip


def _offer_parents(form: UnitForm, kind: Unit) -> None:
    session = db.session()
    above = PARENT.get(kind)
    needed = above is not None and (above is Unit.DIVISION or _enabled())
    found = units.choices(session, actor_of(session), above) if above and needed else []
    form.parent.choices = [(str(number), path) for number, path in found]


def _offer_insurers(form: CodeForm) -> None:
    session = db.session()
    form.insurer.choices = [
        (str(number), name) for number, name in access.insurers(session, actor_of(session))
    ]


def _named(offered: list[access.Named]) -> str:
    """Whom the page was opened for: an insurer or a firm."""
    wanted = {
        (True, request.args.get("insurer", type=int)),
        (False, request.args.get("company", type=int)),
    }
    return next((f"{o.name} ({o.code})" for o in offered if (o.insurer, o.id) in wanted), "")


def _enabled() -> bool:
    session = db.session()
    return units.is_enabled(session, actor_of(session))


def _kind(text: str) -> Unit:
    if text not in set(Unit) or (text == Unit.ORGANISATION and not _enabled()):
        abort(404)
    return Unit(text)
