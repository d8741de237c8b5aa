"""What the cuts of contracts change of their receivable, and what was delivered of it."""

from typing import Any, Final

from pool_module.incoming.queries.sets import run
from shared.actor import Actor
from shared.db import Session

# The earned fraction of settlement rules "One event" 4, over all standing cuts whatever their day.
# Settlement stands above this room and can't be asked; tests hold both to the same figures.
_STATES: Final = """
    WITH raw AS (
        SELECT e.id, e.contract_id, e.kind, e.effective,
               CASE WHEN e.received < 0 THEN -1 ELSE 1 END AS sign, abs(e.received) AS received,
               coalesce(a.liability_months, 0) AS months,
               coalesce(a.full_liability_months, 0) AS full_months,
               coalesce(a.earning, 'linear_monthly') AS earning,
               (e.effective + make_interval(months => coalesce(a.liability_months, 0)))::date
                   AS liability_end
        FROM event e
        JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = e.contract_id
            AND t.superseded_at IS NULL
        JOIN product p ON p.pool_id = :pool AND p.id = t.product_id
        LEFT JOIN LATERAL (
            SELECT g.* FROM agreement g
            WHERE g.pool_id = :pool AND g.superseded_at IS NULL AND g.kind = e.kind
                AND g.valid @> e.effective AND (g.product_id = p.id OR g.line_id = p.line_id
                    OR g.insurer_id = p.insurer_id)
            ORDER BY CASE WHEN g.product_id IS NOT NULL THEN 1 WHEN g.line_id IS NOT NULL THEN 2
                ELSE 3 END
            LIMIT 1
        ) a ON true
        WHERE e.pool_id = :pool AND e.contract_id = ANY(:ids) AND e.received <> 0
    ),
    unearned AS (
        SELECT raw.id, raw.effective, c.on_day, c.void,
               (c.factor * 1000000)::bigint AS factor,
               lag((c.factor * 1000000)::bigint, 1, 1000000::bigint)
                   OVER (PARTITION BY raw.id ORDER BY c.on_day) AS factor_before,
               b.base,
               CASE WHEN c.on_day < raw.effective OR c.on_day >= raw.liability_end THEN 0
                    WHEN m.complete < raw.full_months THEN b.base
                    WHEN raw.earning = 'linear_daily' THEN b.base - (c.on_day - raw.effective)
                    ELSE raw.months - m.complete END::bigint AS part
        FROM raw
        JOIN contract_cut c ON c.pool_id = :pool AND c.contract_id = raw.contract_id
            AND c.superseded_at IS NULL
        CROSS JOIN LATERAL (
            SELECT CASE raw.earning WHEN 'linear_daily' THEN raw.liability_end - raw.effective
                        ELSE raw.months END::bigint AS base
        ) b
        CROSS JOIN LATERAL (SELECT complete_months(raw.effective, c.on_day) AS complete) m
    ),
    fate AS (
        SELECT id, bool_or(void) AS void, max(base) AS base,
               coalesce((array_agg(factor ORDER BY on_day DESC)
                   FILTER (WHERE on_day < effective))[1], 1000000) AS factor_at_start,
               sum((factor_before - factor) * part) FILTER (WHERE on_day >= effective) AS lost
        FROM unearned GROUP BY id
    ),
    change AS (
        SELECT raw.contract_id, raw.kind, count(*) AS events,
               sum(raw.sign * (cents(raw.received, f.earned, f.earned_of) - raw.received))
                   AS change
        FROM raw LEFT JOIN fate ON fate.id = raw.id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN fate.void THEN 0
                        WHEN fate.factor_at_start > 0 AND raw.months > 0
                            AND coalesce(fate.lost, 0) <> 0
                        THEN fate.factor_at_start * fate.base - fate.lost END::bigint AS earned,
                   CASE WHEN fate.void THEN 1
                        WHEN fate.factor_at_start > 0 AND raw.months > 0
                            AND coalesce(fate.lost, 0) <> 0
                        THEN fate.factor_at_start * fate.base END::bigint AS earned_of
        ) f
        GROUP BY raw.contract_id, raw.kind
    ),
    evidence AS (
        SELECT contract_id, kind, sum(gross) AS evidence FROM delivery_line
        WHERE pool_id = :pool AND outcome = 'evidence' AND contract_id = ANY(:ids)
        GROUP BY contract_id, kind
    ),
    cut AS (
        SELECT contract_id, max(on_day) AS last_cut,
               (array_agg(factor ORDER BY on_day DESC))[1] = 0 AS off
        FROM contract_cut
        WHERE pool_id = :pool AND superseded_at IS NULL AND contract_id = ANY(:ids)
        GROUP BY contract_id
    ),
    subject AS (
        SELECT contract_id, kind FROM change UNION SELECT contract_id, kind FROM evidence
        UNION SELECT contract_id, NULL FROM cut
    )
    SELECT s.contract_id, s.kind, coalesce(c.change, 0) AS change,
           coalesce(v.evidence, 0) AS evidence, coalesce(c.events, 0) AS events,
           cut.last_cut, coalesce(cut.off, false) AS off
    FROM subject s
    LEFT JOIN change c ON c.contract_id = s.contract_id AND c.kind = s.kind
    LEFT JOIN evidence v ON v.contract_id = s.contract_id AND v.kind = s.kind
    LEFT JOIN cut ON cut.contract_id = s.contract_id
"""


def clawback_states(
    session: Session, actor: Actor, contract_ids: list[int]
) -> list[dict[str, Any]]:
    """What stands for contracts and kinds; a row without kind for a contract that is cut at all.

    Each has ``change`` (of receivable, caused by the standing cuts), ``evidence`` (delivered and
    matched), ``events``, ``last_cut`` and ``off`` (nothing is in force after it).
    """
    return run(session, actor, _STATES, ids=contract_ids)


def contracts_with_evidence(session: Session, actor: Actor, contract_ids: list[int]) -> set[int]:
    """Which contracts a delivered clawback has been matched to."""
    found = run(
        session,
        actor,
        """
        SELECT DISTINCT contract_id FROM delivery_line
        WHERE pool_id = :pool AND outcome = 'evidence' AND contract_id = ANY(:ids)
        """,
        ids=contract_ids,
    )
    return {row["contract_id"] for row in found}
