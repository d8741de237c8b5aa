-- Postings of the packet: all of an event's by one statement, their sum is zero.
INSERT INTO posting (pool_id, run_id, event_id, producer_id, payee_id, rule_id, held, held_of,
                     earned, earned_of, account, currency, amount)
WITH delta AS MATERIALIZED ({{deltas}}),
booked AS (
    SELECT w.event_id, p.receivable
    FROM t_work w
    CROSS JOIN LATERAL (
        SELECT -sum(amount) AS receivable
        FROM posting
        WHERE pool_id = :pool AND event_id = w.event_id AND account = 1 AND run_id = ANY(:earlier)
    ) p
    WHERE w.booked
),
paid AS (
    SELECT event_id, sum(payable + reserve) AS amount FROM delta GROUP BY event_id
),
pool AS (
    SELECT e.event_id, e.currency, e.earned, e.earned_of,
           e.receivable - coalesce(b.receivable, 0) AS receivable,
           coalesce(p.amount, 0) AS paid
    FROM t_event e
    LEFT JOIN booked b USING (event_id)
    LEFT JOIN paid p USING (event_id)
)
SELECT :pool, :run, d.event_id AS event_id, d.producer_id AS producer_id, d.payee_id, d.rule_id,
       CASE WHEN a.account = 3 AND e.under_reserve THEN e.held END,
       CASE WHEN a.account = 3 AND e.under_reserve THEN e.held_of END,
       e.earned, e.earned_of, a.account, e.currency, a.amount
FROM delta d
JOIN t_event e USING (event_id)
CROSS JOIN LATERAL (VALUES (2::smallint, d.payable), (3::smallint, d.reserve)) AS a (account, amount)
WHERE a.amount <> 0
UNION ALL
SELECT :pool, :run, p.event_id, 0, NULL, NULL, NULL, NULL, p.earned, p.earned_of,
       a.account, p.currency, a.amount
FROM pool p
CROSS JOIN LATERAL (
    VALUES (1::smallint, -p.receivable), (4::smallint, p.receivable - p.paid)
) AS a (account, amount)
WHERE a.amount <> 0
ORDER BY event_id, producer_id  -- in the order of the key: half the cost of keeping it
