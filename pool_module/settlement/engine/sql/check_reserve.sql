-- The reserve of a producer for an event is never below zero, at any period's end.
SELECT format('event %s, producer %s: reserve %s after run %s', e.ref, d.code, x.held, x.run_id)
    AS broken
FROM (
    SELECT run_id, event_id, producer_id, sum(amount) OVER (
        PARTITION BY event_id, producer_id ORDER BY through) AS held
    FROM ledger
    WHERE pool_id = :pool AND account = 3
) x
JOIN event e ON e.pool_id = :pool AND e.id = x.event_id
JOIN producer d ON d.pool_id = :pool AND d.id = x.producer_id
WHERE x.held < 0
ORDER BY 1 LIMIT :most
