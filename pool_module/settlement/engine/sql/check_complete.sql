-- What is booked by all closed runs is what the facts give (t_delta and t_event hold that).
WITH receivable AS (
    SELECT e.event_id, e.receivable + coalesce(sum(p.amount), 0) AS missing
    FROM t_event e
    LEFT JOIN posting p ON p.pool_id = :pool AND p.event_id = e.event_id AND p.account = 1
        AND p.run_id = ANY(:earlier)
    GROUP BY e.event_id, e.receivable
)
SELECT format('event %s, producer %s: %s (reserve %s) not booked', e.ref, d.code, t.payable,
              t.reserve) AS broken
FROM t_delta t
JOIN event e ON e.pool_id = :pool AND e.id = t.event_id
JOIN producer d ON d.pool_id = :pool AND d.id = t.producer_id
UNION ALL
SELECT format('event %s: receivable %s not booked', e.ref, r.missing)
FROM receivable r
JOIN event e ON e.pool_id = :pool AND e.id = r.event_id
WHERE r.missing <> 0
ORDER BY 1 LIMIT :most
