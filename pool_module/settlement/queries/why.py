"""Reading an entry and what led to it; works behind every door (docs/decisions/0011)."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from pool_module.settlement.errors import LineUnknown
from pool_module.settlement.rules.why import Key
from shared.actor import Actor
from shared.db import Session
from shared.models.ledger import Statement, StatementLine
from shared.vocabulary import Door

ANSWER = text("SELECT why_entry(CAST(:run AS int), :event, CAST(:producer AS int))::text")
AT_RISK = text("""
    SELECT e.liability_end, given_back(e, :day) AS amount
    FROM entry_liability e
    WHERE e.pool_id = :pool AND e.event_id = :event AND e.producer_id = :producer
    ORDER BY e.run_id DESC LIMIT 1""")
HELD = text("""
    SELECT coalesce(sum(l.reserve), 0) FROM statement_line l
    WHERE l.pool_id = :pool AND l.event_id = :event AND l.producer_id = :producer""")


@dataclass(frozen=True)
class Line:
    """A line of a statement with what stands on its head."""

    line: StatementLine
    run_id: int
    number: str
    currency: str


def get_line(session: Session, actor: Actor, statement_id: int, line_id: int) -> Line:
    """A line of a statement in the actor's reach.

    Raises:
        LineUnknown: there is none.
    """
    statement = (
        select(StatementLine, Statement.run_id, Statement.number, Statement.currency)
        .join(
            Statement,
            (Statement.pool_id == actor.pool_id) & (Statement.id == StatementLine.statement_id),
        )
        .where(
            StatementLine.pool_id == actor.pool_id,
            StatementLine.statement_id == statement_id,
            StatementLine.id == line_id,
        )
    )
    if actor.door is Door.EXTRANET:
        statement = statement.where(StatementLine.firm_id.in_(actor.firm_ids))
    row = session.execute(statement).one_or_none()
    if row is None:
        raise LineUnknown
    return Line(*row)


def find_line_of(session: Session, actor: Actor, key: Key) -> Line | None:
    """The line of a statement an entry stands on, once it is issued."""
    row = session.execute(
        select(StatementLine, Statement.run_id, Statement.number, Statement.currency)
        .join(
            Statement,
            (Statement.pool_id == actor.pool_id) & (Statement.id == StatementLine.statement_id),
        )
        .where(
            StatementLine.pool_id == actor.pool_id,
            StatementLine.event_id == key.event_id,
            StatementLine.producer_id == key.producer_id,
            Statement.run_id == key.run_id,
        )
    ).first()
    return Line(*row) if row else None


def ask(session: Session, actor: Actor, key: Key) -> dict[str, Any]:
    """What the database tells the actor's door of an entry.

    Raises:
        LineUnknown: nothing, because it is not his.
    """
    assert actor.pool_id  # the function answers for the pool of the session's context
    here = {"run": key.run_id, "event": key.event_id, "producer": key.producer_id}
    told: str | None = session.execute(ANSWER, here).scalar_one()
    if told is None:
        raise LineUnknown
    # a float would not be the booked amount
    answer: dict[str, Any] = json.loads(told, parse_float=Decimal)
    if answer["event"] is None or not any(
        row["producer_id"] == key.producer_id for row in answer["booked"]
    ):
        raise LineUnknown
    return answer


def at_risk(
    session: Session, actor: Actor, key: Key, day: date
) -> tuple[date, Decimal, Decimal] | None:
    """End of the liability, what a cancellation would take back, and the reserve held."""
    here = {"pool": actor.pool_id, "event": key.event_id, "producer": key.producer_id}
    row = session.execute(AT_RISK, {**here, "day": day}).one_or_none()
    if row is None:
        return None
    return row.liability_end, row.amount, session.execute(HELD, here).scalar_one()
