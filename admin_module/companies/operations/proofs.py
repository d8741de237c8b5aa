"""What firms prove: recorded by the pool, or sent by the firm and checked (IMS-08, IMS-09)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from admin_module.companies import queries
from admin_module.companies.errors import (
    DaysReversed,
    HoursMissing,
    NotThatPerson,
    ProofDecided,
    SecondPersonChecks,
    SignedLater,
)
from admin_module.companies.operations import today
from admin_module.companies.queries import proofs
from shared import audit, workplace
from shared.db import Session, actor_of
from shared.gates import holds
from shared.models.firms import Proof
from shared.vocabulary import Door, ProofKind, ProofResult, ProofState

ACCEPTED: Final = "A proof you sent has been checked and counts."
REFUSED: Final = "A proof you sent does not count. See why."


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a proof says.

    Attributes:
        number: of the entry, the policy, the agreement.
        authority: who keeps the register, insures, checks.
        signed_on: when an agreement was signed by both; None: not yet.
        year: of training, with its ``hours``.
        person_id: whose training it is; None: everybody's of the firm.
        document_id: the file that shows it.
    """

    kind: ProofKind
    valid_from: date
    valid_until: date | None = None
    result: ProofResult = ProofResult.VALID
    number: str = ""
    authority: str = ""
    signed_on: date | None = None
    year: int | None = None
    hours: Decimal | None = None
    person_id: int | None = None
    document_id: int | None = None
    note: str = ""


def record(session: Session, firm_id: int, evidence: Evidence) -> Proof:
    """Record a proof the pool has seen itself: it counts from its first day on.

    Raises:
        NoSuchCompany: there is no such firm within reach.
        DaysReversed, SignedLater, HoursMissing, NotThatPerson: of what it says.
    """
    proof = _add(session, firm_id, evidence, ProofState.ACCEPTED)
    _renew(session, firm_id)
    return proof


def submit(session: Session, firm_id: int, evidence: Evidence) -> Proof:
    """Send a proof of the own firm; it counts once the pool has checked it.

    Raises:
        NoSuchCompany and others: see ``record``.
    """
    return _add(session, firm_id, evidence, ProofState.SUBMITTED)


def accept(session: Session, proof_id: int, *, note: str = "") -> Proof:
    """Let a proof a firm sent count: somebody of the pool has looked at it.

    Raises:
        NoSuchProof: there is none within reach.
        ProofDecided: somebody was quicker.
        SecondPersonChecks: the actor sent it himself, as somebody of the firm.
    """
    return _decide(session, proof_id, ProofState.ACCEPTED, note)


def refuse(session: Session, proof_id: int, *, note: str) -> Proof:
    """Send a proof back: it does not show what it should."""
    return _decide(session, proof_id, ProofState.REFUSED, note)


def withdraw(session: Session, proof_id: int, *, note: str = "") -> Proof:
    """Take a proof back: it was a mistake, or it no longer holds."""
    actor = actor_of(session)
    proof = proofs.get_proof(session, actor, proof_id, lock=True)
    if proof.state not in {ProofState.SUBMITTED, ProofState.ACCEPTED}:
        raise ProofDecided
    proof.state = ProofState.WITHDRAWN
    if note and actor.door is not Door.EXTRANET:
        proof.note = note
    session.flush()
    _journal(session, proof, "proof withdrawn")
    if actor.door is not Door.EXTRANET:
        _renew(session, proof.firm_id)
    return proof


def _decide(session: Session, proof_id: int, state: ProofState, note: str) -> Proof:
    actor = actor_of(session)
    proof = proofs.get_proof(session, actor, proof_id, lock=True)
    if proof.state != ProofState.SUBMITTED:
        raise ProofDecided
    if state is ProofState.ACCEPTED and proof.recorded_by == actor.name:
        raise SecondPersonChecks
    proof.state = state
    proof.note = note.strip() or proof.note
    session.flush()
    good = state is ProofState.ACCEPTED
    _journal(session, proof, "proof accepted" if good else "proof refused")
    if proof.kind not in {ProofKind.SANCTIONS, ProofKind.BACKGROUND}:
        workplace.notify(
            session,
            ACCEPTED if good else REFUSED,
            link="/firm",
            tone="ok" if good else "warn",
            firm_id=proof.firm_id,
        )
    _renew(session, proof.firm_id)
    session.refresh(proof)
    return proof


def _add(session: Session, firm_id: int, evidence: Evidence, state: ProofState) -> Proof:
    actor = actor_of(session)
    queries.get_company(session, actor, firm_id)
    _check_days(evidence, today(session, actor))
    training = evidence.kind is ProofKind.TRAINING
    if training and (not evidence.year or not evidence.hours or evidence.hours < 0):
        raise HoursMissing
    people = {person.id for person in queries.people_of(session, actor, firm_id)}
    if evidence.person_id is not None and evidence.person_id not in people:
        raise NotThatPerson
    proof = Proof(
        pool_id=actor.pool_id,
        firm_id=firm_id,
        kind=evidence.kind,
        state=state,
        result=evidence.result,
        number=evidence.number.strip() or None,
        authority=evidence.authority.strip() or None,
        valid_from=evidence.valid_from,
        valid_until=evidence.valid_until,
        signed_on=evidence.signed_on if evidence.kind is ProofKind.AGREEMENT else None,
        year=evidence.year if training else None,
        hours=evidence.hours if training else None,
        person_id=evidence.person_id if training else None,
        document_id=evidence.document_id,
        edition=proofs.edition_of(session, actor, firm_id, evidence.kind),
        note=evidence.note.strip() or None,
    )
    session.add(proof)
    session.flush()
    counts = state is ProofState.ACCEPTED
    _journal(session, proof, "proof recorded" if counts else "proof sent")
    return proof


def _check_days(evidence: Evidence, day: date) -> None:
    if evidence.valid_until is not None and evidence.valid_until < evidence.valid_from:
        raise DaysReversed
    signed_on = evidence.signed_on if evidence.kind is ProofKind.AGREEMENT else None
    if signed_on is not None and signed_on > day:
        raise SignedLater


def _renew(session: Session, firm_id: int) -> None:
    """What was held for want of it goes on by itself."""
    actor = actor_of(session)
    holds.renew(session, actor, today(session, actor), [firm_id])


def _journal(session: Session, proof: Proof, action: str) -> None:
    audit.write(
        session,
        action,
        "company",
        proof.firm_id,
        new={
            "proof": proof.id,
            "kind": proof.kind,
            "result": proof.result,
            "number": proof.number,
            "valid_from": proof.valid_from.isoformat(),
            "valid_until": proof.valid_until.isoformat() if proof.valid_until else None,
            "reason": proof.note,
        },
    )
