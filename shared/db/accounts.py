"""What is asked before anybody is known: accounts by e-mail, sessions by their token's hash.

No app has grants on these tables; functions of the database answer, each for the door that asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.permissions import Permission, effective
from shared.vocabulary import Door

ACTIVE: Final = "active"


@dataclass(frozen=True)
class Credentials:
    """What a password is held against."""

    account_id: int
    password_hash: str
    language: str


@dataclass(frozen=True)
class Place:
    """A team a person works in, with the division and the organisation it belongs to."""

    id: int
    name: str
    division_id: int
    division: str
    organisation_id: int
    organisation: str
    whole: bool  # the default organisation: what names none belongs to it


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to, where, and what he may.

    Attributes:
        factor_at: when the second factor was given.
        stepped_up_at: when he last showed that it is still him.
        company_state: ``exit``: a former partner, who reads.
        places: where he may work, where he works now first; empty without organisations.
        signature: of his transactions' context (extranet).
    """

    account_id: int
    email: str
    name: str
    language: str
    role: str
    pool_id: int
    pool_name: str
    time_zone: str
    company_name: str
    firm_ids: tuple[int, ...]
    theme: str | None
    density: str | None
    shortcuts: bool
    bell_seen_at: datetime | None
    company_id: int
    session_id: int = 0
    factor_at: datetime | None = None
    stepped_up_at: datetime | None = None
    company_state: str = ACTIVE
    modules_off: tuple[str, ...] = ()
    rights: Mapping[str, bool] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    signature: str | None = field(default=None, repr=False)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What he may here and now."""
        leaving = self.company_state != ACTIVE
        return effective(self.role, self.rights, self.modules_off, leaving=leaving)

    @property
    def only_reads(self) -> bool:
        """Whether he may look and change nothing: his company has left the pool."""
        return self.company_state != ACTIVE

    @property
    def place(self) -> Place | None:
        """Where he works now; None where there are no organisations."""
        return self.places[0] if self.places else None

    def actor(self, door: Door) -> Actor:
        """The actor of this person's transactions.

        The journal writes the e-mail: names are not unique, and a run is approved by another one.
        """
        firms = frozenset(self.firm_ids) if door is Door.EXTRANET else frozenset()
        signed = self.signature or ""
        return Actor(door, self.pool_id, self.account_id, self.email, firms, signature=signed)


def find_credentials(engine: Engine, email: str) -> Credentials | None:
    """The credentials of an e-mail address that may come in by the engine's door."""
    with engine.begin() as connection:
        row = connection.execute(
            text("SELECT * FROM auth_account(:email)"), {"email": email}
        ).one_or_none()
    return Credentials(*row) if row else None


def open_web_session(engine: Engine, account_id: int, token_hash: bytes) -> bool:
    """Open a session behind the engine's door; False when the account may not come in there."""
    with engine.begin() as connection:
        opened = connection.execute(
            text("SELECT auth_open_session(:account, :token)"),
            {"account": account_id, "token": token_hash},
        )
        return opened.scalar_one() is not None


def find_signed_in(engine: Engine, token_hash: bytes) -> SignedIn | None:
    """Who a living session belongs to."""
    with engine.begin() as connection:
        row = connection.execute(
            text("SELECT s.*, auth_signature(:token) AS signature FROM auth_session(:token) AS s"),
            {"token": token_hash},
        ).one_or_none()
    if row is None:
        return None
    values = row._asdict()
    places = tuple(Place(**place) for place in values.pop("teams"))
    lists = {name: tuple(values[name]) for name in ("firm_ids", "modules_off")}
    return SignedIn(**{**values, **lists, "places": places})


def close_web_session(engine: Engine, token_hash: bytes) -> None:
    """End a session; its token is worth nothing from now on."""
    with engine.begin() as connection:
        connection.execute(text("SELECT auth_close_session(:token)"), {"token": token_hash})


def create_account(
    session: Session, *, email: str, name: str, password_hash: str, language: str
) -> int:
    """Make a login; refused by the database when there is one of this e-mail address."""
    made: int = session.execute(
        text("SELECT create_account(:email, :name, :hash, :language)"),
        {"email": email, "name": name, "hash": password_hash, "language": language},
    ).scalar_one()
    return made


def create_membership(
    session: Session, *, account_id: int, company_id: int, door: Door, role: str
) -> int:
    """Let an account in by a door of the session's pool, as one of a company."""
    made: int = session.execute(
        text("SELECT create_membership(:account, :company, :door, :role)"),
        {"account": account_id, "company": company_id, "door": door.value, "role": role},
    ).scalar_one()
    return made


def new_pool_id(engine: Engine) -> int:
    """Draw the id of a pool that is yet to be written: its own context has to name it."""
    with engine.begin() as connection:
        drawn: int = connection.execute(text("SELECT nextval('pool_id_seq')")).scalar_one()
    return drawn


def find_pool_id(engine: Engine, code: str) -> int | None:
    """The id of a pool, for the worker."""
    with engine.begin() as connection:
        found: int | None = connection.execute(
            text("SELECT id FROM all_pools() WHERE code = :code"), {"code": code}
        ).scalar_one_or_none()
    return found
