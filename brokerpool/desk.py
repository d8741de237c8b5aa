"""A desk for the command line: the database up, an engine of the worker's role, and a pool."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Engine, text

from brokerpool.addresses import door_url
from brokerpool.embedded import database_running
from shared import clock
from shared.actor import Actor
from shared.config import Config
from shared.db import Session, make_engine, open_session
from shared.db.accounts import written_as
from shared.errors import Refused
from shared.vocabulary import Door

SYSTEM = "system"


@dataclass(frozen=True)
class Desk:
    """What a command works with.

    Attributes:
        config: where things are.
        engine: connections as the worker's role.
        actor: whose pool, and the name that stands in the books.
        time_zone: the pool's.
    """

    config: Config
    engine: Engine
    actor: Actor
    time_zone: str

    def session(self) -> Session:
        """Open a session; the caller commits."""
        return open_session(self.engine, self.actor)

    def as_person(self, name: str) -> "Desk":
        """The same desk with somebody else at it.

        Args:
            name: who; of a person with a login the address: written is what he is written by.
        """
        with self.session() as session:
            known = written_as(session, name)
        return replace(self, actor=replace(self.actor, name=known))

    def today(self) -> date:
        """The pool's day."""
        return clock.today(self.time_zone)


@contextmanager
def worker_engine(config: Config) -> Iterator[Engine]:
    """Keep the database up and give an engine of the worker's role."""
    with database_running(config):
        engine = make_engine(door_url(config, Door.WORKER))
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def desk(pool: str | None, name: str = SYSTEM) -> Iterator[Desk]:
    """Sit down at a pool's desk.

    Args:
        pool: the pool's code; None takes the only one there is.
        name: who acts, as in ``as_person``.

    Raises:
        Refused: there is no such pool, or several and none was named.
    """
    config = Config.from_environment()
    with worker_engine(config) as engine:
        code, pool_id, zone = _find(engine, pool)
        assert code
        yield Desk(config, engine, Actor(Door.WORKER, pool_id, None, SYSTEM), zone).as_person(name)


def _find(engine: Engine, code: str | None) -> tuple[str, int, str]:
    with engine.connect() as connection:
        pools = connection.execute(text("SELECT code, id, time_zone FROM all_pools()")).all()
    named = [p for p in pools if code is None or p.code == code]
    known = ", ".join(sorted(p.code for p in pools)) or "none; `brokerpool demo` makes one"
    if not named:
        raise Refused(f"There is no pool {code or ''} (there are: {known})".replace("  ", " "))
    if len(named) > 1:
        raise Refused(f"Which pool? Name one with --pool: {known}")
    return named[0].code, named[0].id, named[0].time_zone
