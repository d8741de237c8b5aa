"""Handing a set of rows to a statement: as JSON, taken apart in the database.

A delivery grows tables faster than the planner's statistics follow, and a join by the wrong index
would read the whole pool for each row. So statements look rows up in ``LATERAL (… OFFSET 0)``, by
the index that fits, and ``plan_afresh`` keeps a plan made for an empty table from being used later.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, text

from shared.actor import Actor
from shared.db import Session

Rows = Sequence[Mapping[str, object]]


def plan_afresh(session: Session, actor: Actor) -> None:
    """Have the statements of this transaction planned for what is there now."""
    run(session, actor, "SET LOCAL plan_cache_mode = force_custom_plan")


def run(
    session: Session, actor: Actor, statement: str, rows: Rows = (), **values: object
) -> list[dict[str, Any]]:
    """Run a statement over ``rows`` (``:rows``) in the actor's pool (``:pool``, ``:author``).

    Returns:
        What the statement returns, as dictionaries; nothing where it returns nothing.
    """
    given = {"pool": actor.pool_id, "author": actor.name, **values}
    if rows:
        # PostgreSQL's text has no NUL
        given["rows"] = json.dumps(rows, default=str, ensure_ascii=True).replace("\\u0000", "")
    result = session.execute(text(statement), given)
    answers = isinstance(result, CursorResult) and result.returns_rows
    return [dict(row) for row in result.mappings()] if answers else []
