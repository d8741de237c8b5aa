"""What the wall in the database costs: the same statement behind it and past it, side by side.

Every statement has its explicit WHERE (the fast path). The owner, who is bound by no policy, is the
measure; staff goes through row-level security, a broker besides through a signed context. All take
turns in random order on the same table, so that a noisy machine is noisy for all of them.
"""

import random
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, text

from brokerpool.addresses import door_url, owner_url
from brokerpool.bench.settlement import POOL, Bench, bench_database
from brokerpool.bench.web import fill
from shared.config import Config
from shared.db import make_engine
from shared.db.sessions import SET_CONTEXT, SIGN
from shared.vocabulary import Door

FIRMS: Final = 40  # each with a fortieth of the contracts
ROUNDS: Final = 400
FEW: Final = 60  # of the statements that take long
NAME: Final = "bench"
WALL, SIGNED = 1.1, 1.2  # the most a statement may cost, as a ratio
COLUMNS: Final = "id, number, state, begin_on, net_premium_cents"
STAFF: Final = "pool_id = :pool AND NOT private"
BROKER: Final = "pool_id = :pool AND firm_id = ANY(:firms)"
PAGE: Final = f"SELECT {COLUMNS} FROM contract WHERE {{}} AND (begin_on, id) < (:day, :last) ORDER BY begin_on DESC NULLS LAST, id DESC LIMIT 50"  # noqa: S608, E501
SUM: Final = "SELECT count(*), sum(net_premium_cents) FROM contract WHERE {}"


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
            _compare("staff: a page", PAGE, STAFF, engines, Door.INTRANET, rounds=ROUNDS),
            _compare("staff: a sum", SUM, STAFF, engines, Door.INTRANET, rounds=FEW),
            _compare("broker: a page", PAGE, BROKER, engines, Door.EXTRANET, rounds=ROUNDS),
            _compare("broker: a sum", SUM, BROKER, engines, Door.EXTRANET, rounds=ROUNDS),
        ]


def _share_out(bench: Bench) -> None:
    """Give the contracts to few firms, as many each as a big broker has."""
    with bench.owner.connect() as connection:
        connection.execute(text("ALTER TABLE contract DISABLE TRIGGER USER"))
        connection.execute(
            text("UPDATE contract SET firm_id = 1001 + id % :firms"), {"firms": FIRMS}
        )
        connection.execute(text("ALTER TABLE contract ENABLE TRIGGER USER"))
        connection.execute(text("VACUUM (FULL, ANALYZE) contract"))


def _compare(
    name: str,
    statement: str,
    where: str,
    engines: dict[str, Engine],
    door: Door,
    *,
    rounds: int,
) -> Ratio:
    """Ask through the door and as the owner, in turns; the first asks warm up and are not kept."""
    asked = text(statement.format(where))
    kept: dict[str, list[float]] = {"owner": [], door: []}
    draw = random.Random(rounds)  # noqa: S311  -- an order, not a secret
    with engines["owner"].connect() as owner, engines[door].connect() as behind:
        connections: dict[str, Connection] = {"owner": owner, door: behind}
        for number in range(rounds + 20):
            firm = 1001 + draw.randrange(FIRMS)
            values = {"pool": POOL, "firms": [firm], "day": "2024-06-01", "last": 1 << 30}
            found = {}
            for who in draw.sample(list(connections), 2):
                _enter(connections[who], owner, firm, signed=who is Door.EXTRANET)
                started = time.perf_counter()
                rows = connections[who].execute(asked, _needed(statement, where, values)).all()
                taken = 1000 * (time.perf_counter() - started)
                connections[who].rollback()
                found[who] = rows
                if number >= 20:
                    kept[who].append(taken)
            if found["owner"] != found[door]:
                raise RuntimeError(f"{name}: the door sees something else than the owner")
    past, through = (round(statistics.median(kept[who]), 3) for who in ("owner", door))
    most = SIGNED if door is Door.EXTRANET else WALL
    return Ratio(name, past, through, most)


def _enter(connection: Connection, owner: Connection, firm: int, *, signed: bool) -> None:
    """Set the context of a transaction, as every request does."""
    context = {"pool": str(POOL), "firms": str(firm) if signed else "", "name": NAME}
    connection.execute(SET_CONTEXT, context)
    if signed:
        given = owner.execute(
            text("SELECT context_signature(:pool, ARRAY[:firm], :name)"),
            {"pool": POOL, "firm": firm, "name": NAME},
        ).scalar_one()
        owner.rollback()
        connection.execute(SIGN, {"signature": given})


def _needed(statement: str, where: str, values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if f":{name}" in statement + where}
