-- What differs between the two sides: per event and producer, and what becomes of the pool's part.
WITH differing AS (
    SELECT coalesce(n.event_id, o.event_id) AS event_id,
           coalesce(n.producer_id, o.producer_id) AS producer_id,
           coalesce(n.payee_id, o.payee_id) AS payee_id,
           coalesce(n.booked_payable, o.booked_payable) AS booked_payable,
           coalesce(n.booked_reserve, o.booked_reserve) AS booked_reserve,
           coalesce(o.payable, 0) AS payable_old, coalesce(n.payable, 0) AS payable_new,
           coalesce(o.reserve, 0) AS reserve_old, coalesce(n.reserve, 0) AS reserve_new
    FROM (SELECT * FROM t_side WHERE side = 1) n
    FULL JOIN (SELECT * FROM t_side WHERE side = 0) o USING (event_id, producer_id)
    WHERE coalesce(n.payable, 0) <> coalesce(o.payable, 0)
        OR coalesce(n.reserve, 0) <> coalesce(o.reserve, 0)
),
pool AS (
    SELECT n.event_id, n.contract_id, n.currency,
           o.receivable AS receivable_old, n.receivable AS receivable_new,
           o.receivable - o.paid AS margin_old, n.receivable - n.paid AS margin_new
    FROM t_side_event n
    JOIN t_side_event o ON o.event_id = n.event_id AND o.side = 0
    WHERE n.side = 1
)
SELECT p.event_id, p.contract_id, p.currency, d.producer_id, d.payee_id, 2 AS account,
       d.booked_payable + d.payable_old + d.booked_reserve + d.reserve_old AS amount_old,
       d.booked_payable + d.payable_new + d.booked_reserve + d.reserve_new AS amount_new,
       d.booked_reserve + d.reserve_old AS reserve_old,
       d.booked_reserve + d.reserve_new AS reserve_new
FROM differing d
JOIN pool p USING (event_id)
UNION ALL
SELECT event_id, contract_id, currency, 0, NULL, a.account, a.amount_old, a.amount_new, 0, 0
FROM pool
CROSS JOIN LATERAL (
    VALUES (4, margin_old, margin_new), (1, -receivable_old, -receivable_new)
) AS a (account, amount_old, amount_new)
WHERE a.amount_old <> a.amount_new
ORDER BY event_id, producer_id, account
