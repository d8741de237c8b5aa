"""What is asked before anybody is known: accounts by e-mail, sessions by their token's hash.

No app has grants on these tables; functions of the database answer, each for the door that asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.permissions import Permission, effective
from shared.vocabulary import Door

ACTIVE: Final = "active"


@dataclass(frozen=True)
class Attempt:
    """What a password is held against; nothing where there is nobody.

    Attributes:
        wait: seconds until somebody may try again; 0: now.
    """

    account_id: int | None
    password_hash: str | None
    language: str | None
    wait: int


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

    @property
    def reach(self) -> frozenset[int]:
        """The organisation as rows name it; 0 for those that name none."""
        return frozenset({self.organisation_id, 0} if self.whole else {self.organisation_id})


@dataclass(frozen=True)
class Work:
    """A firm a person may work in behind the door he came in by.

    Attributes:
        id: of his membership.
        here: whether the session stands in it.
    """

    id: int
    company: str
    pool: str
    role: str
    here: bool


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to, where, and what he may.

    Attributes:
        email: what he signs in with, and is written to; he may change it.
        written_as: the name the books have him under, for good.
        factor_at: when the second factor was given.
        stepped_up_at: when he last showed that it is still him.
        company_state: ``exit``: a former partner, who reads.
        places: where he may work, where he works now first; empty without organisations.
        works: the firms he may work in, by name; the session stands in one of them.
        signature: of his transactions' context (extranet).
    """

    account_id: int
    email: str
    written_as: str
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
    works: tuple[Work, ...] = ()
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

    @property
    def stands(self) -> str:
        """Where a page was made: another team, or a session in another firm, has another."""
        return f"{self.session_id}.{self.place.id if self.place else 0}"

    def actor(self, door: Door) -> Actor:
        """The actor of this person's transactions.

        The books have ``written_as``: names are not unique, a person changes his address,
        and a run is approved by another one.
        """
        if door is Door.EXTRANET:
            firms, signed = frozenset(self.firm_ids), self.signature or ""
            return Actor(
                door, self.pool_id, self.account_id, self.written_as, firms, signature=signed
            )
        place = self.place
        return Actor(
            door,
            self.pool_id,
            self.account_id,
            self.written_as,
            organisation_ids=place.reach if place else frozenset(),
            team_id=place.id if place else None,
        )


def try_password(engine: Engine, email: str, *, device: bytes, address: str) -> Attempt:
    """Ask whether somebody may try a password at the engine's door, and what it is held against.

    Args:
        engine: of the door.
        email: as it was typed.
        device: hash of the token a browser keeps; a known one has a counter of its own.
        address: where the request came from: thirty a minute.
    """
    with engine.begin() as connection:
        row = connection.execute(
            text("SELECT * FROM auth_try(:email, :device, :address)"),
            {"email": email, "device": device, "address": address},
        ).one()
    return Attempt(*row)


def count_failed(engine: Engine, email: str, *, device: bytes) -> None:
    """Note that a password was wrong, or the person unknown: both count alike."""
    with engine.begin() as connection:
        connection.execute(
            text("SELECT auth_failed(:email, :device)"), {"email": email, "device": device}
        )


def open_web_session(
    engine: Engine, account_id: int, token_hash: bytes, *, address: str = "", agent: str = ""
) -> bool:
    """Open a session behind the engine's door, which leads to the second factor alone.

    Returns:
        False when the account may not come in there.
    """
    with engine.begin() as connection:
        opened = connection.execute(
            text("SELECT auth_open_session(:account, :token, :address, :agent)"),
            {"account": account_id, "token": token_hash, "address": address, "agent": agent},
        )
        return opened.scalar_one() is not None


def complete_web_session(
    engine: Engine, token_hash: bytes, fresh: bytes, *, rests: timedelta, device: bytes
) -> bool:
    """Make a whole session of it: the second factor was given.

    Args:
        engine: of the door.
        token_hash: of the session so far.
        fresh: of its token from now on.
        rests: how long it may rest without a request.
        device: hash of the browser's own token, known from now on.

    Returns:
        False when there is no such session, or it only enrols.
    """
    with engine.begin() as connection:
        completed = connection.execute(
            text("SELECT auth_complete(:token, :fresh, :rests, :device)"),
            {"token": token_hash, "fresh": fresh, "rests": rests, "device": device},
        )
        return bool(completed.scalar_one())


def renew_web_session(engine: Engine, token_hash: bytes, fresh: bytes, *, proved: bool) -> bool:
    """Give a session another token; ``proved``: he just showed that it is still him."""
    with engine.begin() as connection:
        renewed = connection.execute(
            text("SELECT auth_renew(:token, :fresh, :proved)"),
            {"token": token_hash, "fresh": fresh, "proved": proved},
        )
        return bool(renewed.scalar_one())


def find_signed_in(engine: Engine, token_hash: bytes) -> SignedIn | None:
    """Who a living session belongs to."""
    with engine.begin() as connection:
        return _find_signed_in(connection, token_hash)


def _find_signed_in(connection: Connection, token_hash: bytes) -> SignedIn | None:
    row = connection.execute(
        text(
            "SELECT s.*, auth_signature(:token) AS signature, auth_works(:token) AS works "
            "FROM auth_session(:token) AS s"
        ),
        {"token": token_hash},
    ).one_or_none()
    if row is None:
        return None
    values = row._asdict()
    places = tuple(Place(**place) for place in values.pop("teams"))
    works = tuple(Work(**work) for work in values.pop("works"))
    lists = {name: tuple(values[name]) for name in ("firm_ids", "modules_off")}
    return SignedIn(**{**values, **lists, "places": places, "works": works})


def close_web_session(engine: Engine, token_hash: bytes) -> None:
    """End a session; its token is worth nothing from now on."""
    with engine.begin() as connection:
        connection.execute(text("SELECT auth_close_session(:token)"), {"token": token_hash})


def choose_team(engine: Engine, token_hash: bytes, fresh_hash: bytes, team_id: int) -> bool:
    """Go on with a session in another team of its member, under a new token.

    Returns:
        False when there is no such session, or he does not work there.
    """
    with engine.begin() as connection:
        moved: bool = connection.execute(
            text("SELECT auth_choose_team(:token, :fresh, CAST(:team AS int))"),
            {"token": token_hash, "fresh": fresh_hash, "team": team_id},
        ).scalar_one()
    return moved


def enter(
    engine: Engine,
    token_hash: bytes,
    fresh_hash: bytes,
    membership_id: int,
    rests: Callable[[SignedIn], timedelta],
) -> SignedIn | None:
    """End a session and begin one in another firm of its person, behind the same door.

    The new one is as old as the one before; that he just showed that it is still him does not
    count in it.

    Args:
        engine: of the door.
        token_hash: of the session so far.
        fresh_hash: of the token from now on.
        membership_id: where he wants to work.
        rests: how long a session may rest that has what he may there.

    Returns:
        Who he is there; None when there is no such session, or he may not work there.
    """
    with engine.begin() as connection:
        entered = connection.execute(
            text("SELECT auth_enter(:token, :fresh, CAST(:wanted AS int))"),
            {"token": token_hash, "fresh": fresh_hash, "wanted": membership_id},
        ).scalar_one()
        found = _find_signed_in(connection, fresh_hash) if entered else None
        if found is not None:
            connection.execute(
                text("SELECT auth_rest(:token, :rests)"),
                {"token": fresh_hash, "rests": rests(found)},
            )
    return found


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


def written_as(session: Session, name: str) -> str:
    """What a person of the session's pool is written by, told the address of today.

    Returns:
        The name for good; what is nobody's address stays as it is told.
    """
    found: str | None = session.execute(
        text("SELECT max(written_as) FROM people_known() WHERE email = lower(btrim(:name))"),
        {"name": name},
    ).scalar_one()
    return found or name


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
