"""A pool with a small range, committed, and sessions of those who come to it.

Insurer Aquila has Leben (products P, Q); Berg (level L1) sells under Adler (level L2).
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, text

from pool_module.agreements import operations as agreements
from pool_module.agreements.rules import RuleValues
from pool_module.hierarchy import operations as hierarchy
from pool_module.products import operations as products
from shared.actor import Actor
from shared.db import Session, make_engine, open_session
from shared.db.facts import stretch
from shared.models.pools import Company, Division, Pool
from shared.models.products import Agreement
from shared.vocabulary import Door
from tests.servers import Database

START = date(2020, 1, 1)
TODAY = date(2026, 11, 21)


@dataclass
class RangePool:
    """The pool's numbers, and a way in."""

    database: Database
    engines: dict[Door, Engine]
    pool_id: int = 77
    other_id: int = 78

    def actor(self, door: Door = Door.INTRANET, name: str = "Jana", *, firm: int = 0) -> Actor:
        firms = frozenset({firm}) if firm else frozenset[int]()
        return Actor(door, self.pool_id, None, name, firms)

    @contextmanager
    def at(self, actor: Actor) -> Iterator[Session]:
        """A session that commits when all went well."""
        with open_session(self.engines[actor.door], actor) as session:
            session.expire_on_commit = False
            yield session
            session.commit()

    def select(self, query: str, **values: object) -> list[Any]:
        with self.at(self.actor(Door.WORKER)) as session:
            given = {"pool": self.pool_id, **values}
            return list(session.execute(text(query), given).all())

    def id(self, table: str, code: str, column: str = "code") -> int:
        query = f"SELECT id FROM {table} WHERE pool_id = :pool AND {column} = :code"
        return int(self.select(query, code=code)[0][0])

    def rule(self, **values: Any) -> RuleValues:
        """A rule of acquisition, of the base, from 2020 on."""
        usual: dict[str, Any] = {
            "kind": "acquisition",
            "rate_of": "basis",
            "rate": Decimal("0.02"),
            "start": START,
        }
        return RuleValues(**(usual | values))


@contextmanager
def range_pool(database: Database) -> Iterator[RangePool]:
    """Build it."""
    with ExitStack() as stack:
        engines = {door: make_engine(database.door_url(door)) for door in Door}
        for engine in engines.values():
            stack.callback(engine.dispose)
        pool = RangePool(database, engines)
        _other(pool)
        with pool.at(pool.actor(Door.WORKER, "founder")) as session:
            _found(session, pool.actor(Door.WORKER, "founder"))
        yield pool


def _other(pool: RangePool) -> None:
    actor = Actor(Door.WORKER, pool.other_id, None, "stranger")
    with pool.at(actor) as session:
        session.add(Pool(id=pool.other_id, code="other", name="Other"))
        session.flush()
        products.add_product(session, actor, code="X", insurer="Foreign", line="Leben")


def _found(session: Session, actor: Actor) -> None:
    session.add(Pool(id=actor.pool_id, code="nord", name="Nordlicht"))
    session.flush()
    for code in ("P", "Q"):
        products.add_product(session, actor, code=code, insurer="Aquila", line="Leben")
    made = {code: hierarchy.add_producer(session, actor, code=code) for code in ("Berg", "Adler")}
    always = stretch(START, None)
    hierarchy.place(session, actor, made["Berg"], made["Adler"], always)
    hierarchy.promote(session, actor, made["Berg"], "L1", always)
    hierarchy.promote(session, actor, made["Adler"], "L2", always)
    agreements.add_agreement(
        session,
        actor,
        Agreement(
            kind="acquisition",
            insurer_id=products.insurer_of(session, actor, "Aquila").id,
            liability_months=60,
            reserve_rate=Decimal("0.1"),
            incoming_of="basis",
            incoming_rate=Decimal("0.04"),
            valid=always,
        ),
    )
    for code in ("Kiefer", "Linde"):
        session.add(Company(pool_id=actor.pool_id, code=code, name=f"{code} GmbH", sort_key=code))
    session.add(Division(pool_id=actor.pool_id, name="Gewerbe"))
    session.flush()
