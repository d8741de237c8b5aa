"""What a contract's end would cost whom."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.actor import Actor

# the latest run's row of an entry holds; given_back is the engine's own arithmetic
_AT_RISK = text("""
    SELECT p.name AS producer, l.currency, max(l.liability_end) AS until,
           sum(given_back(l, CAST(:day AS date))) AS amount
    FROM (
        SELECT DISTINCT ON (e.event_id, e.producer_id) e.*
        FROM entry_liability e
        JOIN event v ON v.pool_id = :pool AND v.id = e.event_id AND v.contract_id = :contract
        WHERE e.pool_id = :pool
        ORDER BY e.event_id, e.producer_id, e.run_id DESC
    ) l
    JOIN producer p ON p.pool_id = :pool AND p.id = l.producer_id
    GROUP BY p.name, l.currency
    HAVING sum(given_back(l, CAST(:day AS date))) > 0
    ORDER BY amount DESC, p.name
""")


@dataclass(frozen=True)
class AtRisk:
    """What a producer would give back, and until when he stands in it."""

    producer: str
    currency: str
    until: date
    amount: Decimal


def clawback_of(session: Session, actor: Actor, contract_id: int, day: date) -> list[AtRisk]:
    """What the next settlement would claw back if the contract were cancelled on a day."""
    rows = session.execute(_AT_RISK, {"pool": actor.pool_id, "contract": contract_id, "day": day})
    return [AtRisk(row.producer, row.currency, row.until, row.amount) for row in rows]
