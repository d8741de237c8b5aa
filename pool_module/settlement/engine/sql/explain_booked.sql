-- What each run booked for one producer and event, up to the one explained.
SELECT n.name AS period, r.through,
       coalesce(sum(p.amount) FILTER (WHERE p.account = 2), 0) AS payable,
       coalesce(sum(p.amount) FILTER (WHERE p.account = 3), 0) AS reserve,
       max(e.cause) AS cause
FROM posting p
JOIN settlement_run r ON r.pool_id = :pool AND r.id = p.run_id
JOIN period n ON n.pool_id = :pool AND n.id = r.period_id
LEFT JOIN run_event e ON e.pool_id = :pool AND e.run_id = p.run_id AND e.event_id = p.event_id
WHERE p.pool_id = :pool AND p.event_id = :event AND p.producer_id = :producer
    AND r.through <= :through AND (r.state = 'closed' OR r.id = :run)
GROUP BY r.through, n.name
ORDER BY r.through
