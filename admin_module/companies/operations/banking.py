"""Bank details change by two people, after a waiting time, and the old address is told (IMS-10)."""

from dataclasses import dataclass
from typing import Final

from admin_module.companies import queries
from admin_module.companies.errors import (
    BankChangeDecided,
    BankChangeOpen,
    EvidenceMissing,
    NotYourProposal,
    SameAccount,
    SecondPersonDecides,
)
from admin_module.companies.queries import people, proofs
from admin_module.companies.rules import identifiers
from shared import audit, clock, workplace
from shared.db import Session, actor_of
from shared.db.entrance import put_mail
from shared.models.firms import BankChange
from shared.models.pools import Company
from shared.permissions import Permission
from shared.vocabulary import BankState, Door, IntermediaryType

AGENTS: Final = {IntermediaryType.AGENT.value, IntermediaryType.SUB_AGENT.value}
PROPOSED: Final = "New bank details of %(firm)s wait for a second person."
PROPOSED_FIRM: Final = "New bank details were proposed for your firm. If it was not you, tell us."
APPROVED_FIRM: Final = "Your new bank details are approved and take effect after a waiting time."
REFUSED_FIRM: Final = "The new bank details proposed for your firm were refused."


@dataclass(frozen=True)
class Account:
    """Where a firm wants to be paid.

    Attributes:
        special_regime: an account for premiums under the National Bank's rules (Ukraine).
        document_id: what proves that it is the firm's.
    """

    iban: str
    holder: str
    reason: str
    bank_name: str = ""
    special_regime: bool = False
    document_id: int | None = None


def propose(session: Session, firm_id: int, account: Account) -> BankChange:
    """Propose new bank details; nothing is paid there before a second person has approved.

    Raises:
        NoSuchCompany: there is no such firm within reach.
        IbanWrong: its check digits don't agree.
        SameAccount: payouts go there already.
        BankChangeOpen: others are waiting.
        EvidenceMissing: an agent's account is evidenced.
    """
    actor = actor_of(session)
    firm = queries.get_company(session, actor, firm_id)
    iban = identifiers.checked("iban", account.iban, country=firm.country)
    if iban == firm.iban:
        raise SameAccount
    if proofs.find_open_bank_change(session, actor, firm_id) is not None:
        raise BankChangeOpen
    if firm.intermediary_type in AGENTS and account.document_id is None:
        raise EvidenceMissing
    change = BankChange(
        pool_id=actor.pool_id,
        firm_id=firm_id,
        iban=iban,
        holder=" ".join(account.holder.split()),
        bank_name=account.bank_name.strip() or None,
        special_regime=account.special_regime,
        reason=account.reason.strip(),
        document_id=account.document_id,
    )
    session.add(change)
    session.flush()
    session.refresh(change)
    _journal(session, change, "bank details proposed")
    _write(session, firm, change, "bank_proposed")
    if actor.door is not Door.EXTRANET:
        _tell(session, firm, PROPOSED_FIRM, PROPOSED)
    return change


def approve(session: Session, change_id: int, *, note: str = "") -> BankChange:
    """Approve new bank details somebody else proposed; they take effect after the waiting time.

    Raises:
        NoSuchBankChange: there are none within reach.
        BankChangeDecided: somebody was quicker.
        SecondPersonDecides: the actor proposed them himself.
    """
    actor = actor_of(session)
    change = proofs.get_bank_change(session, actor, change_id, lock=True)
    if change.state != BankState.PROPOSED:
        raise BankChangeDecided
    if change.recorded_by == actor.name:
        raise SecondPersonDecides
    approved = _decide(session, change_id, BankState.APPROVED, note, APPROVED_FIRM)
    firm = queries.get_company(session, actor, approved.firm_id)
    _write(session, firm, approved, "bank_approved")
    return approved


def refuse(session: Session, change_id: int, *, note: str) -> BankChange:
    """Refuse new bank details, also approved ones that are not in effect yet."""
    change = proofs.get_bank_change(session, actor_of(session), change_id, lock=True)
    if change.state not in {BankState.PROPOSED, BankState.APPROVED}:
        raise BankChangeDecided
    return _decide(session, change_id, BankState.REFUSED, note, REFUSED_FIRM)


def withdraw(session: Session, change_id: int) -> BankChange:
    """Take proposed or approved bank details back before they are in effect.

    A firm takes back whatever is proposed for it; of the pool, who proposed it.

    Raises:
        NoSuchBankChange: there are none within reach.
        BankChangeDecided: somebody was quicker.
        NotYourProposal: somebody else proposed them.
    """
    actor = actor_of(session)
    change = proofs.get_bank_change(session, actor, change_id, lock=True)
    if change.state not in {BankState.PROPOSED, BankState.APPROVED}:
        raise BankChangeDecided
    if actor.door is not Door.EXTRANET and change.recorded_by != actor.name:
        raise NotYourProposal
    return _decide(session, change_id, BankState.WITHDRAWN, "", "")


def show_iban(session: Session, firm_id: int) -> str:
    """A firm's whole IBAN; who asked for it stands in the journal."""
    firm = queries.get_company(session, actor_of(session), firm_id)
    audit.write(session, "account shown", "company", firm_id)
    return identifiers.spaced(firm.iban or "")


def show_new_iban(session: Session, change_id: int) -> str:
    """The whole IBAN of a change: who approves it compares it with its evidence; journalled.

    Raises:
        NoSuchBankChange: there is none within reach.
    """
    change = proofs.get_bank_change(session, actor_of(session), change_id)
    audit.write(session, "new account shown", "company", change.firm_id)
    return identifiers.spaced(change.iban)


def _decide(session: Session, change_id: int, state: BankState, note: str, told: str) -> BankChange:
    actor = actor_of(session)
    change = proofs.decide_bank_change(session, actor, change_id, state, note.strip() or None)
    _journal(session, change, f"bank details {state.value}")
    if told:
        firm = queries.get_company(session, actor, change.firm_id)
        _tell(session, firm, told)
    return change


def _write(session: Session, firm: Company, change: BankChange, letter: str) -> None:
    """Write to the address the firm had when the change was proposed: who took it over reads on.

    A firm without one is told through its people, each in his language: somebody always hears of
    it.
    """
    recipients = [(change.told, firm.name, firm.language)] if change.told else []
    if not recipients:
        actor = actor_of(session)
        members = people.members_of(session, actor, firm.id)
        recipients = [(m.email, m.name, m.language) for m in members if m.active]
    zone = queries.get_pool(session, actor_of(session)).time_zone
    day = clock.day_of(change.effective_at, zone) if change.effective_at else None
    for recipient, name, language in recipients:
        put_mail(
            session,
            recipient=recipient,
            name=name,
            language=language,
            kind=letter,
            door=Door.EXTRANET,
            company=firm.name,
            iban=identifiers.masked(change.iban),
            day=f"{day:%d.%m.%Y}" if day else "",
        )


def _tell(session: Session, firm: Company, sentence: str, to_pool: str = "") -> None:
    """Tell the firm, and where there is something to decide, who may."""
    workplace.notify(session, sentence, link="/firm?tab=bank", tone="warn", firm_id=firm.id)
    if to_pool:
        workplace.notify(
            session,
            to_pool,
            link=f"/companies/{firm.id}?tab=bank",
            tone="warn",
            permission=Permission.BANK_APPROVE,
            values={"firm": firm.name},
        )


def _journal(session: Session, change: BankChange, action: str) -> None:
    audit.write(
        session,
        action,
        "company",
        change.firm_id,
        new={
            "bank_change": change.id,
            "iban": identifiers.masked(change.iban),
            "old_iban": identifiers.masked(change.old_iban),
            "holder": change.holder,
            "reason": change.decided_note or change.reason,
        },
    )
