"""What is looked after every day: proofs that end, accounts that wait, payouts that are held."""

from datetime import date, timedelta
from typing import Final

from admin_module.companies.queries import proofs
from admin_module.companies.rules.keeping import to_tell
from shared import workplace
from shared.db import Session, actor_of
from shared.gates import holds
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
    for proof, firm in proofs.ending(session, actor, horizon, today):
        assert proof.valid_until is not None
        days = to_tell(proof.valid_until, today, proof.told_days, before)
        if days is None:
            continue
        proof.told_days = days
        # as rows keep them: whoever reads it reads his own language
        values = {"proof": proof.kind, "day": proof.valid_until.isoformat()}
        tone = "err" if days == min(before) else "warn"
        quiet = proof.kind in {ProofKind.SANCTIONS, ProofKind.BACKGROUND}
        workplace.notify(
            session, ENDS, tone=tone, link=f"/companies/{proof.firm_id}?tab=checklist",
            permission=Permission.COMPANIES_READ,
            values={**values, "firm": firm},
        )  # fmt: skip
        if not quiet:
            workplace.notify(
                session, ENDS_FIRM, tone=tone, link="/firm", firm_id=proof.firm_id,
                values=values,
            )  # fmt: skip
        told += 1
    session.flush()
    return told
