"""What is looked after every day: proofs that end, accounts that wait, payouts that are held."""

from datetime import date, timedelta
from typing import Final

from admin_module.companies.queries import proofs
from admin_module.companies.rules.keeping import to_tell
from shared import workplace
from shared.db import Session, actor_of
from shared.gates import holds
from shared.i18n import catalogue
from shared.parameters import Parameter, parameters
from shared.permissions import Permission
from shared.vocabulary import ProofKind

ALERTS: Final = (
    Parameter.PROOF_ALERT_FIRST, Parameter.PROOF_ALERT_SECOND, Parameter.PROOF_ALERT_LAST,
)  # fmt: skip
ENDS: Final = "%(proof)s of %(firm)s ends on %(day)s."
ENDS_FIRM: Final = "%(proof)s ends on %(day)s: send a new proof."


def watch(session: Session, today: date) -> int:
    """Do the day's round of a pool; how many ends of proofs were told.

    Each end is told three times (60, 30 and 7 days before, unless the pool set others), to who
    keeps firms and to the firm.
    """
    actor = actor_of(session)
    holds.renew(session, actor, today)
    told = 0
    before = tuple(parameters(session, ALERTS).values())
    horizon = today + timedelta(days=max(before))
    for proof, firm, language in proofs.ending(session, actor, horizon, today):
        assert proof.valid_until is not None
        days = to_tell(proof.valid_until, today, proof.told_days, before)
        if days is None:
            continue
        proof.told_days = days
        day = f"{proof.valid_until:%d.%m.%Y}"
        tone = "err" if days == min(before) else "warn"
        quiet = proof.kind in {ProofKind.SANCTIONS, ProofKind.BACKGROUND}
        workplace.notify(
            session, ENDS, tone=tone, link=f"/companies/{proof.firm_id}?tab=checklist",
            permission=Permission.COMPANIES_READ,
            values={"proof": _named(proof.kind, "de"), "firm": firm, "day": day},
        )  # fmt: skip
        if not quiet:
            workplace.notify(
                session, ENDS_FIRM, tone=tone, link="/firm", firm_id=proof.firm_id,
                values={"proof": _named(proof.kind, language), "day": day},
            )  # fmt: skip
        told += 1
    session.flush()
    return told


def _named(kind: str, language: str) -> str:
    """What a proof is called in a firm's language."""
    gettext = catalogue(language).gettext
    names = {
        ProofKind.REGISTER: gettext("Register entry"),
        ProofKind.INDEMNITY: gettext("Professional indemnity insurance"),
        ProofKind.TRAINING: gettext("Training hours"),
        ProofKind.AGREEMENT: gettext("Selling agreement"),
        ProofKind.BACKGROUND: gettext("Background check"),
        ProofKind.SANCTIONS: gettext("Sanctions check"),
    }
    return str(names[ProofKind(kind)])
