"""The tree as of a day, as known at a moment (features DLG-04, ECS-34, G10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from pool_module.hierarchy.rules import Forest, Place, forest
from shared.actor import Actor
from shared.db import Session

KNOWN = "{t}.recorded_at <= :known AND ({t}.superseded_at IS NULL OR {t}.superseded_at > :known)"
EVERYBODY = text(f"""
    SELECT d.id, f.parent_id
    FROM producer d
    LEFT JOIN placement f ON f.pool_id = :pool AND f.producer_id = d.id AND f.valid @> :day
        AND {KNOWN.format(t="f")}
    WHERE d.pool_id = :pool AND d.recorded_at <= :known
    ORDER BY d.sort_key, d.name, d.id
""")  # noqa: S608  -- of our own words
PLACES = text(f"""
    SELECT d.id, f.parent_id, c.level_id, coalesce(s.active, true)
    FROM producer d
    LEFT JOIN placement f ON f.pool_id = :pool AND f.producer_id = d.id AND f.valid @> :day
        AND {KNOWN.format(t="f")}
    LEFT JOIN career c ON c.pool_id = :pool AND c.producer_id = d.id AND c.valid @> :day
        AND {KNOWN.format(t="c")}
    LEFT JOIN producer_status s ON s.pool_id = :pool AND s.producer_id = d.id AND s.valid @> :day
        AND {KNOWN.format(t="s")}
    WHERE d.pool_id = :pool
        -- who is not placed, has no level and was recorded later was not there yet
        AND (f.id IS NOT NULL OR c.id IS NOT NULL
             OR (d.recorded_at <= :known AND (d.recorded_at AT TIME ZONE (
                 SELECT z.time_zone FROM pool z WHERE z.id = :pool))::date <= :day))
""")  # noqa: S608
LINES = text("""
    WITH RECURSIVE
    below AS (
        SELECT CAST(:producer AS int) AS id
        UNION
        SELECT p.producer_id FROM below b
        JOIN placement p ON p.pool_id = :pool AND p.parent_id = b.id AND p.superseded_at IS NULL
            AND p.valid && daterange(:first, NULL)
    ),
    above AS (
        SELECT unnest(CAST(:starts AS int[])) AS id
        UNION
        SELECT p.parent_id FROM above a
        JOIN placement p ON p.pool_id = :pool AND p.producer_id = a.id AND p.superseded_at IS NULL
            AND p.valid && daterange(:first, NULL)
    )
    SELECT 'below', id FROM below
    UNION ALL
    SELECT 'above', id FROM above WHERE id NOT IN (SELECT id FROM below)
""")
REACH = text("""
    SELECT count(DISTINCT s.contract_id) FILTER (
               WHERE s.valid && daterange(:first, NULL)
               AND c.state NOT IN ('cancelled', 'expired', 'converted'))
    FROM contract_share s
    JOIN contract c ON c.pool_id = :pool AND c.id = s.contract_id
    WHERE s.pool_id = :pool AND s.superseded_at IS NULL
        AND s.producer_id = ANY(CAST(:producers AS int[]))
""")


@dataclass(frozen=True)
class Lines:
    """Who a change of a producer touches.

    Attributes:
        below: he himself and everybody under him from the day on.
        above: everybody over him, before and after.
    """

    below: tuple[int, ...]
    above: tuple[int, ...]

    @property
    def everybody(self) -> tuple[int, ...]:
        """All of them, in order."""
        return tuple(sorted({*self.below, *self.above}))


def tree_of(session: Session, actor: Actor, day: date, known: datetime) -> Forest:
    """The tree as of a day, as known at a moment; children in the order of their names."""
    rows = session.execute(EVERYBODY, {"pool": actor.pool_id, "day": day, "known": known})
    return forest((row[0], row[1]) for row in rows)


def places_of(session: Session, actor: Actor, day: date, known: datetime) -> dict[int, Place]:
    """Everybody's place, level and state as of a day, as known at a moment."""
    rows = session.execute(PLACES, {"pool": actor.pool_id, "day": day, "known": known})
    return {row[0]: Place(row[1], row[2], row[3]) for row in rows}


def lines_of(
    session: Session, actor: Actor, producer_id: int, parent_id: int | None, first: date
) -> Lines:
    """Who stands below and above a producer from a day on, and above the parent he would get."""
    starts = [producer_id, *([parent_id] if parent_id is not None else [])]
    rows = session.execute(
        LINES,
        {"pool": actor.pool_id, "producer": producer_id, "starts": starts, "first": first},
    ).all()
    return Lines(
        tuple(sorted(row[1] for row in rows if row[0] == "below")),
        tuple(sorted(row[1] for row in rows if row[0] == "above")),
    )


def contracts_below(session: Session, actor: Actor, producers: Sequence[int], first: date) -> int:
    """How many running contracts producers hold shares of from a day on."""
    found: int = session.execute(
        REACH, {"pool": actor.pool_id, "producers": list(producers), "first": first}
    ).scalar_one()
    return found
