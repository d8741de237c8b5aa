"""What a change of rates or agreements reaches: booked events a run would look at again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from pool_module.settlement.queries import find_last_closed
from shared.actor import Actor
from shared.db import Session

COUNTED = 9_999
# the conditions are those by which a run finds what can have changed (due_changed.sql), narrowed by
# the part of the pool and by the producer's own line where the rule names one
TOUCHED = text("""
    WITH RECURSIVE term AS (
        SELECT * FROM jsonb_to_recordset(CAST(:terms AS jsonb)) AS t (
            cause text, kind text, product_id int, line_id int, insurer_id int, producer_id int,
            organisation_id int, division_id int, start_day date, end_day date)
    ),
    below AS (
        SELECT producer_id AS top_id, producer_id FROM term WHERE producer_id IS NOT NULL
        UNION
        SELECT b.top_id, p.producer_id
        FROM below b
        JOIN placement p ON p.pool_id = :pool AND p.parent_id = b.producer_id
            AND p.superseded_at IS NULL
    )
    SELECT count(*) FROM (
        SELECT DISTINCT e.id
        FROM term x
        JOIN event e ON e.pool_id = :pool AND e.kind = x.kind
        JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = e.contract_id
            AND t.superseded_at IS NULL
        JOIN product p ON p.pool_id = :pool AND p.id = t.product_id
        LEFT JOIN reference_dates r ON r.pool_id = :pool AND r.kind = e.kind
            AND r.superseded_at IS NULL
        WHERE e.due <= :through AND e.recorded_at <= :known
            AND (x.product_id IS NULL OR x.product_id = p.id)
            AND (x.line_id IS NULL OR x.line_id = p.line_id)
            AND (x.insurer_id IS NULL OR x.insurer_id = p.insurer_id)
            AND (x.organisation_id IS NULL OR x.organisation_id = coalesce(t.organisation_id,
                (SELECT o.id FROM organisation o WHERE o.pool_id = :pool AND o.is_default)))
            AND (x.division_id IS NULL OR x.division_id = t.division_id)
            AND daterange(x.start_day, x.end_day) @> CASE
                CASE x.cause WHEN 'rule' THEN coalesce(r.rate, 'event') ELSE 'event' END
                WHEN 'application' THEN coalesce(t.applied_on, e.effective)
                WHEN 'issue' THEN coalesce(t.issued_on, e.effective)
                ELSE e.effective END
            AND (x.producer_id IS NULL OR EXISTS (
                SELECT 1 FROM contract_share s
                JOIN below b ON b.top_id = x.producer_id AND b.producer_id = s.producer_id
                WHERE s.pool_id = :pool AND s.contract_id = e.contract_id
                    AND s.superseded_at IS NULL AND s.valid @> e.effective))
        LIMIT :counted + 1
    ) AS found""")


@dataclass(frozen=True, kw_only=True)
class Term:
    """What changes, over which days: [start, end)."""

    kind: str
    start: date | None
    end: date | None
    cause: str = "rule"
    product_id: int | None = None
    line_id: int | None = None
    insurer_id: int | None = None
    producer_id: int | None = None
    organisation_id: int | None = None
    division_id: int | None = None


@dataclass(frozen=True)
class Touched:
    """How many booked events a change can reach, at most.

    Attributes:
        events: their number, counted up to ``COUNTED`` + 1.
        through: the last day that is booked; None: nothing is booked yet.
    """

    events: int
    through: date | None

    @property
    def many(self) -> bool:
        """Whether there are more than were counted."""
        return self.events > COUNTED


def events_touched(session: Session, actor: Actor, terms: Sequence[Term]) -> Touched:
    """Count the booked events that terms reach: an upper bound of what the next run corrects."""
    last = find_last_closed(session, actor)
    if last is None or not terms:
        return Touched(0, last.through if last else None)
    rows = [
        {
            "cause": term.cause,
            "kind": term.kind,
            "product_id": term.product_id,
            "line_id": term.line_id,
            "insurer_id": term.insurer_id,
            "producer_id": term.producer_id,
            "organisation_id": term.organisation_id,
            "division_id": term.division_id,
            "start_day": term.start.isoformat() if term.start else None,
            "end_day": term.end.isoformat() if term.end else None,
        }
        for term in terms
    ]
    found = session.execute(
        TOUCHED,
        {
            "pool": actor.pool_id,
            "terms": json.dumps(rows),
            "through": last.through,
            "known": last.known_at,
            "counted": COUNTED,
        },
    )
    return Touched(int(found.scalar_one()), last.through)
