"""Where the demo's people act: a session of each, behind his own door."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from brokerpool.addresses import door_url
from brokerpool.demo.codes import Codes
from brokerpool.demo.people import Login
from brokerpool.demo.world import World
from shared import clock
from shared.actor import Actor
from shared.config import Config
from shared.db import accounts, make_engine, open_session
from shared.vocabulary import Door

ZONE = ZoneInfo("Europe/Berlin")
MINUTES = timedelta(minutes=30)


@dataclass(frozen=True)
class Stage:
    """The pool with its people.

    Attributes:
        engines: a connection for each door.
        pool_id: the pool.
        world: as it was drawn.
        codes: ids by code.
        people: logins by the part of their address before the @.
        accounts: account ids by e-mail.
        storage: where files are kept.
        today: the day the demo is made for.
        worker: the load's own session.
    """

    engines: Mapping[Door, Engine]
    pool_id: int
    world: World
    codes: Codes
    people: Mapping[str, Login]
    accounts: Mapping[str, int]
    storage: Path
    today: date
    worker: Session

    def account(self, name: str) -> int:
        """A person's account."""
        return self.accounts[self.people[name].email]

    @contextmanager
    def acting(self, name: str) -> Iterator[Session]:
        """A transaction of a person, through his door."""
        login = self.people[name]
        engine = self.engines[login.door]
        actor = Actor(login.door, self.pool_id, self.accounts[login.email], login.email)
        token = hashlib.sha256(secrets.token_bytes(32)).digest()
        if login.door is Door.EXTRANET:
            # what a broker sees hangs on a living session: the database signs it
            half, device = (hashlib.sha256(secrets.token_bytes(32)).digest() for _ in range(2))
            accounts.open_web_session(engine, self.accounts[login.email], half)
            accounts.complete_web_session(engine, half, token, rests=MINUTES, device=device)
            signed_in = accounts.find_signed_in(engine, token)
            assert signed_in is not None
            actor = signed_in.actor(login.door)
        with open_session(engine, actor) as session:
            yield session
            session.commit()
        accounts.close_web_session(engine, token)

    def moment(self, days_ago: int, hour: int = 9, minute: int = 12) -> datetime:
        """A time of a day before the demo's, in the pool's zone; never one to come today."""
        day = date.fromordinal(self.today.toordinal() - days_ago)
        moment, now = datetime.combine(day, time(hour, minute), ZONE), clock.now()
        return min(moment, now) if day == clock.day_of(now, ZONE.key) else moment


@contextmanager
def engines_of(config: Config) -> Iterator[dict[Door, Engine]]:
    """A connection for each door."""
    with ExitStack() as stack:
        engines = {}
        for door in Door:
            engines[door] = make_engine(door_url(config, door), size=1)
            stack.callback(engines[door].dispose)
        yield engines
