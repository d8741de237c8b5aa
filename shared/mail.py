"""Mail out: what the house writes to people, in their language, and the server that takes it.

``SMTP_URL`` is ``smtps://user:password@host:465`` or ``smtp://host:587`` (TLS by STARTTLS; without
it only to this machine). The server's certificate is verified. Without ``SMTP_URL`` messages lie as
files in the state folder.
"""

import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from shared import clock
from shared.config import Config
from shared.i18n import catalogue
from shared.vocabulary import Door

PATIENCE: Final = 20  # seconds
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def _(text: str) -> str:
    """Mark a text for translation."""
    return text


GREETING: Final = _("Good day %(name)s,")
FOOT: Final = _("This message was sent by %(host)s. Please do not answer it.")
NOT_YOU: Final = _("If it was not you, tell whoever runs your pool at once.")
# subject and sentences by kind; %(link)s is a one-time link, %(base)s the portal
LETTERS: Final[dict[str, tuple[str, ...]]] = {
    "invitation": (
        _("Your invitation to %(pool)s"),
        _("you are invited to work in the portal of %(pool)s for %(company)s."),
        _("Open this link, press the button, and choose a password and a second factor:"),
        "%(link)s",
        _("The link is good for 72 hours and opens once."),
    ),
    "added": (
        _("You may also come in for %(company)s"),
        _("from now on you may also work for %(company)s (%(pool)s)."),
        _("You sign in as before:"),
        "%(base)s",
    ),
    "also": (
        _("You may also come in for %(company)s"),
        _("from now on you may also work for %(company)s (%(pool)s)."),
        _("Sign in as usual, and choose at the top of the page for whom you work:"),
        "%(base)s",
    ),
    "reset": (
        _("A new password"),
        _("somebody asked for a new password for this address."),
        _("If it was you, open this link. Your second factor stays as it is:"),
        "%(link)s",
        _("The link is good for 30 minutes and opens once. If it was not you, do nothing."),
    ),
    "email": (
        _("Confirm your new address"),
        _("somebody wants to sign in with this address instead of %(old)s."),
        _("If it was you, open this link and press the button:"),
        "%(link)s",
        _("The link is good for 30 minutes and opens once. If it was not you, do nothing."),
    ),
    "email_asked": (
        _("Your address is to be changed"),
        _("somebody asked to sign in with another address instead of this one."),
        NOT_YOU,
    ),
    "email_changed": (
        _("Your address is changed"),
        _("your login has another address now; this one opens nothing any more."),
        NOT_YOU,
    ),
    "email_taken": (
        _("You have a login already"),
        _("somebody wanted to use this address for another login. Nothing has changed."),
    ),
    "password_changed": (
        _("Your password was changed"),
        _("the password of your login was changed, and all other sessions were ended."),
        NOT_YOU,
    ),
    "factor_added": (
        _("A second factor was added"),
        _("a second factor was added to your login, and all other sessions were ended."),
        NOT_YOU,
    ),
    "factor_removed": (
        _("A second factor was removed"),
        _("a second factor was removed from your login, and all other sessions were ended."),
        NOT_YOU,
    ),
    "codes_replaced": (
        _("New recovery codes"),
        _("new recovery codes were made for your login; those before are worth nothing."),
        NOT_YOU,
    ),
    "code_used": (
        _("A recovery code was used"),
        _("somebody signed in to your login with a recovery code."),
        NOT_YOU,
    ),
    "reset_started": (
        _("Your second factor is to be removed"),
        _("an administrator said that you lost your second factor. Once another one confirms it, "
          "you will be invited anew."),
        NOT_YOU,
    ),
    "attempts": (
        _("Somebody tries to sign in"),
        _("somebody tried several wrong passwords for your login. Nobody came in."),
        _("You need do nothing. From the browsers you know you sign in as before."),
    ),
    "bank_proposed": (
        _("New bank details are proposed for %(company)s"),
        _("somebody proposed that payouts to %(company)s go to the account %(iban)s."),
        _("Nothing is paid there before somebody of the pool has checked it."),
        NOT_YOU,
    ),
    "bank_approved": (
        _("New bank details are approved for %(company)s"),
        _("payouts to %(company)s go to the account %(iban)s from %(day)s on."),
        _("Until then it can be stopped."),
        NOT_YOU,
    ),
    "blocked": (
        _("Your password is blocked"),
        _("somebody tried a hundred wrong passwords for your login. Nobody came in, and the "
          "password is worth nothing any more from browsers you did not use before."),
        _("Choose a new one, it takes a minute:"),
        "%(base)s/login/forgot",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A message to one person.

    Attributes:
        number: of the row it is made from: the same again is known by it.
        kind: one of ``LETTERS``.
        door: whose address stands in it.
        told: what fills its places.
        path: of the one-time link, where it has one.
    """

    number: int
    kind: str
    recipient: str
    name: str
    language: str
    door: Door
    told: Mapping[str, str]
    path: str = ""


class BadHeaderError(ValueError):
    """A header would have more than one line."""


def write(letter: Letter, config: Config) -> EmailMessage:
    """Write a message in its reader's language.

    Raises:
        BadHeaderError: a line break in an address, a name or a subject.
        KeyError: there is no such kind of letter.
    """
    say = catalogue(letter.language).gettext
    base = (config.base_urls.get(letter.door) or f"http://{letter.door.value}.localhost").rstrip(
        "/"
    )
    host = urlsplit(base).hostname or ""
    filled = {**letter.told, "name": letter.name, "base": base, "host": host}
    filled["link"] = base + letter.path
    subject, *lines = (say(text) % filled for text in LETTERS[letter.kind])
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _one_line(subject)
    message["From"] = Address("brokerpool", addr_spec=_one_line(sender(config, host)))
    message["To"] = Address(_one_line(letter.name), addr_spec=_one_line(letter.recipient))
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<mail-{letter.number}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    body = [say(GREETING) % filled, *lines, say(FOOT) % filled]
    message.set_content("\n\n".join(body) + "\n")
    return message


def send(message: EmailMessage, config: Config) -> None:
    """Hand a message to the server, or lay it into the folder where there is none."""
    if config.smtp_url:
        _hand_over(message, config.smtp_url)
    else:
        _lay_down(message, config.mail_dir)


def sender(config: Config, host: str) -> str:
    """Whose mail it is."""
    return config.mail_from or f"brokerpool@{host}"


def _one_line(text: str) -> str:
    if any(not sign.isprintable() for sign in text):
        raise BadHeaderError("a header of a message has one line")
    return text


def _hand_over(message: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    trusted = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=PATIENCE, context=trusted
        )
    elif parts.scheme == "smtp":
        server = smtplib.SMTP(host, parts.port or 587, timeout=PATIENCE)
    else:
        raise ValueError("SMTP_URL begins with smtp:// or smtps://")
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=trusted)
            server.ehlo()
        elif parts.scheme == "smtp" and host not in HERE:
            raise ConnectionError(f"{host} offers no TLS: mail would be read on the way")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _lay_down(message: EmailMessage, folder: Path) -> None:
    """A message is whole or not there; the same one again takes its own place."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = str(message["Message-ID"]).strip("<>").partition("@")[0]
    to = "".join(
        sign if sign.isalnum() or sign in ".-" else "_"
        for sign in str(message["To"].addresses[0].addr_spec)
    )
    half = folder / f".{number}.{os.getpid()}"
    half.write_bytes(message.as_bytes())
    half.replace(folder / f"{number}-{to}.eml")
