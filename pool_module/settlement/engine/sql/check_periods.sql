-- Periods follow one another without gap, each closed by one run that two people answered for.
SELECT format('period %s begins after %s, the one before ended %s', p.name, p.after, p.before)
    AS broken
FROM (
    SELECT name, after, lag(last_day) OVER (ORDER BY last_day) AS before
    FROM period WHERE pool_id = :pool
) p
WHERE p.after IS DISTINCT FROM p.before
UNION ALL
SELECT format('period %s is %s and has %s closed runs', p.name, p.state, count(r.id))
FROM period p
LEFT JOIN settlement_run r ON r.pool_id = :pool AND r.period_id = p.id AND r.state = 'closed'
WHERE p.pool_id = :pool
GROUP BY p.id, p.name, p.state
HAVING count(r.id) <> CASE p.state WHEN 'closed' THEN 1 ELSE 0 END
UNION ALL
SELECT format('run %s was approved by who calculated it, or by nobody', id)
FROM settlement_run
WHERE pool_id = :pool AND state = 'closed'
    AND (approved_by IS NULL OR approved_by = calculated_by)
ORDER BY 1 LIMIT :most
