"""What the wall in the database costs: the same statement behind it and past it, side by side.

The statements are those the portals send for a page and for the sums of their contracts, explicit
WHERE (the fast path) and all. The owner, who is bound by no policy, is the measure; staff goes
through row-level security, a broker besides through a signed context. All take turns in random
order on the same tables, so that a noisy machine is noisy for all of them.
"""

import random
import statistics
import time
from collections.abc import Callable
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
from shared.db.listing import Asked, Listing, page, totals
from shared.db.sessions import SET_CONTEXT, SIGN
from shared.vocabulary import Door

FIRMS: Final = 40  # each with a fortieth of the contracts
ROUNDS: Final = 400
FEW: Final = 60  # of the statements that take long
WARM: Final = 20  # plans are kept from the sixth on
NAME: Final = "bench"
WALL, SIGNED = 1.1, 1.2  # the most a statement may cost, as a ratio
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
        return [
            _compare("staff: a page", _page, engines, Door.INTRANET, rounds=ROUNDS),
            _compare("staff: a sum", _sums, engines, Door.INTRANET, rounds=FEW),
            _compare("broker: a page", _page, engines, Door.EXTRANET, rounds=ROUNDS),
            _compare("broker: a sum", _sums, engines, Door.EXTRANET, rounds=ROUNDS),
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


def _compare(
    name: str,
    ask: Callable[[Session, Listing], object],
    engines: dict[str, Engine],
    door: Door,
    *,
    rounds: int,
) -> Ratio:
    """Ask through the door and as the owner, in turns; the first asks warm up and are not kept."""
    kept: dict[str, list[float]] = {"owner": [], door: []}
    draw = random.Random(rounds)  # noqa: S311  -- an order, not a secret
    with engines["owner"].connect() as owner, engines[door].connect() as behind:
        connections: dict[str, Connection] = {"owner": owner, door: behind}
        statements = {firm: _sent(owner, door, firm, ask) for firm in range(1001, 1001 + FIRMS)}
        for number in range(rounds + WARM):
            firm = 1001 + draw.randrange(FIRMS)
            statement, values = statements[firm]
            found = {}
            for who in draw.sample(list(connections), 2):
                _enter(connections[who], owner, firm, signed=who is Door.EXTRANET)
                started = time.perf_counter()
                rows = connections[who].exec_driver_sql(statement, values).all()
                taken = 1000 * (time.perf_counter() - started)
                connections[who].commit()  # a rollback would forget the prepared statements
                found[who] = rows
                if number >= WARM:
                    kept[who].append(taken)
            if not found["owner"] or found["owner"] != found[door]:
                raise RuntimeError(f"{name}: the door sees something else than the owner")
    past, through = (round(statistics.median(kept[who]), 3) for who in ("owner", door))
    most = SIGNED if door is Door.EXTRANET else WALL
    return Ratio(name, past, through, most)


def _page(session: Session, listing: Listing) -> object:
    return page(session, listing, Asked("begin_on", descending=True, after=(AFTER, 1 << 30)))


def _sums(session: Session, listing: Listing) -> object:
    return totals(session, listing, Asked("begin_on"))


def _sent(
    owner: Connection, door: Door, firm: int, ask: Callable[[Session, Listing], object]
) -> tuple[str, Any]:
    """The statement a portal sends for its contracts, as it sends it."""
    sent: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:
        sent.append((told[2], told[3]))

    firms = frozenset({firm}) if door is Door.EXTRANET else frozenset()
    actor = Actor(door, POOL, None, NAME, firms)
    with open_session(owner, actor) as session:
        listing = (
            firm_contract_list(session, actor)
            if door is Door.EXTRANET
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


def _enter(connection: Connection, owner: Connection, firm: int, *, signed: bool) -> None:
    """Set the context of a transaction, as every request does."""
    context = {"pool": str(POOL), "firms": str(firm) if signed else "", "name": NAME}
    connection.execute(SET_CONTEXT, context)
    if signed:
        given = owner.execute(
            text("SELECT context_signature(:pool, ARRAY[:firm], :name)"),
            {"pool": POOL, "firm": firm, "name": NAME},
        ).scalar_one()
        owner.commit()
        connection.execute(SIGN, {"signature": given})
