"""What the wall in the database costs: the same statement behind it and past it, side by side.

The statements are those the portals send for a page and for the sums of their contracts, explicit
WHERE (the fast path) and all. The owner, who is bound by no policy, is the measure; staff goes
through row-level security, a broker besides through a signed context. All take turns in random
order on the same tables, through several connections each, so that a noisy machine is noisy for all
of them.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session

from brokerpool.addresses import door_url, owner_url
from brokerpool.bench.settlement import POOL, Bench, bench_database
from brokerpool.bench.web import fill
from pool_module.contracts.queries.lists import contract_list
from pool_module.contracts.queries.periods import Days
from pool_module.overview.queries.book import firm_contract_list
from shared.actor import Actor
from shared.config import Config
from shared.db import make_engine, open_session
from shared.db.listing import Asked, Listing, page
from shared.db.sessions import SET_CONTEXT, context_of
from shared.db.sums import totals
from shared.vocabulary import Door

FIRMS: Final = 40  # each with a fortieth of the contracts
ROUNDS: Final = 800
FEW: Final = 160  # of the statements that take long
BACKENDS: Final = 8  # one process of the server alone is up to a fifth faster than the next
WARM: Final = 8  # plans are kept from the sixth on
NAME: Final = "bench"
# the most a statement may cost, as a ratio; a list of organisations is compared row by row besides
WALL, SIGNED, DIVIDED = 1.1, 1.2, 1.5
AFTER: Final = date(2024, 6, 1)  # the day the page before ended


@dataclass(frozen=True)
class Ratio:
    """A statement behind the wall against the same one past it.

    Attributes:
        name: who asks what.
        past: milliseconds of the owner, the median.
        behind: of the door.
        most: what the ratio may be.
    """

    name: str
    past: float
    behind: float
    most: float

    @property
    def ratio(self) -> float:
        """How many times as long it takes."""
        return round(self.behind / self.past, 3)

    @property
    def kept(self) -> bool:
        """Whether it stays within what is allowed."""
        return self.ratio <= self.most


def measure(home: Path, contracts: int, say: Callable[[str], None]) -> list[Ratio]:
    """Make a pool of 40 firms and ask it through each door.

    Args:
        home: where the bench's own database is made.
        contracts: how many it gets.
        say: is told what happens.
    """
    with bench_database(home, say) as bench, ExitStack() as stack:
        say(f"making a pool of {contracts} contracts")
        fill(bench, contracts)
        _share_out(bench)
        config = Config(home, None, {}, None, home / "files")
        engines = {
            "owner": make_engine(owner_url(config)),
            Door.INTRANET: make_engine(door_url(config, Door.INTRANET)),
            Door.EXTRANET: make_engine(door_url(config, Door.EXTRANET)),
        }
        for engine in engines.values():
            stack.callback(engine.dispose)
        say("asking")
        staff = [Actor(Door.INTRANET, POOL, None, NAME)]
        brokers = [_signed(engines["owner"], firm) for firm in range(1001, 1001 + FIRMS)]
        found = [
            _compare("staff: a page", _page, engines, staff, most=WALL, rounds=ROUNDS),
            _compare("staff: a sum", _sums, engines, staff, most=WALL, rounds=FEW),
            _compare("broker: a page", _page, engines, brokers, most=SIGNED, rounds=ROUNDS),
            _compare("broker: a sum", _sums, engines, brokers, most=SIGNED, rounds=ROUNDS),
        ]
        say("dividing the pool into organisations")
        reach = frozenset({_divide(bench)})
        clerks = [Actor(Door.INTRANET, POOL, None, NAME, organisation_ids=reach)]
        return [
            *found,
            _compare(
                "an organisation: a page", _page, engines, clerks, most=DIVIDED, rounds=ROUNDS
            ),
            _compare("an organisation: a sum", _sums, engines, clerks, most=DIVIDED, rounds=FEW),
        ]


def _share_out(bench: Bench) -> None:
    """Give customers and their contracts to few firms, as many each as a big broker has."""
    with bench.owner.begin() as connection:
        for table, number in (("contract", "holder_id"), ("customer", "id")):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            shared = f"UPDATE {table} SET firm_id = 1001 + {number} % :firms"  # noqa: S608
            connection.execute(text(shared), {"firms": FIRMS})
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    with bench.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (FULL, ANALYZE) contract, customer"))


def _divide(bench: Bench) -> int:
    """Give an organisation every fifth contract, the default one keeps the others; returns it."""
    with bench.owner.begin() as connection:
        made = connection.execute(
            text("INSERT INTO organisation (pool_id, name) VALUES (:pool, 'South') RETURNING id"),
            {"pool": POOL},
        ).scalar_one()
        connection.execute(text("UPDATE pool SET organisations_on = true"))
        for table, number in (("contract", "holder_id"), ("customer", "id")):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            given = f"UPDATE {table} SET organisation_id = :made WHERE {number} % 5 = 0"  # noqa: S608
            connection.execute(text(given), {"made": made})
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    with bench.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (FULL, ANALYZE) contract, customer"))
    return int(made)


def _signed(owner: Engine, firm: int) -> Actor:
    """A broker, as his session lets him act for a quarter of an hour."""
    with owner.begin() as connection:
        given = connection.execute(
            text("SELECT context_signature(:pool, ARRAY[:firm], :name)"),
            {"pool": POOL, "firm": firm, "name": NAME},
        ).scalar_one()
    return Actor(Door.EXTRANET, POOL, None, NAME, frozenset({firm}), given)


def _compare(
    name: str,
    ask: Callable[[Session, Listing], object],
    engines: dict[str, Engine],
    actors: Sequence[Actor],
    *,
    most: float,
    rounds: int,
) -> Ratio:
    """Ask through the actors' door and as the owner, in turns; the first asks are not kept."""
    door = actors[0].door
    kept: dict[str, list[float]] = {"owner": [], door: []}
    found: dict[str, object] = {}
    draw = random.Random(rounds)  # noqa: S311  -- an order, not a secret
    with engines["owner"].connect() as owner:
        statements = [_sent(owner, actor, ask) for actor in actors]
    for _ in range(BACKENDS):
        with engines["owner"].connect() as owner, engines[door].connect() as behind:
            connections: dict[str, Connection] = {"owner": owner, door: behind}
            for number in range(rounds // BACKENDS + WARM):
                actor, statement = draw.choice(list(zip(actors, statements, strict=True)))
                for who in draw.sample(list(connections), 2):
                    connections[who].execute(SET_CONTEXT, context_of(actor))
                    started = time.perf_counter()
                    rows = connections[who].exec_driver_sql(*statement).all()
                    taken = 1000 * (time.perf_counter() - started)
                    connections[who].commit()  # as a request ends; plans are kept
                    found[who] = rows
                    if number >= WARM:
                        kept[who].append(taken)
                if not found["owner"] or found["owner"] != found[door]:
                    raise RuntimeError(f"{name}: the door sees something else than the owner")
        for engine in engines.values():
            engine.dispose()
    past, through = (round(statistics.median(kept[who]), 3) for who in ("owner", door))
    return Ratio(name, past, through, most)


def _page(session: Session, listing: Listing) -> object:
    return page(session, listing, Asked("begin_on", descending=True, after=(AFTER, 1 << 30)))


def _sums(session: Session, listing: Listing) -> object:
    return totals(session, listing, Asked("begin_on"))


def _sent(
    owner: Connection, actor: Actor, ask: Callable[[Session, Listing], object]
) -> tuple[str, Any]:
    """The statement a portal sends for the actor's contracts, as it sends it."""
    sent: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:
        sent.append((told[2], told[3]))

    with open_session(owner, actor) as session:
        listing = (
            firm_contract_list(session, actor)
            if actor.door is Door.EXTRANET
            else contract_list(session, actor, AFTER, Days(AFTER, AFTER))
        )
        session.connection()
        event.listen(owner, "before_cursor_execute", note)
        try:
            ask(session, listing)
        finally:
            event.remove(owner, "before_cursor_execute", note)
    owner.rollback()
    return sent[0]
