"""Invitations, asked of functions of the database."""

from dataclasses import dataclass

from sqlalchemy import text

from shared.db import Session, actor_of
from shared.vocabulary import Door


def invite_person(
    session: Session, *, email: str, name: str, language: str, door: Door, company_id: int,
    role: str, tell: bool = True,
) -> int:  # fmt: skip
    """Make or find the account, make the membership, put the mail; the membership's id."""
    assert actor_of(session).pool_id  # the function asks the transaction's own context
    made: int = session.execute(
        text(
            "SELECT invite_person(:email, :name, :language, :door, :company, :role, :tell)"
        ),
        {
            "email": email, "name": name, "language": language, "door": door.value,
            "company": company_id, "role": role, "tell": tell,
        },
    ).scalar_one()  # fmt: skip
    return made


def put_reset(session: Session, email: str, door: str) -> None:
    """Put the mail with the link to a new password, where somebody has this address."""
    assert actor_of(session).pool_id
    session.execute(text("SELECT put_reset(:email, :door)"), {"email": email, "door": door})


def find_link_to_invite(session: Session, membership_id: int) -> int | None:
    """A new link for an invited person, for who hands it over himself."""
    assert actor_of(session).pool_id
    link: int | None = session.execute(
        text("SELECT link_to_invite(CAST(:member AS int))"), {"member": membership_id}
    ).scalar_one_or_none()
    return link


def draw(session: Session, link_id: int, token_hash: bytes) -> bool:
    """Give a link its token; False when it was used."""
    assert actor_of(session).pool_id
    return bool(
        session.execute(
            text("SELECT draw_link(:link, :token)"), {"link": link_id, "token": token_hash}
        ).scalar_one()
    )


@dataclass(frozen=True)
class ToSend:
    """A message that waits."""

    door: str
    recipient: str
    name: str
    language: str
    kind: str
    told: dict[str, str]
    link_id: int | None


def find_mail(session: Session, mail_id: int) -> ToSend | None:
    """A message that was not sent yet."""
    assert actor_of(session).pool_id
    row = session.execute(text("SELECT * FROM find_mail(:mail)"), {"mail": mail_id}).one_or_none()
    return ToSend(*row) if row else None


def mark_sent(session: Session, mail_id: int) -> None:
    """A message was taken by the server."""
    assert actor_of(session).pool_id
    session.execute(text("SELECT mail_sent(:mail)"), {"mail": mail_id})
