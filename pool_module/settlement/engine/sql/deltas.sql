-- Deltas: what should stand for each producer less what is booked by earlier runs.
WITH piece AS MATERIALIZED ({{pieces}}),
-- only where a contract is shared can a producer have two pieces
target AS (
    SELECT event_id, producer_id, rule_id, piece - reserve AS payable, reserve
    FROM piece
    WHERE share = 1
    UNION ALL
    SELECT event_id, producer_id, min(rule_id), sum(piece - reserve), sum(reserve)
    FROM piece
    WHERE share <> 1
    GROUP BY event_id, producer_id
),
booked AS (
    SELECT w.event_id, p.producer_id, p.payee_id, p.payable, p.reserve
    FROM t_work w
    CROSS JOIN LATERAL (
        SELECT producer_id, max(payee_id) AS payee_id,
               coalesce(sum(amount) FILTER (WHERE account = 2), 0) AS payable,
               coalesce(sum(amount) FILTER (WHERE account = 3), 0) AS reserve
        FROM posting
        WHERE pool_id = :pool AND event_id = w.event_id AND account IN (2, 3)
            AND run_id = ANY(:earlier)
        GROUP BY producer_id
    ) p
    WHERE w.booked
),
-- not a full join: of new events nothing is booked, and then it costs nothing
difference AS (
    SELECT t.event_id, t.producer_id, b.payee_id, t.rule_id, t.payable, t.reserve,
           coalesce(b.payable, 0) AS booked_payable, coalesce(b.reserve, 0) AS booked_reserve
    FROM target t
    LEFT JOIN booked b USING (event_id, producer_id)
    UNION ALL
    SELECT b.event_id, b.producer_id, b.payee_id, NULL, 0, 0, b.payable, b.reserve
    FROM booked b
    WHERE NOT EXISTS (SELECT FROM piece p
        WHERE p.event_id = b.event_id AND p.producer_id = b.producer_id)
)
SELECT d.event_id, d.producer_id, coalesce(d.payee_id, y.company_id) AS payee_id, d.rule_id,
       d.payable - d.booked_payable AS payable, d.reserve - d.booked_reserve AS reserve,
       d.booked_payable, d.booked_reserve
FROM difference d
LEFT JOIN t_payee y USING (producer_id)
WHERE d.payable <> d.booked_payable OR d.reserve <> d.booked_reserve
