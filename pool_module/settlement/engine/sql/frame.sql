-- The facts as known at one moment, laid out as the pipeline joins them. Once per connection and run.

-- rules with what they rank by: scope, who, organisation, datedness (in this order)
CREATE TEMP TABLE t_rule ON COMMIT PRESERVE ROWS AS
SELECT id AS rule_id, kind, product_id, line_id, insurer_id, producer_id, group_id, level_id,
       organisation_id, division_id, rate_of, rate, currency,
       coalesce(lower(valid), '-infinity'::date) AS from_day,
       coalesce(upper(valid), 'infinity'::date) AS to_day,
       CASE WHEN product_id IS NOT NULL THEN 3 WHEN line_id IS NOT NULL THEN 2
            WHEN insurer_id IS NOT NULL THEN 1 ELSE 0 END * 1000
       + CASE WHEN producer_id IS NOT NULL THEN 3 WHEN group_id IS NOT NULL THEN 2
              WHEN level_id IS NOT NULL THEN 1 ELSE 0 END * 100
       + CASE WHEN division_id IS NOT NULL THEN 2 WHEN organisation_id IS NOT NULL THEN 1
              ELSE 0 END * 10
       + CASE WHEN upper_inf(valid) THEN 0 ELSE 1 END AS rank
FROM rule
WHERE pool_id = :pool
    AND recorded_at <= :known AND (superseded_at IS NULL OR superseded_at > :known);

-- chains: every seller's line upwards with the days it holds; who is passed over is left out
CREATE TEMP TABLE t_chain ON COMMIT PRESERVE ROWS AS
WITH RECURSIVE line AS (
    SELECT p.id AS seller_id, p.id AS producer_id, 0 AS depth, daterange(NULL, NULL) AS valid
    FROM producer p
    WHERE p.pool_id = :pool AND NOT p.house
    UNION ALL
    SELECT l.seller_id, f.parent_id, l.depth + 1, l.valid * f.valid
    FROM line l
    JOIN placement f ON f.pool_id = :pool AND f.producer_id = l.producer_id
        AND f.recorded_at <= :known AND (f.superseded_at IS NULL OR f.superseded_at > :known)
        AND f.valid && l.valid
),
inactive AS (
    SELECT producer_id, range_agg(valid) AS days
    FROM producer_status
    WHERE pool_id = :pool AND NOT active
        AND recorded_at <= :known AND (superseded_at IS NULL OR superseded_at > :known)
    GROUP BY producer_id
)
SELECT l.seller_id, l.producer_id, l.depth,
       -- who a winner is looked up for: himself only where a rule names him
       CASE WHEN l.producer_id IN (SELECT producer_id FROM t_rule) THEN l.producer_id ELSE 0 END
           AS own_id,
       coalesce(lower(v.days), '-infinity'::date) AS from_day,
       coalesce(upper(v.days), 'infinity'::date) AS to_day
FROM line l
JOIN producer p ON p.pool_id = :pool AND p.id = l.producer_id AND NOT p.house
LEFT JOIN inactive i ON i.producer_id = l.producer_id
CROSS JOIN LATERAL unnest(
    datemultirange(l.valid) - coalesce(i.days, datemultirange())
) AS v (days);

-- the level a producer has, day by day
CREATE TEMP TABLE t_career ON COMMIT PRESERVE ROWS AS
SELECT producer_id, level_id,
       coalesce(lower(valid), '-infinity'::date) AS from_day,
       coalesce(upper(valid), 'infinity'::date) AS to_day
FROM career
WHERE pool_id = :pool
    AND recorded_at <= :known AND (superseded_at IS NULL OR superseded_at > :known);

CREATE TEMP TABLE t_group ON COMMIT PRESERVE ROWS AS
SELECT producer_id, group_id,
       CASE WHEN group_id IN (SELECT group_id FROM t_rule) THEN group_id ELSE 0 END AS own_id,
       coalesce(lower(valid), '-infinity'::date) AS from_day,
       coalesce(upper(valid), 'infinity'::date) AS to_day
FROM producer_group
WHERE pool_id = :pool
    AND recorded_at <= :known AND (superseded_at IS NULL OR superseded_at > :known);

CREATE TEMP TABLE t_own_reserve ON COMMIT PRESERVE ROWS AS
SELECT producer_id, rate,
       coalesce(lower(valid), '-infinity'::date) AS from_day,
       coalesce(upper(valid), 'infinity'::date) AS to_day
FROM producer_reserve
WHERE pool_id = :pool
    AND recorded_at <= :known AND (superseded_at IS NULL OR superseded_at > :known);

CREATE TEMP TABLE t_payee ON COMMIT PRESERVE ROWS AS
SELECT producer_id, company_id
FROM producer_payee
WHERE pool_id = :pool
    AND recorded_at <= :known AND (superseded_at IS NULL OR superseded_at > :known);

-- the agreement of a product and kind, day by day: the narrowest scope wins as a whole
CREATE TEMP TABLE t_agreement ON COMMIT PRESERVE ROWS AS
WITH candidate AS (
    SELECT p.id AS product_id, a.kind, a.id AS agreement_id,
           coalesce(lower(a.valid), '-infinity'::date) AS from_day,
           coalesce(upper(a.valid), 'infinity'::date) AS to_day,
           CASE WHEN a.product_id IS NOT NULL THEN 3 WHEN a.line_id IS NOT NULL THEN 2
                ELSE 1 END AS rank
    FROM agreement a
    JOIN product p ON p.pool_id = :pool
        AND (a.product_id = p.id OR a.line_id = p.line_id OR a.insurer_id = p.insurer_id)
    WHERE a.pool_id = :pool
        AND a.recorded_at <= :known AND (a.superseded_at IS NULL OR a.superseded_at > :known)
),
edge AS (
    SELECT product_id, kind, from_day AS day FROM candidate
    UNION SELECT product_id, kind, to_day FROM candidate
),
stretch AS (
    SELECT product_id, kind, day AS from_day,
           lead(day) OVER (PARTITION BY product_id, kind ORDER BY day) AS to_day
    FROM edge
)
SELECT DISTINCT ON (s.product_id, s.kind, s.from_day)
       s.product_id, s.kind, s.from_day, s.to_day, a.id AS agreement_id,
       a.liability_months, a.full_liability_months, a.earning, a.reserve_rate, a.reserve_release
FROM stretch s
JOIN candidate c ON c.product_id = s.product_id AND c.kind = s.kind
    AND c.from_day <= s.from_day AND c.to_day > s.from_day
JOIN agreement a ON a.pool_id = :pool AND a.id = c.agreement_id
WHERE s.to_day IS NOT NULL
ORDER BY s.product_id, s.kind, s.from_day, c.rank DESC;

ANALYZE t_rule;

ANALYZE t_chain;

ANALYZE t_career;

ANALYZE t_agreement
