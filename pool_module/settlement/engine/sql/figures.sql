-- Figures of a calculated run: what came in, went out and stays, by what it came for; and what each
-- producer brought and was given. The pool's own postings tell what was paid on: all of an event's
-- sum to zero.
INSERT INTO run_figure (pool_id, run_id, insurer_id, line_id, product_id, currency, kind,
                        organisation_id, received, payable, margin, events)
WITH income AS MATERIALIZED (
    SELECT event_id, currency,
           -coalesce(sum(amount) FILTER (WHERE account = 1), 0) AS received,
           coalesce(sum(amount) FILTER (WHERE account = 4), 0) AS margin
    FROM posting
    WHERE pool_id = :pool AND run_id = :run AND account IN (1, 4)
    GROUP BY event_id, currency
)
SELECT :pool, :run, p.insurer_id, p.line_id, p.id, i.currency, e.kind,
       coalesce(c.organisation_id, 0), sum(i.received), sum(i.received - i.margin), sum(i.margin), count(*)
FROM income i
JOIN event e ON e.pool_id = :pool AND e.id = i.event_id
JOIN contract c ON c.pool_id = :pool AND c.id = e.contract_id
JOIN product p ON p.pool_id = :pool AND p.id = c.product_id
GROUP BY p.insurer_id, p.line_id, p.id, i.currency, e.kind, coalesce(c.organisation_id, 0);

INSERT INTO run_producer_figure (pool_id, run_id, producer_id, currency, received, base, units,
                                 payable, reserve, events)
WITH fresh AS (
    -- two questions, each answered by an index
    SELECT contract_id, effective, received, basis, units
    FROM event
    WHERE pool_id = :pool AND due > :since_through AND due <= :through AND recorded_at <= :known
    UNION ALL
    SELECT contract_id, effective, received, basis, units
    FROM event
    WHERE pool_id = :pool AND recorded_at > :since_known AND recorded_at <= :known
        AND due <= :since_through
),
own AS (
    SELECT s.producer_id, t.currency,
           sum(round(f.received * s.share_to, 2) - round(f.received * s.share_from, 2)) AS received,
           sum(round(f.basis * s.share_to, 2) - round(f.basis * s.share_from, 2)) AS base,
           sum(f.units * s.share) AS units, count(*) AS events
    FROM fresh f
    JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = f.contract_id
        AND t.recorded_at <= :known AND (t.superseded_at IS NULL OR t.superseded_at > :known)
    JOIN contract_share s ON s.pool_id = :pool AND s.contract_id = f.contract_id
        AND s.recorded_at <= :known AND (s.superseded_at IS NULL OR s.superseded_at > :known)
        AND s.valid @> f.effective
    GROUP BY s.producer_id, t.currency
),
given AS (
    SELECT producer_id, currency,
           sum(amount) FILTER (WHERE account = 2) AS payable,
           sum(amount) FILTER (WHERE account = 3) AS reserve
    FROM t_sum
    WHERE account IN (2, 3)
    GROUP BY producer_id, currency
)
SELECT :pool, :run, producer_id, currency, coalesce(o.received, 0), coalesce(o.base, 0),
       coalesce(o.units, 0), coalesce(g.payable, 0), coalesce(g.reserve, 0), coalesce(o.events, 0)
FROM own o
FULL JOIN given g USING (producer_id, currency);

DROP TABLE t_sum
