-- Reserves that move by themselves: liability that ended since the last settlement, and the
-- monthly release where it is agreed. Found from the start dates such a liability must have had.
INSERT INTO t_due (event_id, cause)
WITH held AS (
    SELECT a.kind, a.product_id, a.line_id, a.insurer_id, a.valid,
           a.liability_months AS months,
           CASE a.reserve_release WHEN 'pro_rata' THEN 'release_monthly' ELSE 'release' END AS cause
    FROM agreement a
    WHERE a.pool_id = :pool AND a.liability_months > 0
        AND a.recorded_at <= :known AND (a.superseded_at IS NULL OR a.superseded_at > :known)
        AND (a.reserve_rate > 0 OR EXISTS (
            SELECT 1 FROM producer_reserve o WHERE o.pool_id = :pool AND o.rate > 0))
),
-- few stretches of days, however many agreements share them
span AS MATERIALIZED (
    SELECT DISTINCT kind, months, cause,
           (:since_through - make_interval(months => months, days => 4))::date AS first_day,
           CASE cause WHEN 'release_monthly' THEN :through
                ELSE (:through - make_interval(months => months) + interval '4 days')::date END
               AS last_day
    FROM held
),
-- along the index of kinds and days, before anything is asked of contracts
begun AS MATERIALIZED (
    SELECT s.kind, s.months, s.cause, e.id, e.contract_id, e.effective
    FROM span s
    CROSS JOIN LATERAL (
        SELECT id, contract_id, effective FROM event
        WHERE pool_id = :pool AND kind = s.kind
            AND effective > s.first_day AND effective <= s.last_day
            AND due <= :since_through AND recorded_at <= :since_known
        OFFSET 0
    ) e
    WHERE (e.effective + make_interval(months => s.months))::date > :since_through
        AND (s.cause = 'release_monthly'
            OR (e.effective + make_interval(months => s.months))::date <= :through)
)
SELECT DISTINCT b.id, b.cause
FROM begun b
JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = b.contract_id
    AND t.superseded_at IS NULL
JOIN product p ON p.pool_id = :pool AND p.id = t.product_id
JOIN held h ON h.kind = b.kind AND h.months = b.months AND h.cause = b.cause
    AND h.valid @> b.effective
    AND (h.product_id IS NULL OR h.product_id = p.id)
    AND (h.line_id IS NULL OR h.line_id = p.line_id)
    AND (h.insurer_id IS NULL OR h.insurer_id = p.insurer_id)
