"""Premium calendars of many contracts, in one go."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.actor import Actor

# due dates as ``rules.calendar.dues`` has them; a test holds the two to each other
_ROLL = text("""
    INSERT INTO premium_due AS p
        (pool_id, contract_id, firm_id, private, due_on, amount, recorded_at)
    SELECT c.pool_id, c.id, c.firm_id, c.private, d.due_on, i.amount, m.moment
    FROM (SELECT fact_moment() AS moment) m, contract c
    CROSS JOIN LATERAL (SELECT CASE c.frequency WHEN 'yearly' THEN 1 WHEN 'half_yearly' THEN 2
        WHEN 'quarterly' THEN 4 WHEN 'monthly' THEN 12 END AS times) t
    CROSS JOIN LATERAL (SELECT
        CASE WHEN c.frequency = 'single' THEN coalesce(c.gross_premium, c.net_premium)
             ELSE round(coalesce(c.gross_premium, c.net_premium) / t.times, 2) END AS amount,
        coalesce(c.next_due_on, c.begin_on) AS anchor,
        -- goes on where it ended, so that no gap is left; what was never planned begins today
        CASE WHEN CAST(:ids AS bigint[]) IS NULL THEN least(CAST(:first AS date), (
            SELECT max(y.due_on) + 1 FROM premium_due y
            WHERE y.pool_id = c.pool_id AND y.contract_id = c.id)) ELSE CAST(:first AS date) END
            AS first,
        least(CAST(:last AS date), c.end_on, c.cancelled_on - 1) AS until) i
    CROSS JOIN LATERAL (
        SELECT (i.anchor + make_interval(months => n * (12 / t.times)))::date AS due_on
        FROM generate_series(
            ((extract(year FROM i.first) - extract(year FROM i.anchor))::int * 12
             + (extract(month FROM i.first) - extract(month FROM i.anchor))::int)
                / (12 / t.times) - 1,
            ((extract(year FROM CAST(:last AS date)) - extract(year FROM i.anchor))::int * 12
             + (extract(month FROM CAST(:last AS date)) - extract(month FROM i.anchor))::int)
                / (12 / t.times) + 1) AS n
        WHERE t.times IS NOT NULL
        UNION ALL SELECT c.begin_on WHERE c.frequency = 'single'
    ) d
    WHERE c.pool_id = :pool AND NOT c.private AND c.begin_on IS NOT NULL
        AND c.state IN ('active', 'pending', 'suspended')
        AND (CAST(:ids AS bigint[]) IS NULL OR c.id = ANY(CAST(:ids AS bigint[])))
        AND i.amount > 0
        -- whose calendar reaches far enough is left alone, unless it is asked for by name
        AND (CAST(:ids AS bigint[]) IS NOT NULL OR t.times IS NULL OR NOT EXISTS (
            SELECT FROM premium_due x WHERE x.pool_id = c.pool_id AND x.contract_id = c.id
                AND x.due_on > CAST(:last AS date) - make_interval(months => 12 / t.times)))
        AND d.due_on BETWEEN greatest(i.first, c.begin_on) AND i.until
    ON CONFLICT (pool_id, contract_id, due_on) DO UPDATE SET amount = excluded.amount
        WHERE p.paid_on IS NULL AND p.amount <> excluded.amount AND CAST(:anew AS boolean)
""")
_DROP = text("""
    UPDATE premium_due SET amount = 0
    WHERE pool_id = :pool AND contract_id = :contract AND NOT private AND paid_on IS NULL
        AND due_on >= :first AND amount <> 0
""")


def roll(
    session: Session,
    actor: Actor,
    first: date,
    last: date,
    ids: Collection[int] | None = None,
) -> int:
    """Write the premiums that fall due within days, where they are not written yet.

    Args:
        session: the transaction.
        actor: whose pool.
        first: from this day on.
        last: up to this day.
        ids: these contracts alone, whose open premiums are written anew; None: all.

    Returns:
        How many were written.
    """
    done = session.execute(
        _ROLL,
        {
            "pool": actor.pool_id,
            "first": first,
            "last": last,
            "ids": list(ids) if ids is not None else None,
            "anew": ids is not None,
        },
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def drop(session: Session, actor: Actor, contract_id: int, first: date) -> None:
    """Take back what falls due from a day on and is not paid: nothing is deleted, it becomes 0."""
    session.execute(_DROP, {"pool": actor.pool_id, "contract": contract_id, "first": first})
