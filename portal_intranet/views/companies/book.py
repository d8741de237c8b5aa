"""The companies: the list, and one with all that hangs on it."""

from datetime import date
from typing import Any, Final

from flask import g, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from werkzeug.wrappers import Response

from admin_module.companies import operations, queries
from admin_module.companies.errors import Known
from admin_module.companies.queries import leaving, people, proofs
from admin_module.companies.queries.lists import CHECK, PLACE, USERS, company_list
from admin_module.companies.rules.identifiers import masked
from admin_module.modules import operations as modules
from admin_module.modules.queries import modules_of
from pool_module.agreements.queries import joining
from pool_module.crm.queries import documents
from pool_module.crm.rules.files import ACCEPT
from portal_intranet.forms.companies import OPERATOR, CompanyForm
from portal_intranet.forms.documents import KINDS
from portal_intranet.forms.telling import facts_of, told
from portal_intranet.views.companies.checklist import checklist_of
from portal_intranet.views.companies.room import blueprint, leading
from portal_intranet.views.journal import action_text
from shared import gates
from shared.db import actor_of
from shared.labels import label
from shared.models.pools import Company
from shared.permissions import Module, Permission, Role
from shared.vocabulary import (
    BankState,
    CompanyKind,
    CompanyState,
    Gate,
    IntermediaryType,
    PersonState,
    ProofKind,
    ProofResult,
    ProofState,
)
from shared.web import editing, lists
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.lists import Ask, Spec, View
from shared.web.records import Part, Record
from shared.web.records import respond as respond_record

MISSING: Final = (
    (ProofKind.REGISTER.value, _("Register entry")),
    (ProofKind.INDEMNITY.value, _("Professional indemnity insurance")),
    (ProofKind.AGREEMENT.value, _("Selling agreement")),
    (Gate.BANK.value, _("Bank details")),
    (PLACE, _("Place in the hierarchy")),
    (USERS, _("No users yet")),
    (CHECK, _("Something to check")),
)
COMPANIES: Final = Spec(
    title=_("Companies"),
    template="companies/index.html",
    labels={
        "name": _p("thing", "Name"),
        "code": _("Number"),
        "kind": _("Kind"),
        "type": _("Intermediary type"),
        "state": _("State"),
        "missing": _("Missing"),
        "users": _("Users"),
        "country": _("Country"),
        "city": _("City"),
        "register_number": _("Register number"),
        "email": _("E-mail"),
    },
    shown=("name", "code", "kind", "type", "missing", "users", "city", "state"),
    sort="name",
    asks={
        "q": Ask(_p("thing", "Name")),
        "kind": Ask(_("Kind"), codes=CompanyKind),
        "type": Ask(_("Intermediary type"), codes=IntermediaryType),
        "state": Ask(_("State"), codes=CompanyState),
        "missing": Ask(_("What is missing"), choices=lambda: list(MISSING)),
    },
    codes={"kind": CompanyKind, "type": IntermediaryType, "state": CompanyState},
    views=(
        View("all", _("All")),
        View("check", _("To check"), f"missing={CHECK}"),
        View("users", _("No users yet"), f"missing={USERS}"),
        View("leaving", _("Exit mode"), "state=exit"),
    ),
    opens="companies.show",
    cells="companies/cells.html",
    narrow=("code", "city"),
    search="q",
    empty=(_("No companies yet"), _("Onboard a firm: it takes one page.")),
)


@blueprint.get("/companies")
@requires(Permission.COMPANIES_READ)
def index() -> Response:
    """List the companies with what is missing of each."""
    session = db.session()
    actor = actor_of(session)
    return lists.respond(
        COMPANIES, company_list(session, actor, today()), gates_on=gates.gates_on(session, actor)
    )


@blueprint.get("/companies/<int:id>")
@requires(Permission.COMPANIES_READ)
def show(id: int) -> Response:  # noqa: A002  -- the address' word
    """Show a company: what is missing, its data, people, files, accounts, modules, history."""
    session = db.session()
    company = queries.get_company(session, actor_of(session), id)
    record = _record(company)
    return respond_record(
        "companies/show.html",
        record,
        company=company,
        label=label,
        iban=masked(company.iban),
        today=today(),
        # who gets no commission has no payouts that could be on hold
        holds=[]
        if company.intermediary_type == IntermediaryType.ADVISER
        else gates.held(session, actor_of(session), company_ids=[id]).get(id, []),
        **VOCABULARIES,
        **_part(record.tab, company, today()),
    )


@blueprint.route("/companies/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.COMPANIES_EDIT)
def edit(id: int) -> Response:  # noqa: A002
    """Change what is kept of a company."""
    session = db.session()
    company = queries.get_company(session, actor_of(session), id)
    form = CompanyForm(obj=company)
    if company.kind == CompanyKind.POOL:
        form.kind.choices = OPERATOR
    if not form.is_submitted():
        form.intermediary_type.data = company.intermediary_type or ""
    there: dict[str, list[Known]] = {}

    def save() -> Saved:
        typed = str(form.version.data or "")
        version = int(typed) if typed.isdigit() else None
        with leading(form, there):
            operations.change(session, id, form.details(), version=version, another=form.others())
        return Saved(url_for("companies.show", id=id, tab="data"), gettext("Saved."))

    return editing.answer(form, "companies/edit.html", save, company=company, there=there)


@blueprint.post("/companies/<int:id>/modules/<any(admin,pool):module>/<any(on,off):state>")
@requires(Permission.PERMISSIONS_EDIT)
def switch(id: int, module: str, state: str) -> Response:  # noqa: A002
    """Give a company a module, or take it away; the word about it takes that back."""
    here = url_for("companies.show", id=id, tab="modules")

    def act() -> Saved:
        on = state == "on"
        modules.switch(db.session(), id, Module(module), on=on)
        back = url_for("companies.switch", id=id, module=module, state="off" if on else "on")
        return Saved(here, gettext("Switched; it holds from the next click on."), undo=back)

    return editing.attempt(act, here)


VOCABULARIES: Final[dict[str, Any]] = {
    "BankState": BankState,
    "CompanyKind": CompanyKind,
    "IntermediaryType": IntermediaryType,
    "Module": Module,
    "PersonState": PersonState,
    "ProofKind": ProofKind,
    "ProofResult": ProofResult,
    "ProofState": ProofState,
    "Role": Role,
}


def _record(company: Company) -> Record:
    state = label(CompanyState, company.state)
    kind = label(CompanyKind, company.kind).text
    type_ = company.intermediary_type
    words = [str(kind), str(label(IntermediaryType, type_).text) if type_ else "", company.city]
    tabs = [
        Part("data", _("Data")),
        Part("people", _("People")),
        Part("documents", _("Documents")),
        Part("bank", _("Bank details")),
        Part("modules", _("Modules")),
        Part("history", _("History")),
    ]
    if company.kind not in {CompanyKind.POOL, CompanyKind.INSURER}:
        tabs.insert(0, Part("checklist", _("Checklist")))
    return Record(
        href=url_for("companies.show", id=company.id),
        title=company.name,
        list_title=COMPANIES.title,
        list_href=url_for("companies.index"),
        code=company.code,
        sub=" · ".join(word for word in words if word),
        state=state.text,
        tone=state.tone,
        tabs=tabs,
    )


def _part(tab: str, company: Company, day: date) -> dict[str, Any]:
    """What the tab that is shown needs, and nothing else."""
    return PARTS[tab](company, day)


def _checklist(company: Company, day: date) -> dict[str, Any]:
    session = db.session()
    actor = actor_of(session)
    return {
        "items": checklist_of(session, actor, company, day),
        "proofs": proofs.proofs_of(session, actor, company.id),
        "gates_on": gates.gates_on(session, actor),
    }


def _people(company: Company, _: date) -> dict[str, Any]:
    session = db.session()
    actor = actor_of(session)
    return {
        "members": people.members_of(session, actor, company.id),
        "persons": queries.people_of(session, actor, company.id),
    }


def _documents(company: Company, _: date) -> dict[str, Any]:
    session = db.session()
    return {
        "documents": documents.documents_of(session, actor_of(session), "company", company.id),
        "KINDS": KINDS,
        "accept": ACCEPT,
    }


def _bank(company: Company, _: date) -> dict[str, Any]:
    session = db.session()
    return {
        "changes": proofs.bank_changes_of(session, actor_of(session), company.id),
        "own": g.viewer.written_as,
        "masked": masked,
    }


def _modules(company: Company, _: date) -> dict[str, Any]:
    session = db.session()
    return {"modules": modules_of(session, actor_of(session), company.id)}


def _history(company: Company, _: date) -> dict[str, Any]:
    session = db.session()
    entries = queries.history(session, actor_of(session), company.id)
    facts = facts_of(session, entries)
    lines = [(entry, told(each)) for entry, each in zip(entries, facts, strict=True)]
    return {"entries": lines, "action_text": action_text}


def _data(company: Company, day: date) -> dict[str, Any]:
    session = db.session()
    actor, number = actor_of(session), company.id
    return {
        "terms": joining.find_terms(session, actor, number, day),
        "producers": queries.producers_of(session, actor, number, day),
        "last_liability": leaving.last_liability(session, actor, number),
    }


PARTS: Final = {
    "bank": _bank,
    "checklist": _checklist,
    "data": _data,
    "documents": _documents,
    "history": _history,
    "modules": _modules,
    "people": _people,
}
