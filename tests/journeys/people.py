"""The demo's people, as the browser tests sign them in."""

from dataclasses import dataclass

from brokerpool.demo.people import find_login
from shared.vocabulary import Door


@dataclass(frozen=True)
class Person:
    """A login of the demo pool."""

    email: str
    password: str
    door: Door

    @property
    def secret(self) -> str:
        """What the codes of his app are made of."""
        login = find_login(self.email)
        assert login is not None
        return login.secret


def _staff(name: str) -> Person:
    last = name.rpartition(".")[2]
    return Person(f"{name}@nordlicht.example", f"nordlicht-{last}-2026", Door.INTRANET)


def _broker(email: str) -> Person:
    last = email.partition("@")[0].rpartition(".")[2]
    return Person(email, f"nordlicht-{last}-2026", Door.EXTRANET)


ADMIN = _staff("frauke.petersen")
CLERK = _staff("jule.wendt")
ACCOUNTANT = _staff("svenja.claasen")
SECOND = _staff("malte.brodersen")
DIRECTOR = _staff("torben.ahlers")
AUDITOR = _staff("renate.hollmann")
BROKER = _broker("miriam.kessler@kessler-partner.example")
