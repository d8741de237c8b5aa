-- What a run booked is what its facts, as known then, give (t_delta holds that).
WITH booked AS (
    SELECT event_id, producer_id, max(payee_id) AS payee_id,
           coalesce(sum(amount) FILTER (WHERE account = 2), 0) AS payable,
           coalesce(sum(amount) FILTER (WHERE account = 3), 0) AS reserve
    FROM posting
    WHERE pool_id = :pool AND run_id = :run AND account IN (2, 3)
        AND event_id BETWEEN :first AND :last
    GROUP BY event_id, producer_id
)
SELECT format('run %s, event %s, producer %s: booked %s (reserve %s), explained %s (%s)',
              :run, e.ref, d.code, b.payable, b.reserve, t.payable, t.reserve) AS broken
FROM t_delta t
FULL JOIN booked b USING (event_id, producer_id)
LEFT JOIN event e ON e.pool_id = :pool AND e.id = event_id
LEFT JOIN producer d ON d.pool_id = :pool AND d.id = producer_id
WHERE t.payable IS DISTINCT FROM b.payable OR t.reserve IS DISTINCT FROM b.reserve
    OR t.payee_id IS DISTINCT FROM b.payee_id
ORDER BY 1 LIMIT :most
