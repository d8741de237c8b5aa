-- Of the events at work: whose line an entry stands in, on what base and share, and from whom the
-- difference is. Above a seller who is passed over the whole comes from him.
INSERT INTO t_part
WITH piece AS MATERIALIZED ({{pieces}}),
member AS (
    SELECT p.event_id, p.producer_id, p.depth, p.share,
           coalesce(
               lag(p.producer_id) OVER (PARTITION BY p.event_id, p.position ORDER BY p.depth),
               s.seller_id) AS below_id,
           s.sign * CASE p.rate_of WHEN 'basis' THEN s.basis WHEN 'received' THEN s.received
                                   WHEN 'unit' THEN s.units END AS base
    FROM piece p
    JOIN t_share s ON s.event_id = p.event_id AND s.position = p.position
),
taken AS (
    SELECT event_id, producer_id, sum(base) AS base, sum(share) AS share,
           bool_or(depth = 0) AS own_sale, min(below_id) FILTER (WHERE depth > 0) AS below_id
    FROM member
    GROUP BY event_id, producer_id
),
placed AS (
    SELECT s.event_id, l.producer_id, min(nullif(l.level_id, 0)) AS level_id
    FROM t_line l
    JOIN t_share s ON s.share_id = l.share_id
    GROUP BY s.event_id, l.producer_id
)
SELECT n.event_id, n.producer_id, e.product_id, CASE WHEN e.months > 0 THEN e.liability_end END,
       l.level_id, t.base, t.share, t.own_sale, t.below_id
FROM t_entry n
JOIN t_event e ON e.event_id = n.event_id
LEFT JOIN taken t ON t.event_id = n.event_id AND t.producer_id = n.producer_id
LEFT JOIN placed l ON l.event_id = n.event_id AND l.producer_id = n.producer_id;

-- What the payee of an entry stands in liability with: what is given back on any day follows from it.
INSERT INTO entry_liability (
    pool_id, run_id, event_id, producer_id, firm_id, company_id, currency, sign, effective,
    liability_end, months, full_months, daily, in_force, earned, earned_of, gross, top)
WITH piece AS MATERIALIZED ({{pieces}}),
taken AS (
    SELECT event_id, producer_id, array_agg(gross ORDER BY position, depth) AS gross,
           array_agg(top ORDER BY position, depth) AS top
    FROM piece
    GROUP BY event_id, producer_id
)
SELECT :pool, :run, n.event_id, n.producer_id, s.firm_id, s.company_id, n.currency, e.sign,
       e.effective, e.liability_end, e.months, e.full_months, e.daily, e.in_force,
       coalesce(e.earned, o.whole), coalesce(e.earned_of, o.whole),
       coalesce(t.gross, '{}'), coalesce(t.top, '{}')
FROM t_entry n
JOIN t_event e ON e.event_id = n.event_id AND e.months > 0
JOIN t_stated s ON s.run_id = :run AND s.company_id = n.payee_id AND s.currency = n.currency
LEFT JOIN taken t ON t.event_id = n.event_id AND t.producer_id = n.producer_id
CROSS JOIN LATERAL (
    SELECT greatest(e.in_force_at_start, 1)
        * CASE WHEN e.daily THEN e.liability_end - e.effective ELSE e.months END AS whole
) o
