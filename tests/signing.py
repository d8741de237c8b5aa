"""Signatures for brokers of tests, who come without a portal's session."""

import time
from collections.abc import Iterable
from functools import cache

import psycopg
from sqlalchemy import Connection

from shared.db.sessions import SIGN
from tests.servers import OWNERS


def sign(connection: Connection, pool_id: int, firms: Iterable[int], name: str) -> None:
    """Sign the context of a transaction that has set it."""
    database = str(connection.engine.url.database)
    if database in OWNERS:  # else the test made a server of its own
        signature = _signature(
            database, pool_id, tuple(sorted(firms)), name, int(time.monotonic() // 300)
        )
        connection.execute(SIGN, {"signature": signature})


@cache
def _signature(database: str, pool_id: int, firms: tuple[int, ...], name: str, _: int) -> str:
    """What the database gives, asked again every five minutes: it holds for fifteen."""
    with psycopg.connect(OWNERS[database]) as owner:
        found = owner.execute(
            "SELECT context_signature(%s, %s::int[], %s)", [pool_id, list(firms), name]
        ).fetchone()
    assert found
    return str(found[0])
