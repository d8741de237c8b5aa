"""Shutting people out and letting them in again, ending their sessions, lost factors."""

from typing import Final

from admin_module.accounts import queries
from admin_module.accounts.errors import (
    NobodyWaits,
    NoSuchPerson,
    NotLetIn,
    OwnLogin,
    ResetAsked,
    SecondAdministrator,
    ShutByPool,
)
from shared import audit, workplace
from shared.db import Session, actor_of
from shared.permissions import Permission
from shared.vocabulary import Door

RESET_ASKED: Final = "The second factor of %(who)s is lost: a second administrator confirms it."

LET_IN: Final = "The pool has let %(who)s in: the person may work for you now."
NOT_LET_IN: Final = "The pool has not let %(who)s in."


def deactivate(session: Session, membership_id: int) -> None:
    """Shut somebody out: his sessions end in the same transaction.

    Of who waits to be let in his firm takes its asking back. Whom the pool shuts out the firm
    does not let in again.

    Raises:
        NoSuchPerson: he is not within the actor's reach.
        OwnLogin: it is the actor himself.
        NobodyWaits: he waited, and that was decided or taken back meanwhile.
    """
    member = queries.get_member(session, membership_id)
    _refuse_self(session, member)
    if member.waits and _answers(session):
        refuse(session, membership_id)
    elif queries.set_active(session, membership_id, active=False):
        did = "withdrawn" if member.waits else "shut" if _answers(session) else "deactivated"
        audit.write(session, f"membership.{did}", "membership", membership_id)


def reactivate(session: Session, membership_id: int) -> bool:
    """Let somebody in again, or for the first time who waits for it.

    He is told by mail, and in the bell where he works; so is the firm that invited him. A firm
    itself lets nobody in who waits: it asks once more.

    Returns:
        Whether he had waited for it.

    Raises:
        NoSuchPerson: he is not within the actor's reach.
        NotLetIn: a firm would let in whom the pool refused.
        ShutByPool: a firm would let in whom the pool switched off.
        NobodyWaits: his firm took its asking back, so there is nobody to let in.
    """
    member = queries.get_member(session, membership_id)
    changed = queries.set_active(session, membership_id, active=True)
    let_in = changed and member.waits and _answers(session)
    if let_in:
        audit.write(session, "membership.let_in", "membership", membership_id)
        _tell_firm(session, membership_id, member, LET_IN, "ok")
    elif changed:
        did = "asked" if member.waits else "reactivated"
        audit.write(session, f"membership.{did}", "membership", membership_id)
    else:
        _say_why_not(session, member)
    return let_in


def refuse(session: Session, membership_id: int) -> None:
    """Do not let somebody in who waits for it; the firm that invited him is told.

    Raises:
        NoSuchPerson: he is not within the actor's reach.
        NobodyWaits: he waits for nothing.
    """
    member = queries.get_member(session, membership_id)
    if not member.waits or not queries.set_active(session, membership_id, active=False):
        raise NobodyWaits
    audit.write(session, "membership.refused", "membership", membership_id)
    _tell_firm(session, membership_id, member, NOT_LET_IN, "warn")


def end_sessions(session: Session, membership_id: int) -> int:
    """Sign somebody out everywhere; how many sessions ended.

    Raises:
        NoSuchPerson: he is not within the actor's reach.
    """
    queries.get_member(session, membership_id)
    ended = queries.revoke(session, membership_id)
    audit.write(session, "membership.signed_out", "membership", membership_id)
    return ended


def reset_factors(session: Session, membership_id: int, *, confirms: bool = False) -> bool:
    """Take a lost second factor away: the first administrator asks, another one confirms.

    Confirmed, everything the person had is worth nothing (password, factors, codes, sessions) and
    he is invited anew: as strong a proof as the first time (OWASP ASVS 6.4.4).

    Args:
        session: the transaction.
        membership_id: of whom.
        confirms: that the actor knows of the colleague's request; without it nothing is confirmed.

    Returns:
        Whether it is done; False: it waits for a second administrator, for 72 hours.

    Raises:
        NoSuchPerson: he is not within the actor's reach, or waits to be let in.
        OwnLogin: it is the actor himself.
        SecondAdministrator: the actor asked for it himself.
        ResetAsked: a colleague asked for it, and the actor has not said that he confirms it.
    """
    actor = actor_of(session)
    member = queries.get_member(session, membership_id)
    _refuse_self(session, member)
    if member.waits:  # a login of elsewhere that has not come in here is not this pool's to reset
        raise NoSuchPerson
    asked = queries.find_reset(session, actor, membership_id)
    if asked is not None and asked.recorded_by != actor.name and not confirms:
        raise ResetAsked
    step = queries.reset_step(session, membership_id)
    if step is None:
        raise NoSuchPerson
    if step == "own":
        raise SecondAdministrator
    audit.write(session, f"membership.factors_{step}", "membership", membership_id)
    if step == "started":
        workplace.notify(
            session,
            RESET_ASKED,
            link=f"/people/{membership_id}",
            tone="warn",
            permission=Permission.ACCOUNTS_EDIT,
            values={"who": member.name},
        )
    return step == "done"


def _say_why_not(session: Session, member: queries.Member) -> None:
    """Refuse to let in who cannot be; of who may come in already nothing is said."""
    if member.waits and _answers(session):
        raise NobodyWaits
    if member.refused:
        raise NotLetIn
    if not member.waits and not member.active:
        raise ShutByPool


def _answers(session: Session) -> bool:
    """Whether the actor says who comes in: a firm asks for it, the pool says."""
    return actor_of(session).door is not Door.EXTRANET


def _tell_firm(
    session: Session, membership_id: int, member: queries.Member, text: str, tone: str
) -> None:
    """Tell who invited somebody what the pool said; by the name he was given there."""
    workplace.notify(
        session, text, link=f"/people/{membership_id}", tone=tone,
        firm_id=member.company_id, permission=Permission.OWN_PEOPLE,
        values={"who": member.called},
    )  # fmt: skip


def _refuse_self(session: Session, member: queries.Member) -> None:
    if member.account_id == actor_of(session).account_id:
        raise OwnLogin
