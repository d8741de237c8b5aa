"""The own firm: what is missing, proofs, bank details, what is held and why."""

from typing import Any, Final

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from admin_module.companies import queries
from admin_module.companies.operations import banking, proofs
from admin_module.companies.queries import proofs as found_proofs
from admin_module.companies.rules.identifiers import masked
from pool_module.crm.operations import documents
from pool_module.crm.operations.documents import Upload
from portal_extranet.forms.firm import KINDS, BankForm, ProofForm
from shared import gates
from shared.db import actor_of
from shared.gates.words import effect_of
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import (
    BankState,
    Gate,
    IntermediaryType,
    ProofKind,
    ProofState,
    Standing,
)
from shared.web import editing, uploads
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render

blueprint = Blueprint("firm", __name__, template_folder="../templates")

NAMES: Final = {
    Gate.REGISTER: label(ProofKind, ProofKind.REGISTER).text,
    Gate.INDEMNITY: label(ProofKind, ProofKind.INDEMNITY).text,
    Gate.TRAINING: label(ProofKind, ProofKind.TRAINING).text,
    Gate.AGREEMENT: label(ProofKind, ProofKind.AGREEMENT).text,
    Gate.BANK: _("Bank details"),
    Gate.COLLECTION: _("Premium collection"),
}
PROOFS: Final = {
    Gate.REGISTER: "register",
    Gate.INDEMNITY: "indemnity",
    Gate.TRAINING: "training",
    Gate.AGREEMENT: "agreement",
}


@blueprint.get("/firm")
@requires(Permission.OWN_COMPANY)
def index() -> Response:
    """Show what the firm has proved, what is missing and what that holds."""
    session = db.session()
    actor = actor_of(session)
    firm_id, day = g.viewer.company_id, today()
    company = queries.get_company(session, actor, firm_id)
    found = gates.read_one(session, actor, firm_id, day)
    checks = [c for c in gates.checks(found, day) if c.gate in NAMES] if found else []
    paid = company.intermediary_type != IntermediaryType.ADVISER
    holds = gates.held(session, actor, company_ids=[firm_id]).get(firm_id, []) if paid else []
    return render(
        "firm/index.html",
        company=company,
        iban=masked(company.iban),
        masked=masked,
        gates_on=gates.gates_on(session, actor),
        holds=holds,
        paid=paid,
        items=[_item(check, found.untrained if found else None, paid=paid) for check in checks],
        proofs=found_proofs.proofs_of(session, actor, firm_id),
        changes=found_proofs.bank_changes_of(session, actor, firm_id),
        label=label,
        BankState=BankState,
        ProofKind=ProofKind,
        ProofState=ProofState,
    )


@blueprint.route("/firm/prove", methods=["GET", "POST"])
@requires(Permission.OWN_COMPANY)
@uploads.takes_files
def prove() -> Response:
    """Send the pool a proof."""
    session = db.session()
    actor = actor_of(session)
    firm_id = g.viewer.company_id
    company = queries.get_company(session, actor, firm_id)
    wanted = request.args.get("kind", ProofKind.REGISTER.value)
    form = ProofForm(
        kind=wanted if wanted in {kind.value for kind in KINDS} else ProofKind.REGISTER.value,
        number=company.register_number if wanted == ProofKind.REGISTER else None,
        valid_from=today(),
        year=today().year - 1 if wanted == ProofKind.TRAINING else None,
    )
    form.person_id.choices = [
        ("", gettext("everybody of the firm")),
        *(
            (str(p.id), f"{p.last_name}, {p.first_name}")
            for p in queries.people_of(session, actor, firm_id)
        ),
    ]

    def save() -> Saved:
        proofs.submit(session, firm_id, form.evidence(_kept(firm_id)))
        return Saved(
            url_for("firm.index"), gettext("Sent; it counts once the pool has checked it.")
        )

    return editing.answer(form, "firm/prove.html", save)


@blueprint.post("/firm/proofs/<int:id>/withdraw")
@requires(Permission.OWN_COMPANY)
def withdraw(id: int) -> Response:  # noqa: A002  -- the address' word
    """Take a proof back that the pool has not checked yet."""

    def act() -> Saved:
        proofs.withdraw(db.session(), id)
        return Saved(url_for("firm.index"), gettext("Withdrawn."))

    return editing.attempt(act, url_for("firm.index"))


@blueprint.route("/firm/bank", methods=["GET", "POST"])
@requires(Permission.OWN_COMPANY, step_up=True)
@uploads.takes_files
def bank() -> Response:
    """Propose where payouts shall go."""
    session = db.session()
    firm_id = g.viewer.company_id
    company = queries.get_company(session, actor_of(session), firm_id)
    form = BankForm(holder=company.account_holder or company.name)

    def save() -> Saved:
        banking.propose(session, firm_id, form.account(_kept(firm_id)))
        return Saved(url_for("firm.index"), gettext("Proposed; the pool checks it."))

    return editing.answer(form, "firm/bank.html", save, company=company)


@blueprint.post("/firm/bank/<int:id>/withdraw")
@requires(Permission.OWN_COMPANY)
def withdraw_bank(id: int) -> Response:  # noqa: A002
    """Take proposed bank details back."""

    def act() -> Saved:
        banking.withdraw(db.session(), id)
        return Saved(url_for("firm.index"), gettext("Withdrawn."))

    return editing.attempt(act, url_for("firm.index"))


def _item(check: gates.Check, untrained: int | None, *, paid: bool) -> dict[str, Any]:
    """A line of the checklist as the page shows it."""
    state = label(Standing, check.standing)
    why = ""
    if check.gate is Gate.TRAINING and not check.good and untrained:
        why = gettext("15 hours are missing for %(count)s people", count=untrained)
    if check.gate is Gate.BANK:
        href, action = url_for("firm.bank"), gettext("Propose")
    elif check.gate in PROOFS:
        href, action = url_for("firm.prove", kind=PROOFS[check.gate]), gettext("Send")
    else:
        href = action = ""
    return {
        "label": NAMES[check.gate],
        "state": state,
        "until": check.until,
        "why": why,
        "effect": "" if check.good else effect_of(check.gate, paid=paid, aloud=True),
        "good": check.good,
        "href": "" if check.good and check.standing is not Standing.ENDING else href,
        "action": action,
    }


def _kept(firm_id: int) -> int | None:
    """Keep the file that came with a form; its id."""
    sent = uploads.sent()
    if not sent:
        return None
    name, content = sent[0]
    root = current_app.config["STORAGE_DIR"]
    document = documents.store_upload(
        db.session(), root, Upload(name, content), subject="company", subject_id=firm_id,
        kind="proof",
    )  # fmt: skip
    return document.id
