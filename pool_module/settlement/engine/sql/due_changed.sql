-- What can have changed: events looked at before, found from the facts recorded or superseded since
-- (a superset: an event whose target stands books nothing), and from days that passed.
-- Subtrees are taken over all placements of either state of knowledge, whatever their days.
INSERT INTO t_due (event_id, cause)
WITH RECURSIVE
version AS (
    SELECT 'placement' AS cause, producer_id, parent_id::text AS value, valid, recorded_at, superseded_at
    FROM placement WHERE pool_id = :pool AND recorded_at <= :known
    UNION ALL
    SELECT 'career' AS cause, producer_id, level_id::text AS value, valid, recorded_at, superseded_at
    FROM career WHERE pool_id = :pool AND recorded_at <= :known
    UNION ALL
    SELECT 'status' AS cause, producer_id, active::text AS value, valid, recorded_at, superseded_at
    FROM producer_status WHERE pool_id = :pool AND recorded_at <= :known
    UNION ALL
    SELECT 'group' AS cause, producer_id, group_id::text AS value, valid, recorded_at, superseded_at
    FROM producer_group WHERE pool_id = :pool AND recorded_at <= :known
    UNION ALL
    SELECT 'reserve' AS cause, producer_id, rate::text AS value, valid, recorded_at, superseded_at
    FROM producer_reserve WHERE pool_id = :pool AND recorded_at <= :known
),
-- whoever has a version that came or went; what merely was cut up and stands as before falls out below
touched AS (
    SELECT DISTINCT cause, producer_id FROM version
    WHERE recorded_at > :since_known OR (superseded_at > :since_known AND superseded_at <= :known)
),
timeline AS (
    SELECT v.cause, v.producer_id, v.value,
           coalesce(range_agg(v.valid) FILTER (WHERE v.recorded_at <= :since_known
               AND (v.superseded_at IS NULL OR v.superseded_at > :since_known)),
               datemultirange()) AS before,
           coalesce(range_agg(v.valid) FILTER (
               WHERE v.superseded_at IS NULL OR v.superseded_at > :known),
               datemultirange()) AS now
    FROM version v
    JOIN touched t ON t.cause = v.cause AND t.producer_id = v.producer_id
    GROUP BY v.cause, v.producer_id, v.value
),
fact AS (
    SELECT t.producer_id, t.cause, days.valid
    FROM timeline t
    CROSS JOIN LATERAL unnest((t.before - t.now) + (t.now - t.before)) AS days (valid)
),
below AS (
    SELECT DISTINCT producer_id AS top_id, producer_id FROM fact
    UNION
    SELECT b.top_id, p.producer_id
    FROM below b
    JOIN placement p ON p.pool_id = :pool AND p.parent_id = b.producer_id
        AND p.recorded_at <= :known
        AND (p.superseded_at IS NULL OR p.superseded_at > :since_known)
),
-- one look-up each, whatever history holds: `OFFSET 0` keeps the planner, who can't know how few
-- facts there are, from reading all contracts and events ahead
by_producer AS (
    SELECT e.id AS event_id, f.cause
    FROM fact f
    JOIN below b ON b.top_id = f.producer_id
    CROSS JOIN LATERAL (
        SELECT DISTINCT contract_id FROM contract_share
        WHERE pool_id = :pool AND producer_id = b.producer_id AND recorded_at <= :known
            AND (superseded_at IS NULL OR superseded_at > :since_known)
        OFFSET 0
    ) s
    CROSS JOIN LATERAL (
        SELECT id, kind, effective FROM event
        WHERE pool_id = :pool AND contract_id = s.contract_id
            AND due <= :since_through AND recorded_at <= :since_known
        OFFSET 0
    ) e
    CROSS JOIN LATERAL (
        SELECT applied_on, issued_on FROM contract_terms
        WHERE pool_id = :pool AND contract_id = s.contract_id AND superseded_at IS NULL
        OFFSET 0
    ) t
    JOIN t_reference r ON r.kind = e.kind
    WHERE f.valid @> CASE
        CASE f.cause WHEN 'career' THEN r.level WHEN 'group' THEN r.rate
                     WHEN 'reserve' THEN 'event' ELSE r.hierarchy END
        WHEN 'application' THEN coalesce(t.applied_on, e.effective)
        WHEN 'issue' THEN coalesce(t.issued_on, e.effective)
        ELSE e.effective END
),
moved AS (
    SELECT contract_id, 'cut' AS cause FROM contract_cut
    WHERE pool_id = :pool AND recorded_at <= :known AND recorded_at > :since_known
    UNION ALL
    SELECT contract_id, 'cut' FROM contract_cut
    WHERE pool_id = :pool AND superseded_at <= :known AND superseded_at > :since_known
    UNION ALL
    SELECT contract_id, 'cut_due' FROM contract_cut
    WHERE pool_id = :pool AND superseded_at IS NULL AND recorded_at <= :known
        AND on_day > :since_through AND on_day <= :through
    UNION ALL
    SELECT contract_id, 'shares' FROM contract_share
    WHERE pool_id = :pool AND recorded_at <= :known AND recorded_at > :since_known
    UNION ALL
    SELECT contract_id, 'shares' FROM contract_share
    WHERE pool_id = :pool AND superseded_at <= :known AND superseded_at > :since_known
    UNION ALL
    SELECT contract_id, 'terms' FROM contract_terms
    WHERE pool_id = :pool AND recorded_at <= :known AND recorded_at > :since_known
    UNION ALL
    SELECT contract_id, 'terms' FROM contract_terms
    WHERE pool_id = :pool AND superseded_at <= :known AND superseded_at > :since_known
),
-- a contract recorded since then has no event that was looked at before
old_contract AS MATERIALIZED (
    SELECT x.contract_id, x.cause
    FROM (SELECT contract_id, min(cause) AS cause FROM moved GROUP BY contract_id) x
    CROSS JOIN LATERAL (
        SELECT FROM contract
        WHERE pool_id = :pool AND id = x.contract_id AND recorded_at <= :since_known
        OFFSET 0
    ) c
),
by_contract AS (
    SELECT e.id AS event_id, c.cause
    FROM old_contract c
    CROSS JOIN LATERAL (
        SELECT id FROM event
        WHERE pool_id = :pool AND contract_id = c.contract_id
            AND due <= :since_through AND recorded_at <= :since_known
        OFFSET 0
    ) e
)
SELECT x.event_id, min(x.cause)
FROM (SELECT * FROM by_producer UNION ALL SELECT * FROM by_contract) x
GROUP BY x.event_id;

-- terms of the pool: rules, agreements, reference dates
INSERT INTO t_due (event_id, cause)
WITH term AS (
    SELECT 'rule' AS cause, kind, product_id, line_id, insurer_id, valid
    FROM rule
    WHERE pool_id = :pool AND recorded_at <= :known
        AND (recorded_at > :since_known OR superseded_at > :since_known)
    UNION ALL
    SELECT 'agreement', kind, product_id, line_id, insurer_id, valid
    FROM agreement
    WHERE pool_id = :pool AND recorded_at <= :known
        AND (recorded_at > :since_known OR superseded_at > :since_known)
    UNION ALL
    SELECT 'reference', kind, NULL, NULL, NULL, daterange(NULL, NULL)
    FROM reference_dates
    WHERE pool_id = :pool AND recorded_at <= :known
        AND (recorded_at > :since_known OR superseded_at > :since_known)
)
SELECT e.id, min(x.cause)
FROM term x
JOIN event e ON e.pool_id = :pool AND e.kind = x.kind
JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = e.contract_id
    AND t.superseded_at IS NULL
JOIN product p ON p.pool_id = :pool AND p.id = t.product_id
JOIN t_reference r ON r.kind = e.kind
WHERE e.due <= :since_through AND e.recorded_at <= :since_known
    AND (x.product_id IS NULL OR x.product_id = p.id)
    AND (x.line_id IS NULL OR x.line_id = p.line_id)
    AND (x.insurer_id IS NULL OR x.insurer_id = p.insurer_id)
    AND x.valid @> CASE CASE x.cause WHEN 'rule' THEN r.rate ELSE 'event' END
        WHEN 'application' THEN coalesce(t.applied_on, e.effective)
        WHEN 'issue' THEN coalesce(t.issued_on, e.effective)
        ELSE e.effective END
GROUP BY e.id
