-- Everybody's question: each agreed kind of some products, for every kind of person there is on a day.
INSERT INTO t_scope (kind, product_id, organisation_id, division_id, currency)
SELECT a.kind, a.product_id, u.organisation_id, u.division_id, CAST(:currency AS text)
FROM t_agreement a
CROSS JOIN (
    SELECT 0 AS organisation_id, 0 AS division_id
    UNION SELECT organisation_id, 0 FROM t_rule WHERE organisation_id IS NOT NULL
    UNION SELECT 0, division_id FROM t_rule WHERE division_id IS NOT NULL
) u
WHERE a.from_day <= :day AND a.to_day > :day
    AND a.product_id = ANY(CAST(:products AS int[]))
EXCEPT
SELECT kind, product_id, organisation_id, division_id, currency FROM t_scope;

INSERT INTO t_context
SELECT s.scope_id, p.level_id, p.own_id, p.own_group_id, true
FROM t_scope s
CROSS JOIN (
    SELECT DISTINCT coalesce(k.level_id, 0) AS level_id, c.own_id,
           coalesce(g.own_id, 0) AS own_group_id
    FROM t_chain c
    LEFT JOIN t_career k ON k.producer_id = c.producer_id
        AND k.from_day <= :day AND k.to_day > :day
    LEFT JOIN t_group g ON g.producer_id = c.producer_id
        AND g.from_day <= :day AND g.to_day > :day
    WHERE c.depth = 0 AND c.from_day <= :day AND c.to_day > :day
) p
EXCEPT
SELECT scope_id, level_id, own_id, own_group_id, true FROM t_context
