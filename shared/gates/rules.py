"""The gates as a table, and how a firm stands before each on a day. Pure.

Sources: sec. 34d GewO and sec. 11a GewO (register), sec. 11 to 13 VersVermV (indemnity insurance),
sec. 34d (9) GewO with sec. 7 VersVermV (15 training hours a calendar year, nothing carried over),
Law 1909-IX of Ukraine (register, sub-agents, premiums and natural persons).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from shared.vocabulary import (
    CompanyKind,
    CompanyState,
    Gate,
    GateAction,
    GatePoint,
    IntermediaryType,
    ProofKind,
    ProofResult,
    Standing,
)

_S, _C, _P = GatePoint.SUBMISSION, GatePoint.CONTRACT, GatePoint.PAYOUT
_BLOCK, _WARN, _HOLD, _SILENT = (
    GateAction.BLOCK,
    GateAction.WARN,
    GateAction.HOLD,
    GateAction.SILENT,
)
TABLE: Final[Mapping[Gate, Mapping[GatePoint, GateAction]]] = {
    Gate.REGISTER: {_S: _BLOCK, _C: _WARN, _P: _HOLD},
    Gate.INDEMNITY: {_S: _BLOCK, _C: _WARN, _P: _HOLD},
    Gate.TRAINING: {_S: _WARN},
    Gate.AGREEMENT: {_S: _BLOCK, _C: _BLOCK, _P: _HOLD},
    Gate.AUTHORISATION: {_S: _BLOCK, _C: _BLOCK},
    Gate.BANK: {_P: _HOLD},
    Gate.SANCTIONS: {_S: _SILENT, _C: _SILENT, _P: _SILENT},
    Gate.CONSENT: {_S: _BLOCK},
    Gate.COLLECTION: {_S: _BLOCK, _C: _BLOCK},
    # a check that failed or ran out keeps new business away (IMS-09)
    Gate.BACKGROUND: {_S: _BLOCK},
}
HOURS: Final = Decimal(15)
# so long an indemnity insurance may be missing before a payout waits for it
INDEMNITY_GRACE: Final = timedelta(days=30)
SOON: Final = timedelta(days=60)
# by what a person is found: whom the gates ask at all
ASKED_KINDS: Final = frozenset(
    {
        CompanyKind.SUPERGROUP,
        CompanyKind.GROUP,
        CompanyKind.SUBGROUP,
        CompanyKind.FIRM,
        CompanyKind.PARTNER,
    }
)
PROOF_OF: Final = {
    Gate.REGISTER: ProofKind.REGISTER,
    Gate.INDEMNITY: ProofKind.INDEMNITY,
    Gate.TRAINING: ProofKind.TRAINING,
    Gate.AGREEMENT: ProofKind.AGREEMENT,
    Gate.BACKGROUND: ProofKind.BACKGROUND,
    Gate.SANCTIONS: ProofKind.SANCTIONS,
}
# who mediates nothing needs no licence for it
OF_MEDIATORS: Final = frozenset({Gate.REGISTER, Gate.INDEMNITY, Gate.TRAINING})
# what is asked only once it was recorded
WHEN_RECORDED: Final = frozenset({Gate.BACKGROUND, Gate.SANCTIONS})
GOOD: Final = frozenset({Standing.GOOD, Standing.ENDING})


@dataclass(frozen=True)
class Proven:
    """The proof of a kind that counts on a day.

    Attributes:
        kind: of what.
        result: what the check came to.
        valid_from: since when.
        valid_until: the last day; None: without end.
        signed_on: of an agreement.
        number: of the entry, the policy, the agreement.
        id: of the proof.
    """

    kind: ProofKind
    result: ProofResult
    valid_from: date
    valid_until: date | None = None
    signed_on: date | None = None
    number: str | None = None
    id: int = 0


@dataclass(frozen=True)
class GatedFirm:
    """A firm as the gates see it on a day.

    Attributes:
        proofs: the one that counts of each kind.
        submitted: kinds of which one waits to be checked.
        untrained: people without last year's hours; None: nobody told of any hours.
        people: how many people it has.
        has_account: whether bank details are in effect.
        since: since when it works with the pool.
    """

    id: int
    name: str
    kind: str
    state: str
    country: str
    language: str
    intermediary_type: str | None
    natural_person: bool
    collects_premiums: bool
    register_number: str | None
    has_account: bool
    since: date
    proofs: Mapping[ProofKind, Proven] = field(default_factory=dict)
    submitted: frozenset[ProofKind] = frozenset()
    untrained: int | None = None
    people: int = 0

    @property
    def mediates(self) -> bool:
        """Whether it needs a licence: whoever does more than name a contact."""
        return self.intermediary_type != IntermediaryType.TIP_GIVER

    @property
    def asked(self) -> bool:
        """Whether the gates ask it anything: the pool's operator and insurers they do not."""
        return self.kind in {kind.value for kind in ASKED_KINDS}


@dataclass(frozen=True)
class Check:
    """How a firm stands with one thing.

    Attributes:
        until: the last day of what was proved.
        proof_id: the proof that counts.
    """

    gate: Gate
    standing: Standing
    until: date | None = None
    proof_id: int | None = None

    @property
    def good(self) -> bool:
        """Whether the gate is open."""
        return self.standing in GOOD


@dataclass(frozen=True)
class Verdict:
    """What a gate does to a piece of business."""

    gate: Gate
    action: GateAction
    standing: Standing


def checks(firm: GatedFirm, day: date) -> list[Check]:
    """How a firm stands on a day with everything it has to prove, in the table's order."""
    found = []
    for gate in TABLE:
        if gate not in PROOF_OF or not _is_asked(firm, gate):
            continue
        found.append(_training(firm, day) if gate is Gate.TRAINING else _proved(firm, gate, day))
    account = Standing.GOOD if firm.has_account else Standing.MISSING
    if firm.intermediary_type != IntermediaryType.ADVISER:
        found.append(Check(Gate.BANK, account))
    if firm.collects_premiums and firm.natural_person and firm.country == "UA":
        found.append(Check(Gate.COLLECTION, Standing.FAILED))
    return found


def verdicts(
    firm: GatedFirm, point: GatePoint, day: date, *, sells: bool = True, consent: bool = True
) -> list[Verdict]:
    """What the closed gates do at a point, by the table.

    Args:
        firm: whose business it is.
        point: submission, contract or payout.
        day: the pool's day.
        sells: whether it may sell the product on the day.
        consent: whether the customer agreed to health data being processed, where it is needed.
    """
    if not firm.asked:
        return []
    # who gets no commission has no payout that could be held
    if point is GatePoint.PAYOUT and firm.intermediary_type == IntermediaryType.ADVISER:
        return []
    closed = [check for check in checks(firm, day) if not check.good]
    if not sells:
        closed.append(Check(Gate.AUTHORISATION, Standing.MISSING))
    if not consent:
        closed.append(Check(Gate.CONSENT, Standing.MISSING))
    if point is GatePoint.PAYOUT:
        closed = [check for check in closed if _holds(firm, check, day)]
    return [
        Verdict(check.gate, TABLE[check.gate][point], check.standing)
        for check in closed
        if point in TABLE[check.gate]
    ]


def _is_asked(firm: GatedFirm, gate: Gate) -> bool:
    if not firm.asked:
        return False
    if gate in WHEN_RECORDED:
        return PROOF_OF[gate] in firm.proofs
    return firm.mediates or gate not in OF_MEDIATORS


def _proved(firm: GatedFirm, gate: Gate, day: date) -> Check:
    kind = PROOF_OF[gate]
    proof = firm.proofs.get(kind)
    if proof is None:
        waiting = kind in firm.submitted
        return Check(gate, Standing.SUBMITTED if waiting else Standing.MISSING)
    return Check(gate, _standing_of(proof, day), proof.valid_until, proof.id)


def _standing_of(proof: Proven, day: date) -> Standing:
    if proof.result is ProofResult.FAILED:
        return Standing.FAILED
    if proof.valid_until is not None and proof.valid_until < day:
        return Standing.EXPIRED
    if proof.kind is ProofKind.AGREEMENT and (proof.signed_on is None or proof.signed_on > day):
        return Standing.UNSIGNED
    if proof.valid_until is not None and proof.valid_until - day <= SOON:
        return Standing.ENDING
    return Standing.GOOD


def _training(firm: GatedFirm, day: date) -> Check:
    """Last calendar year's hours; who began this year owes none yet."""
    if firm.since.year >= day.year or firm.untrained == 0:
        return Check(Gate.TRAINING, Standing.GOOD)
    if ProofKind.TRAINING in firm.submitted:
        return Check(Gate.TRAINING, Standing.SUBMITTED)
    return Check(Gate.TRAINING, Standing.MISSING)


def _holds(firm: GatedFirm, check: Check, day: date) -> bool:
    """Whether a closed gate keeps money back.

    Who has left sells nothing: what he earned is not kept back for a licence he needs no longer.
    An indemnity insurance is waited for only once it is missing for more than thirty days.
    """
    leaving = firm.state != CompanyState.ACTIVE
    if leaving and check.gate not in {Gate.BANK, Gate.SANCTIONS}:
        return False
    if check.gate is Gate.INDEMNITY:
        since = (check.until or firm.since) + INDEMNITY_GRACE
        return since < day
    return True
