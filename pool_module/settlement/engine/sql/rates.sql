-- Which rate applies: contexts not met before, and their winners over stretches of days.
INSERT INTO t_context
SELECT DISTINCT l.kind, l.product_id,
       CASE WHEN rp.id IS NOT NULL THEN l.producer_id ELSE 0 END,
       CASE WHEN rg.id IS NOT NULL THEN l.group_id ELSE 0 END,
       coalesce(l.level_id, 0),
       CASE WHEN ro.id IS NOT NULL THEN l.organisation_id ELSE 0 END,
       CASE WHEN rd.id IS NOT NULL THEN l.division_id ELSE 0 END,
       l.currency, true
FROM (SELECT DISTINCT kind, product_id, producer_id, group_id, level_id, organisation_id,
             division_id, currency FROM t_line) l
LEFT JOIN (SELECT DISTINCT producer_id AS id FROM t_rule) rp ON rp.id = l.producer_id
LEFT JOIN (SELECT DISTINCT group_id AS id FROM t_rule) rg ON rg.id = l.group_id
LEFT JOIN (SELECT DISTINCT organisation_id AS id FROM t_rule) ro ON ro.id = l.organisation_id
LEFT JOIN (SELECT DISTINCT division_id AS id FROM t_rule) rd ON rd.id = l.division_id
EXCEPT
SELECT kind, product_id, producer_id, group_id, level_id, organisation_id, division_id, currency,
       true
FROM t_context;

INSERT INTO t_winner
WITH candidate AS (
    SELECT c.kind, c.product_id, c.producer_id, c.group_id, c.level_id, c.organisation_id,
           c.division_id, c.currency, r.from_day, r.to_day, r.rule_id, r.rate_of, r.rate, r.rank
    FROM t_context c
    JOIN product p ON p.pool_id = :pool AND p.id = c.product_id
    JOIN t_rule r ON r.kind = c.kind
        AND (r.product_id IS NULL OR r.product_id = c.product_id)
        AND (r.line_id IS NULL OR r.line_id = p.line_id)
        AND (r.insurer_id IS NULL OR r.insurer_id = p.insurer_id)
        AND (r.producer_id IS NULL OR r.producer_id = c.producer_id)
        AND (r.group_id IS NULL OR r.group_id = c.group_id)
        AND (r.level_id IS NULL OR r.level_id = c.level_id)
        AND (r.organisation_id IS NULL OR r.organisation_id = c.organisation_id)
        AND (r.division_id IS NULL OR r.division_id = c.division_id)
        AND (r.currency IS NULL OR r.currency = c.currency)
    WHERE c.fresh
),
edge AS (
    SELECT kind, product_id, producer_id, group_id, level_id, organisation_id, division_id,
           currency, from_day AS day FROM candidate
    UNION
    SELECT kind, product_id, producer_id, group_id, level_id, organisation_id, division_id,
           currency, to_day FROM candidate
),
stretch AS (
    SELECT *, lead(day) OVER (PARTITION BY kind, product_id, producer_id, group_id, level_id,
        organisation_id, division_id, currency ORDER BY day) AS to_day
    FROM edge
)
SELECT DISTINCT ON (s.kind, s.product_id, s.producer_id, s.group_id, s.level_id,
                    s.organisation_id, s.division_id, s.currency, s.day)
       s.kind, s.product_id, s.producer_id, s.group_id, s.level_id, s.organisation_id,
       s.division_id, s.currency, s.day, s.to_day, c.rule_id, c.rate_of, c.rate
FROM stretch s
JOIN candidate c ON c.kind = s.kind AND c.product_id = s.product_id
    AND c.producer_id = s.producer_id AND c.group_id = s.group_id AND c.level_id = s.level_id
    AND c.organisation_id = s.organisation_id AND c.division_id = s.division_id
    AND c.currency = s.currency AND c.from_day <= s.day AND c.to_day > s.day
WHERE s.to_day IS NOT NULL
ORDER BY s.kind, s.product_id, s.producer_id, s.group_id, s.level_id, s.organisation_id,
         s.division_id, s.currency, s.day, c.rank DESC;

UPDATE t_context SET fresh = false WHERE fresh
