"""Proofs of firms: recorded with their file, checked, sent back."""

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin_module.companies import queries
from admin_module.companies.operations import proofs
from admin_module.companies.queries import proofs as proof_queries
from portal_intranet.forms.companies import ProofForm
from portal_intranet.views.companies.room import blueprint, kept
from shared import gates
from shared.db import actor_of
from shared.permissions import Permission
from shared.vocabulary import Gate, ProofKind
from shared.web import editing, formats, uploads
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today

# what is asked one after the other
ASKED = (Gate.REGISTER, Gate.INDEMNITY, Gate.AGREEMENT)
# what the firm does not see of itself
QUIET = {ProofKind.SANCTIONS.value, ProofKind.BACKGROUND.value}


@blueprint.route("/companies/<int:id>/prove", methods=["GET", "POST"])
@requires(Permission.COMPANIES_PROVE)
@uploads.takes_files
def prove(id: int) -> Response:  # noqa: A002  -- the address' word
    """Record what a firm has proved, with the file that shows it."""
    session = db.session()
    actor = actor_of(session)
    company = queries.get_company(session, actor, id)
    wanted = request.args.get("kind", ProofKind.REGISTER.value)
    form = ProofForm(
        kind=wanted if wanted in set(ProofKind) else ProofKind.REGISTER.value,
        number=company.register_number if wanted == ProofKind.REGISTER else None,
        valid_from=today(),
        year=today().year - 1 if wanted == ProofKind.TRAINING else None,
    )
    form.person_id.choices = [
        ("", gettext("everybody of the firm")),
        *(
            (str(p.id), f"{p.last_name}, {p.first_name}")
            for p in queries.people_of(session, actor, id)
        ),
    ]

    def save() -> Saved:
        document = kept(id, shared=form.kind.data not in QUIET)
        proofs.record(session, id, form.evidence(document))
        place = _next(id) if request.form.get("do") == "next" else ""
        begins, signed = form.valid_from.data, form.signed_on.data
        if form.kind.data == ProofKind.AGREEMENT and not signed:
            said = gettext("Recorded; without the day of signing it does not count.")
        elif begins and begins > today():
            said = gettext("Recorded; it counts from %(day)s.", day=formats.day(begins))
        else:
            said = gettext("Recorded; it counts from now on.")
        return Saved(place or url_for("companies.show", id=id), said)

    return editing.answer(form, "companies/prove.html", save, company=company)


@blueprint.post("/companies/<int:id>/proofs/<int:proof>/<any(accept,refuse,withdraw):what>")
@requires(Permission.COMPANIES_PROVE)
def decide(id: int, proof: int, what: str) -> Response:  # noqa: A002
    """Let a proof a firm sent count, send it back, or take one back."""
    here = url_for("companies.show", id=id)
    note = request.form.get("note", "")

    def act() -> Saved:
        session = db.session()
        proof_queries.get_proof(session, actor_of(session), proof, firm_id=id)  # of this firm
        if what == "accept":
            begins = proofs.accept(session, proof, note=note).valid_from
            if begins > today():
                day = formats.day(begins)
                return Saved(here, gettext("Checked; it counts from %(day)s.", day=day))
            return Saved(here, gettext("Checked; it counts from now on."))
        if what == "refuse":
            proofs.refuse(session, proof, note=note)
            return Saved(here, gettext("Sent back; the firm is told."))
        proofs.withdraw(session, proof, note=note)
        return Saved(here, gettext("Withdrawn; it no longer counts."))

    return editing.attempt(act, here)


def _next(company_id: int) -> str:
    """Where the next thing a firm lacks is recorded; empty: nothing is left."""
    session = db.session()
    day = today()
    firm = gates.read_one(session, actor_of(session), company_id, day)
    missing = [check.gate for check in gates.checks(firm, day) if not check.good] if firm else []
    for gate in missing:
        if gate in ASKED:
            return url_for("companies.prove", id=company_id, kind=gate.value)
    return url_for("companies.propose", id=company_id) if Gate.BANK in missing else ""
