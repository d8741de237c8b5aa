"""What RQ runs for the doors: mail, and finding out whether somebody asked for a password."""

from admin_module.invitations import operations
from shared.actor import Actor
from shared.config import Config
from shared.db import Session


def send_mail(session: Session, actor: Actor, *, mail_id: int) -> None:
    """Write a message and hand it over; done twice it is the same message again."""
    _ = actor
    operations.send(session, mail_id, Config.from_environment())


def reset(session: Session, actor: Actor, *, email: str, door: str) -> None:
    """Put the mail with a link to a new password, where somebody has this address."""
    _ = actor
    operations.put_reset(session, email, door)
