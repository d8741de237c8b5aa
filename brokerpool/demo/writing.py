"""Writing many rows by one statement, as the worker: the walls and guards hold here too."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db import actor_of

Row: TypeAlias = Mapping[str, object]


def write(session: Session, table: str, rows: Iterable[Row]) -> None:
    """Insert rows into a table of the pool; columns that are not named get their defaults.

    One statement, so that statement-level guards see the whole (the shares of a contract).

    Args:
        session: the transaction.
        table: its name.
        rows: all with the same columns; ``pool_id`` is added.
    """
    _insert(session, table, rows, "")


def write_known(session: Session, table: str, key: str, rows: Iterable[Row]) -> dict[str, int]:
    """Insert rows and return their ids by the text column ``key``."""
    return {row[0]: row[1] for row in _insert(session, table, rows, f"RETURNING {key}, id")}


def change(session: Session, table: str, rows: Iterable[Row]) -> None:
    """Update rows of a table of the pool, each found by its ``id``."""
    ready = list(rows)
    if not ready:
        return
    columns = ", ".join(f"{name} = fresh.{name}" for name in ready[0] if name != "id")
    session.execute(
        text(
            f"UPDATE {table} t SET {columns} "  # noqa: S608  -- our own names, no input
            f"FROM json_populate_recordset(NULL::{table}, CAST(:rows AS json)) fresh "
            "WHERE t.pool_id = :pool AND t.id = fresh.id"
        ),
        {"rows": _json(ready), "pool": actor_of(session).pool_id},
    )


def days(start: date | None, end: date | None = None) -> str:
    """The days [start, end) as PostgreSQL writes them."""
    return f"[{start or ''},{end or ''})"


def _insert(session: Session, table: str, rows: Iterable[Row], returning: str) -> list[Any]:
    pool = actor_of(session).pool_id
    ready = [{"pool_id": pool, **row} for row in rows]
    if not ready:
        return []
    columns = ", ".join(ready[0])
    result = session.execute(
        text(
            f"INSERT INTO {table} ({columns}) "  # noqa: S608  -- our own names, no input
            f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, CAST(:rows AS json)) "
            f"{returning}"
        ),
        {"rows": _json(ready)},
    )
    return list(result) if returning else []


def _json(rows: list[dict[str, object]] | list[Row]) -> str:
    return json.dumps(rows, default=str, ensure_ascii=False)
