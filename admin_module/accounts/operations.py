"""Shutting people out and letting them in again, ending their sessions, lost factors."""

from typing import Final

from admin_module.accounts import queries
from admin_module.accounts.errors import NoSuchPerson, OwnLogin, ResetAsked, SecondAdministrator
from shared import audit, workplace
from shared.db import Session, actor_of
from shared.permissions import Permission

RESET_ASKED: Final = "The second factor of %(who)s is lost: a second administrator confirms it."


def deactivate(session: Session, membership_id: int) -> None:
    """Shut somebody out: his sessions end in the same transaction.

    Raises:
        NoSuchPerson: he is not within the actor's reach.
        OwnLogin: it is the actor himself.
    """
    member = queries.get_member(session, membership_id)
    _refuse_self(session, member)
    if queries.set_active(session, membership_id, active=False):
        audit.write(session, "membership.deactivated", "membership", membership_id)


def reactivate(session: Session, membership_id: int) -> None:
    """Let somebody in again.

    Raises:
        NoSuchPerson: he is not within the actor's reach.
    """
    queries.get_member(session, membership_id)
    if queries.set_active(session, membership_id, active=True):
        audit.write(session, "membership.reactivated", "membership", membership_id)


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
        NoSuchPerson: he is not within the actor's reach.
        OwnLogin: it is the actor himself.
        SecondAdministrator: the actor asked for it himself.
        ResetAsked: a colleague asked for it, and the actor has not said that he confirms it.
    """
    actor = actor_of(session)
    member = queries.get_member(session, membership_id)
    _refuse_self(session, member)
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


def _refuse_self(session: Session, member: queries.Member) -> None:
    if member.account_id == actor_of(session).account_id:
        raise OwnLogin
