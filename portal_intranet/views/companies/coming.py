"""A firm comes in, is placed, is made like another, leaves, comes back."""

from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from admin_module.companies import operations, queries
from admin_module.companies.errors import Known
from admin_module.companies.operations import leaving
from admin_module.onboarding import operations as onboarding
from pool_module.agreements.operations import joining
from pool_module.agreements.queries import joining as terms
from pool_module.hierarchy.rules import may_stand_under
from portal_intranet.forms.companies import CopyForm, LeaveForm, OnboardForm, PlaceForm
from portal_intranet.views.companies.room import blueprint, leading
from shared.db import actor_of
from shared.errors import Refused
from shared.models.pools import Company
from shared.permissions import Permission
from shared.vocabulary import CompanyKind, IntermediaryType
from shared.web import editing, refusals
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render

# what a firm takes over from its template as it is typed; the rest is its own
LIKE = ("kind", "intermediary_type", "natural_person", "country", "language", "currency",
        "tax_note")  # fmt: skip


@blueprint.route("/companies/onboard", methods=["GET", "POST"])
@requires(Permission.COMPANIES_EDIT)
def onboard() -> Response:
    """Take a firm in with its first user, its place, and what a template firm has."""
    session = db.session()
    actor = actor_of(session)
    template = _template(request.args.get("template", type=int))
    form = OnboardForm(**_like(template))
    firms = queries.choices(session, actor)
    form.template_id.choices = [
        ("", gettext("none: start empty")),
        *((str(row.id), row.name) for row in firms),
    ]
    _offer_parents(form, None)
    if template is not None and not form.is_submitted():
        form.template_id.data = str(template.id)
        agreed = terms.find_terms(session, actor, template.id, today())
        form.parent_id.data = str(agreed.parent_id or "") if agreed else ""

    there: dict[str, list[Known]] = {}

    def save() -> Saved:
        template_id = form.chosen("template_id")
        with leading(form, there):
            made = onboarding.onboard(
                session, form.details(), form.user(), template_id=template_id,
                another=form.others(),
            )  # fmt: skip
        company = made.company
        if _sells(company):
            joining.join(
                session, company.id, name=company.name, code=company.code, kind=company.kind,
                parent_id=form.chosen("parent_id"), day=company.agreement_date or today(),
                template_id=template_id,
            )  # fmt: skip
        said = (
            gettext("%(name)s is there; the invitation is on its way.", name=company.name)
            if made.membership_id
            else gettext("%(name)s is there; nobody is invited yet.", name=company.name)
        )
        return Saved(url_for("companies.show", id=company.id), said)

    return editing.answer(form, "companies/onboard.html", save, like=template, there=there)


@blueprint.post("/companies/check/<any(register_number,vat_id,tax_number,national_id):field>")
@requires(Permission.COMPANIES_EDIT)
def check(field: str) -> Response:
    """Check one identifier as it is typed; answers with the field and what is wrong with it."""
    form = OnboardForm()
    typed = request.form.get(field, "")
    person = bool(form.natural_person.data)
    details = operations.Details(
        name=form.name.data or "", country=form.country.data or "DE", natural_person=person
    )
    bound, own = form[field], request.args.get("company", type=int)
    there: dict[str, list[Known]] = {}
    try:
        with leading(form, there):
            good = operations.field_problem(db.session(), field, typed, details, own=own)
    except Refused as refusal:
        good = ""
        bound.errors = [refusals.said(refusal)]
    else:
        bound.errors = []
    return render(
        "companies/check.html", field=bound, good=bool(good), typed=good or typed, there=there,
        here=request.full_path.rstrip("?"),
    )  # fmt: skip


@blueprint.route("/companies/<int:id>/place", methods=["GET", "POST"])
@requires(Permission.HIERARCHY_EDIT)
def place(id: int) -> Response:  # noqa: A002  -- the address' word
    """Give a firm its place in the hierarchy; one that sells already is moved there instead."""
    session = db.session()
    actor = actor_of(session)
    company = queries.get_company(session, actor, id)
    day = today()
    selling = queries.producers_of(session, actor, id, day)
    if selling:
        return editing.done(Saved(url_for("producers.move", id=selling[0].id)))
    form = PlaceForm(from_day=day)
    _offer_parents(form, company.kind)

    def save() -> Saved:
        typed = str(form.parent_id.data or "")
        joining.join(
            session, id, name=company.name, code=company.code, kind=company.kind,
            parent_id=int(typed) if typed.isdigit() else None, day=form.from_day.data or day,
        )  # fmt: skip
        return Saved(url_for("companies.show", id=id), gettext("Placed."))

    return editing.answer(form, "companies/place.html", save, company=company)


@blueprint.route("/companies/<int:id>/copy", methods=["GET", "POST"])
@requires(Permission.COMPANIES_EDIT)
def copy(id: int) -> Response:  # noqa: A002
    """Give a firm the role set, the agreement and the modules of a template firm."""
    session = db.session()
    actor = actor_of(session)
    company = queries.get_company(session, actor, id)
    form = CopyForm(from_day=today())
    form.template_id.choices = [
        (row.id, row.name) for row in queries.choices(session, actor) if row.id != id
    ]

    def save() -> Saved:
        template_id = form.template_id.data
        copied = onboarding.copy_settings(session, template_id, id)
        agreed = joining.copy_terms(session, template_id, id, form.from_day.data or today())
        said = ngettext("%(num)s right", "%(num)s rights", copied.rights)
        group = agreed.group if agreed else None
        text = gettext("Taken over: %(rights)s, rate group %(group)s.", rights=said,
                       group=group or "–")  # fmt: skip
        return Saved(url_for("companies.show", id=id, tab="data"), text)

    return editing.answer(form, "companies/copy.html", save, company=company)


@blueprint.route("/companies/<int:id>/leave", methods=["GET", "POST"])
@requires(Permission.COMPANIES_EDIT)
def leave(id: int) -> Response:  # noqa: A002
    """Let a firm leave: it reads on, nobody of it sells any more."""
    session = db.session()
    actor = actor_of(session)
    company = queries.get_company(session, actor, id)
    form = LeaveForm(left_on=today())

    def save() -> Saved:
        day = form.left_on.data or today()
        left = leaving.leave(session, id, day, reason=form.reason.data or "")
        stopped = joining.terminate(session, id, day)
        said = ngettext(
            "%(name)s reads on until %(day)s; %(num)s producer stopped.",
            "%(name)s reads on until %(day)s; %(num)s producers stopped.",
            stopped,
            name=left.name,
            day=f"{left.reads_until:%d.%m.%Y}",
        )
        back = url_for("companies.come_back", id=id)
        return Saved(url_for("companies.show", id=id, tab="data"), said, undo=back)

    until = leaving.reading_end(session, actor, company, today())
    return editing.answer(form, "companies/leave.html", save, company=company, until=until)


@blueprint.post("/companies/<int:id>/come-back")
@requires(Permission.COMPANIES_EDIT)
def come_back(id: int) -> Response:  # noqa: A002
    """Take a firm's leaving back."""
    here = url_for("companies.show", id=id, tab="data")

    def act() -> Saved:
        session = db.session()
        leaving.come_back(session, id)
        joining.resume(session, id, today())
        return Saved(here, gettext("The firm works with the pool again."))

    return editing.attempt(act, here)


def _template(template_id: int | None) -> Company | None:
    if template_id is None:
        return None
    session = db.session()
    found = queries.get_company(session, actor_of(session), template_id)
    if found.kind == CompanyKind.POOL:
        abort(404)
    return found


def _like(template: Company | None) -> dict[str, Any]:
    if template is None:
        return {"agreement_date": today()}
    return {
        **{name: getattr(template, name) for name in LIKE},
        "agreement_date": today(),
    }


def _offer_parents(form: Any, kind: str | None) -> None:
    session = db.session()
    rows = terms.possible_parents(session, actor_of(session))
    fitting = [row for row in rows if kind is None or may_stand_under(kind, row.kind)]
    form.parent_id.choices = [
        ("", gettext("nobody: at the top")),
        *((str(row.id), f"{row.name} ({row.code})") for row in fitting),
    ]


def _sells(company: Company) -> bool:
    """Whether a firm gets a place: an adviser and an insurer get no commission."""
    outside = company.kind in {CompanyKind.POOL, CompanyKind.INSURER}
    return not outside and company.intermediary_type != IntermediaryType.ADVISER
