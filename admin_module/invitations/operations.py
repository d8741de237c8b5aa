"""Inviting people: by a link that opens once, for one purpose, behind one door."""

import hashlib
import secrets
from typing import Final

from admin_module.invitations import queries
from admin_module.invitations.errors import NameMissing, NotAnAddress, NotInvited
from shared import audit, mail
from shared.addresses import is_address
from shared.config import Config
from shared.db import Session
from shared.mail import Letter
from shared.vocabulary import Door

INVITATION: Final = "invitation"


def invite(
    session: Session, *, email: str, name: str, language: str, door: Door, company_id: int,
    role: str,
) -> int:  # fmt: skip
    """Invite somebody: the account is made or found, the membership made, the mail put.

    Who has a login already is told that he may come in here too; the answer is the same. Who was
    invited before and has not come gets a new link, and the one before is worth nothing.

    Args:
        session: staff of the pool, a broker for his own firm, or the worker.
        email: where the link goes.
        name: as others see it.
        language: of the mail and of his pages.
        door: which portal he comes in by.
        company_id: where he works.
        role: what he is there.

    Returns:
        The membership's id.

    Raises:
        NotAnAddress: the e-mail is none.
        NameMissing: without a name.
    """
    return _invite(
        session, email=email, name=name, language=language, door=door, company_id=company_id,
        role=role, tell=True,
    )  # fmt: skip


def invite_by_hand(
    session: Session, *, email: str, name: str, language: str, door: Door, company_id: int,
    role: str,
) -> str:  # fmt: skip
    """Invite somebody without a mail: the path of the link, for who hands it over himself.

    Raises:
        NotInvited: he has a login already; he signs in with what he has.
    """
    member = _invite(
        session, email=email, name=name, language=language, door=door, company_id=company_id,
        role=role, tell=False,
    )  # fmt: skip
    link = queries.find_link_to_invite(session, member)
    if link is None:
        raise NotInvited
    return _draw(session, link, INVITATION)


def _invite(
    session: Session, *, email: str, name: str, language: str, door: Door, company_id: int,
    role: str, tell: bool,
) -> int:  # fmt: skip
    if not is_address(email.strip()):
        raise NotAnAddress
    if not name.strip():
        raise NameMissing
    member = queries.invite_person(
        session, email=email.strip(), name=name.strip(), language=language, door=door,
        company_id=company_id, role=role, tell=tell,
    )  # fmt: skip
    audit.write(
        session, "membership.invited", "membership", member,
        new={"role": str(role), "door": door.value, "company": company_id},
    )  # fmt: skip
    return member


def put_reset(session: Session, email: str, door: str) -> None:
    """Put the mail with a link to a new password, where somebody has this address."""
    queries.put_reset(session, email, door)


def send(session: Session, mail_id: int, config: Config) -> None:
    """Write a message and hand it over; its link is drawn now, so that nothing else holds it."""
    found = queries.find_mail(session, mail_id)
    if found is None:
        return
    path = _draw(session, found.link_id, found.kind) if found.link_id else ""
    letter = Letter(
        mail_id, found.kind, found.recipient, found.name, found.language, Door(found.door),
        found.told, path,
    )  # fmt: skip
    mail.send(mail.write(letter, config), config)
    queries.mark_sent(session, mail_id)


def _draw(session: Session, link_id: int, purpose: str) -> str:
    token = secrets.token_urlsafe(32)
    queries.draw(session, link_id, hashlib.sha256(token.encode()).digest())
    return f"/door/{purpose}/{token}"
