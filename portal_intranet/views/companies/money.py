"""Bank details of firms: proposed by one, approved by another, shown when asked for."""

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin_module.companies import queries
from admin_module.companies.operations import banking
from admin_module.companies.queries import proofs
from portal_intranet.forms.companies import BankForm
from portal_intranet.views.companies.room import blueprint, kept
from shared.db import actor_of
from shared.permissions import Permission
from shared.web import editing, formats, uploads
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved


@blueprint.route("/companies/<int:id>/bank", methods=["GET", "POST"])
@requires(Permission.COMPANIES_PROVE, step_up=True)
@uploads.takes_files
def propose(id: int) -> Response:  # noqa: A002  -- the address' word
    """Propose new bank details."""
    session = db.session()
    company = queries.get_company(session, actor_of(session), id)
    form = BankForm(holder=company.account_holder or company.name, bank_name=company.bank_name)
    here = url_for("companies.show", id=id, tab="bank")

    def save() -> Saved:
        banking.propose(session, id, form.account(kept(id)))
        return Saved(here, gettext("Proposed; a second person approves it."))

    return editing.answer(form, "companies/bank.html", save, company=company)


@blueprint.post("/companies/<int:id>/bank/<int:change>/approve")
@requires(Permission.BANK_APPROVE, step_up=True)
def approve(id: int, change: int) -> Response:  # noqa: A002
    """Approve bank details another person proposed."""
    here = url_for("companies.show", id=id, tab="bank")

    def act() -> Saved:
        approved = banking.approve(db.session(), _of(id, change), note=request.form.get("note", ""))
        day = formats.day(approved.effective_at)
        return Saved(here, gettext("Approved; in effect from %(day)s, the firm is told.", day=day))

    return editing.attempt(act, here)


@blueprint.post("/companies/<int:id>/bank/<int:change>/refuse")
@requires(Permission.BANK_APPROVE, step_up=True)
def refuse_bank(id: int, change: int) -> Response:  # noqa: A002
    """Refuse bank details, also approved ones that still wait."""
    here = url_for("companies.show", id=id, tab="bank")

    def act() -> Saved:
        banking.refuse(db.session(), _of(id, change), note=request.form.get("note", ""))
        return Saved(here, gettext("Refused; nothing is paid there."))

    return editing.attempt(act, here)


@blueprint.post("/companies/<int:id>/bank/<int:change>/withdraw")
@requires(Permission.COMPANIES_PROVE)
def take_back(id: int, change: int) -> Response:  # noqa: A002
    """Take proposed bank details back."""
    here = url_for("companies.show", id=id, tab="bank")

    def act() -> Saved:
        banking.withdraw(db.session(), _of(id, change))
        return Saved(here, gettext("Withdrawn."))

    return editing.attempt(act, here)


@blueprint.post("/companies/<int:id>/iban")
@requires(Permission.COMPANIES_READ)
def reveal(id: int) -> Response:  # noqa: A002
    """Show a whole IBAN, once; who asked stands in the journal."""
    here = url_for("companies.show", id=id, tab="bank")

    def act() -> Saved:
        iban = banking.show_iban(db.session(), id)
        return Saved(here, gettext("IBAN: %(iban)s", iban=iban))

    return editing.attempt(act, here)


@blueprint.post("/companies/<int:id>/bank/<int:change>/iban")
@requires(Permission.BANK_APPROVE)
def reveal_new(id: int, change: int) -> Response:  # noqa: A002
    """Show the whole IBAN of proposed bank details to who approves them."""
    here = url_for("companies.show", id=id, tab="bank")

    def act() -> Saved:
        iban = banking.show_new_iban(db.session(), _of(id, change))
        return Saved(here, gettext("New IBAN: %(iban)s", iban=iban))

    return editing.attempt(act, here)


def _of(firm_id: int, change_id: int) -> int:
    """New bank details of the firm in the address; another firm's are 404."""
    session = db.session()
    return proofs.get_bank_change(session, actor_of(session), change_id, firm_id=firm_id).id
