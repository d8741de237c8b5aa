-- Facts recorded since the run before that touch this event: what a correction came from. What an
-- overwriting merely cut up (the same value over days it held before) is no news.
WITH upward AS (SELECT DISTINCT producer_id FROM t_line)
SELECT 'placement' AS fact, d.code AS subject, u.code AS value, f.valid, f.recorded_at,
       f.recorded_by, f.reason
FROM placement f
JOIN upward x ON x.producer_id = f.producer_id
JOIN producer d ON d.pool_id = :pool AND d.id = f.producer_id
JOIN producer u ON u.pool_id = :pool AND u.id = f.parent_id
JOIN t_event e ON f.valid @> e.hierarchy_day
WHERE f.pool_id = :pool AND f.recorded_at > :since_known AND f.recorded_at <= :known
    AND NOT EXISTS (SELECT 1 FROM placement o WHERE o.pool_id = :pool
        AND o.producer_id = f.producer_id AND o.parent_id = f.parent_id
        AND o.superseded_at = f.recorded_at AND f.valid <@ o.valid)
UNION ALL
SELECT 'career', d.code, l.code, f.valid, f.recorded_at, f.recorded_by, f.reason
FROM career f
JOIN upward x ON x.producer_id = f.producer_id
JOIN producer d ON d.pool_id = :pool AND d.id = f.producer_id
JOIN career_level l ON l.pool_id = :pool AND l.id = f.level_id
JOIN t_event e ON f.valid @> e.level_day
WHERE f.pool_id = :pool AND f.recorded_at > :since_known AND f.recorded_at <= :known
    AND NOT EXISTS (SELECT 1 FROM career o WHERE o.pool_id = :pool
        AND o.producer_id = f.producer_id AND o.level_id = f.level_id
        AND o.superseded_at = f.recorded_at AND f.valid <@ o.valid)
UNION ALL
SELECT 'status', d.code, CASE WHEN f.active THEN 'active' ELSE 'inactive' END, f.valid,
       f.recorded_at, f.recorded_by, f.reason
FROM producer_status f
JOIN producer d ON d.pool_id = :pool AND d.id = f.producer_id
JOIN t_event e ON f.valid @> e.hierarchy_day
WHERE f.pool_id = :pool AND f.recorded_at > :since_known AND f.recorded_at <= :known
    AND NOT EXISTS (SELECT 1 FROM producer_status o WHERE o.pool_id = :pool
        AND o.producer_id = f.producer_id AND o.active = f.active
        AND o.superseded_at = f.recorded_at AND f.valid <@ o.valid)
UNION ALL
SELECT 'group', d.code, g.code, f.valid, f.recorded_at, f.recorded_by, f.reason
FROM producer_group f
JOIN upward x ON x.producer_id = f.producer_id
JOIN producer d ON d.pool_id = :pool AND d.id = f.producer_id
JOIN commission_group g ON g.pool_id = :pool AND g.id = f.group_id
JOIN t_event e ON f.valid @> e.rate_day
WHERE f.pool_id = :pool AND f.recorded_at > :since_known AND f.recorded_at <= :known
    AND NOT EXISTS (SELECT 1 FROM producer_group o WHERE o.pool_id = :pool
        AND o.producer_id = f.producer_id AND o.group_id = f.group_id
        AND o.superseded_at = f.recorded_at AND f.valid <@ o.valid)
UNION ALL
SELECT 'reserve', d.code, f.rate::text, f.valid, f.recorded_at, f.recorded_by, f.reason
FROM producer_reserve f
JOIN upward x ON x.producer_id = f.producer_id
JOIN producer d ON d.pool_id = :pool AND d.id = f.producer_id
JOIN t_event e ON f.valid @> e.effective
WHERE f.pool_id = :pool AND f.recorded_at > :since_known AND f.recorded_at <= :known
    AND NOT EXISTS (SELECT 1 FROM producer_reserve o WHERE o.pool_id = :pool
        AND o.producer_id = f.producer_id AND o.rate = f.rate
        AND o.superseded_at = f.recorded_at AND f.valid <@ o.valid)
UNION ALL
SELECT 'rule', f.code, f.rate::text, f.valid, f.recorded_at, f.recorded_by, f.reason
FROM rule f
JOIN t_event e ON e.kind = f.kind AND f.valid @> e.rate_day
WHERE f.pool_id = :pool AND f.recorded_at > :since_known AND f.recorded_at <= :known
    AND f.id IN (SELECT rule_id FROM t_winner)
UNION ALL
SELECT 'rule withdrawn', f.code, f.rate::text, f.valid, f.superseded_at, f.superseded_by, f.reason
FROM rule f
JOIN t_event e ON e.kind = f.kind AND f.valid @> e.rate_day
WHERE f.pool_id = :pool AND f.superseded_at > :since_known AND f.superseded_at <= :known
UNION ALL
SELECT 'agreement', f.kind, f.liability_months::text, f.valid, f.recorded_at, f.recorded_by,
       f.reason
FROM agreement f
JOIN t_event e ON e.agreement_id = f.id
WHERE f.pool_id = :pool AND f.recorded_at > :since_known AND f.recorded_at <= :known
UNION ALL
SELECT CASE WHEN f.void THEN 'void' ELSE 'cut' END, c.number, f.factor::text,
       daterange(f.on_day, NULL), f.recorded_at, f.recorded_by, f.reason
FROM contract_cut f
JOIN t_event e ON e.contract_id = f.contract_id
JOIN contract c ON c.pool_id = :pool AND c.id = f.contract_id
WHERE f.pool_id = :pool AND f.recorded_at > :since_known AND f.recorded_at <= :known
UNION ALL
SELECT 'cut removed', c.number, f.factor::text, daterange(f.on_day, NULL), f.superseded_at,
       f.superseded_by, f.reason
FROM contract_cut f
JOIN t_event e ON e.contract_id = f.contract_id
JOIN contract c ON c.pool_id = :pool AND c.id = f.contract_id
WHERE f.pool_id = :pool AND f.superseded_at > :since_known AND f.superseded_at <= :known
UNION ALL
SELECT 'shares', d.code, f.share::text, f.valid, f.recorded_at, f.recorded_by, f.reason
FROM contract_share f
JOIN t_event e ON e.contract_id = f.contract_id AND f.valid @> e.effective
JOIN producer d ON d.pool_id = :pool AND d.id = f.producer_id
WHERE f.pool_id = :pool AND f.recorded_at > :since_known AND f.recorded_at <= :known
    AND NOT EXISTS (SELECT 1 FROM contract_share o WHERE o.pool_id = :pool
        AND o.contract_id = f.contract_id AND o.position = f.position
        AND o.producer_id = f.producer_id AND o.share = f.share
        AND o.superseded_at = f.recorded_at AND f.valid <@ o.valid)
ORDER BY 5
