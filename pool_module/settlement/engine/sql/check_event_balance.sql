-- The postings of an event sum to zero in every run.
SELECT format('run %s, event %s: postings sum to %s', p.run_id, e.ref, sum(p.amount)) AS broken
FROM posting p
LEFT JOIN event e ON e.pool_id = :pool AND e.id = p.event_id
WHERE p.pool_id = :pool
GROUP BY p.run_id, p.event_id, e.ref
HAVING sum(p.amount) <> 0
ORDER BY 1 LIMIT :most
