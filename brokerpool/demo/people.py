"""Who works with the demo: two who settle it, and logins for every role."""

import hashlib
from base64 import b32encode
from dataclasses import dataclass
from typing import Final

from brokerpool.demo.founding import CODE
from brokerpool.demo.sources import source
from shared.vocabulary import Door


@dataclass(frozen=True, kw_only=True)
class Login:
    """An account and what it may do.

    Attributes:
        firm: code of the company it belongs to.
        role: what it is at its door.
        also: codes of other companies it works for, as the same.
    """

    name: str
    email: str
    language: str
    door: Door
    role: str
    firm: str
    also: tuple[str, ...] = ()

    @property
    def password(self) -> str:
        """The demo's passwords are no secret: they are printed."""
        return f"{CODE}-{self.email.partition('@')[0].rpartition('.')[2]}-2026"

    @property
    def secret(self) -> str:
        """What its codes are made of, no secret either: ``brokerpool demo code`` shows them."""
        return b32encode(hashlib.sha256(f"{CODE} {self.email}".encode()).digest()[:20]).decode()


ACCOUNTANT: Final = "Svenja Claasen"
DIRECTOR: Final = "Torben Ahlers"
_POOL: Final = "nordlicht.example"
# an assistant who also helps a firm below hers
_HELPS: Final = {"lina.brueckner@kessler-partner.example": ("NL-207",)}


def logins() -> list[Login]:
    """The accounts of the demo: every role inside and outside, in both countries."""
    return [
        *(
            Login(
                name=name, email=f"{address}@{_POOL}", language=language, door=Door.INTRANET,
                role=role, firm="NL-000",
            )
            for name, address, role, language in (
                ("Frauke Petersen", "frauke.petersen", "admin", "de"),
                ("Henning Lorenzen", "henning.lorenzen", "admin", "de"),
                ("Jule Wendt", "jule.wendt", "clerk", "de"),
                ("Оксана Гриценко", "oksana.hrytsenko", "clerk", "uk"),
                (ACCOUNTANT, "svenja.claasen", "accountant", "de"),
                ("Malte Brodersen", "malte.brodersen", "accountant", "de"),
                (DIRECTOR, "torben.ahlers", "director", "de"),
                ("Renate Hollmann", "renate.hollmann", "auditor", "de"),
            )
        ),
        *(
            Login(
                name=name, email=email, language=language, door=Door.EXTRANET, role=role, firm=firm,
                also=_HELPS.get(email, ()),
            )
            for name, email, language, role, firm in (
                ("Miriam Kessler", "miriam.kessler@kessler-partner.example", "de", "broker",
                 "NL-121"),
                ("Lina Brückner", "lina.brueckner@kessler-partner.example", "de", "assistant",
                 "NL-121"),
                (_ukrainian_broker(), "solomiia.stelmakh@stelmakh.example", "uk", "broker",
                 "NL-402"),
            )
        ),
    ]  # fmt: skip


def find_login(words: str) -> Login | None:
    """The person whose e-mail begins so; None: nobody's, or several people's."""
    fitting = [login for login in logins() if login.email.startswith(words.strip().lower())]
    return fitting[0] if len(fitting) == 1 else None


def _ukrainian_broker() -> str:
    row = next(row for row in source("firms")["firms"] if row[0] == "NL-402")
    return f"{row[7]} {row[8]}"
