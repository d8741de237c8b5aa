-- Deltas: what should stand for each producer less what is booked by earlier runs.
INSERT INTO t_delta
WITH target AS (
    SELECT event_id, producer_id, min(rule_id) AS rule_id,
           sum(piece - reserve) AS payable, sum(reserve) AS reserve
    FROM t_piece
    GROUP BY event_id, producer_id
),
booked AS (
    SELECT p.event_id, p.producer_id, max(p.payee_id) AS payee_id,
           coalesce(sum(p.amount) FILTER (WHERE p.account = 2), 0) AS payable,
           coalesce(sum(p.amount) FILTER (WHERE p.account = 3), 0) AS reserve
    FROM t_work w
    JOIN posting p ON p.pool_id = :pool AND p.event_id = w.event_id AND p.account IN (2, 3)
        AND p.run_id = ANY(:earlier)
    WHERE w.booked
    GROUP BY p.event_id, p.producer_id
)
SELECT event_id, producer_id, coalesce(b.payee_id, y.company_id) AS payee_id, t.rule_id,
       coalesce(t.payable, 0) - coalesce(b.payable, 0) AS payable,
       coalesce(t.reserve, 0) - coalesce(b.reserve, 0) AS reserve,
       coalesce(b.payable, 0) AS booked_payable,
       coalesce(b.reserve, 0) AS booked_reserve
FROM target t
FULL JOIN booked b USING (event_id, producer_id)
LEFT JOIN t_payee y USING (producer_id)
WHERE coalesce(t.payable, 0) <> coalesce(b.payable, 0)
    OR coalesce(t.reserve, 0) <> coalesce(b.reserve, 0)
