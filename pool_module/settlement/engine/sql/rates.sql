-- Which rate applies: contexts not met before, and their winners over stretches of days.
INSERT INTO t_context
SELECT DISTINCT scope_id, level_id, own_id, own_group_id, true FROM t_line
EXCEPT
SELECT scope_id, level_id, own_id, own_group_id, true FROM t_context;

INSERT INTO t_winner
WITH fresh AS MATERIALIZED (
    SELECT c.scope_id, c.level_id, c.own_id, c.own_group_id, s.kind, s.product_id,
           s.organisation_id, s.division_id, s.currency, p.line_id, p.insurer_id
    FROM t_context c
    JOIN t_scope s USING (scope_id)
    JOIN product p ON p.pool_id = :pool AND p.id = s.product_id
    WHERE c.fresh
),
-- by scope, each found by an equality; who, organisation and currency are looked at afterwards
scoped AS (
    SELECT c.*, r.rule_id FROM fresh c
    JOIN t_rule r ON r.kind = c.kind AND r.product_id = c.product_id
    UNION ALL
    SELECT c.*, r.rule_id FROM fresh c
    JOIN t_rule r ON r.kind = c.kind AND r.line_id = c.line_id
    UNION ALL
    SELECT c.*, r.rule_id FROM fresh c
    JOIN t_rule r ON r.kind = c.kind AND r.insurer_id = c.insurer_id
    UNION ALL
    SELECT c.*, r.rule_id FROM fresh c
    JOIN t_rule r ON r.kind = c.kind
        AND r.product_id IS NULL AND r.line_id IS NULL AND r.insurer_id IS NULL
),
candidate AS (
    SELECT c.scope_id, c.level_id, c.own_id, c.own_group_id,
           r.from_day, r.to_day, r.rule_id, r.rate_of, r.rate, r.rank
    FROM scoped c
    JOIN t_rule r ON r.rule_id = c.rule_id
        AND (r.producer_id IS NULL OR r.producer_id = c.own_id)
        AND (r.group_id IS NULL OR r.group_id = c.own_group_id)
        AND (r.level_id IS NULL OR r.level_id = c.level_id)
        AND (r.organisation_id IS NULL OR r.organisation_id = c.organisation_id)
        AND (r.division_id IS NULL OR r.division_id = c.division_id)
        AND (r.currency IS NULL OR r.currency = c.currency)
),
edge AS (
    SELECT scope_id, level_id, own_id, own_group_id, from_day AS day FROM candidate
    UNION
    SELECT scope_id, level_id, own_id, own_group_id, to_day FROM candidate
),
stretch AS (
    SELECT *, lead(day) OVER (
        PARTITION BY scope_id, level_id, own_id, own_group_id ORDER BY day) AS to_day
    FROM edge
)
SELECT DISTINCT ON (s.scope_id, s.level_id, s.own_id, s.own_group_id, s.day)
       s.scope_id, s.level_id, s.own_id, s.own_group_id, s.day, s.to_day,
       c.rule_id, c.rate_of, c.rate
FROM stretch s
JOIN candidate c ON c.scope_id = s.scope_id AND c.level_id = s.level_id
    AND c.own_id = s.own_id AND c.own_group_id = s.own_group_id
    AND c.from_day <= s.day AND c.to_day > s.day
WHERE s.to_day IS NOT NULL
ORDER BY s.scope_id, s.level_id, s.own_id, s.own_group_id, s.day, c.rank DESC;

UPDATE t_context SET fresh = false WHERE fresh
