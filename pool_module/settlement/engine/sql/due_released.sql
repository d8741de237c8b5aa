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
)
SELECT DISTINCT e.id, s.cause
FROM span s
JOIN event e ON e.pool_id = :pool AND e.kind = s.kind
    AND e.effective > s.first_day AND e.effective <= s.last_day
JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = e.contract_id
    AND t.superseded_at IS NULL
JOIN product p ON p.pool_id = :pool AND p.id = t.product_id
JOIN held h ON h.kind = s.kind AND h.months = s.months AND h.cause = s.cause
    AND h.valid @> e.effective
    AND (h.product_id IS NULL OR h.product_id = p.id)
    AND (h.line_id IS NULL OR h.line_id = p.line_id)
    AND (h.insurer_id IS NULL OR h.insurer_id = p.insurer_id)
WHERE e.due <= :since_through AND e.recorded_at <= :since_known
    AND (e.effective + make_interval(months => s.months))::date > :since_through
    AND (s.cause = 'release_monthly'
        OR (e.effective + make_interval(months => s.months))::date <= :through)
