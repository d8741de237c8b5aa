-- What a posting names is there: event, run, producer, payee and rule (it has no foreign keys).
SELECT format('run %s, event %s, producer %s: names an unknown %s', p.run_id, p.event_id,
              p.producer_id,
              CASE WHEN e.id IS NULL THEN 'event' WHEN r.id IS NULL THEN 'run'
                   WHEN p.producer_id > 0 AND d.id IS NULL THEN 'producer'
                   WHEN p.payee_id IS NOT NULL AND c.id IS NULL THEN 'payee'
                   ELSE 'rule' END) AS broken
FROM posting p
LEFT JOIN event e ON e.pool_id = :pool AND e.id = p.event_id
LEFT JOIN settlement_run r ON r.pool_id = :pool AND r.id = p.run_id
LEFT JOIN producer d ON d.pool_id = :pool AND d.id = p.producer_id
LEFT JOIN company c ON c.pool_id = :pool AND c.id = p.payee_id
LEFT JOIN rule u ON u.pool_id = :pool AND u.id = p.rule_id
WHERE p.pool_id = :pool
    AND (e.id IS NULL OR r.id IS NULL OR (p.producer_id > 0 AND d.id IS NULL)
        OR (p.producer_id > 0 AND p.payee_id IS NULL)
        OR (p.payee_id IS NOT NULL AND c.id IS NULL) OR (p.rule_id IS NOT NULL AND u.id IS NULL))
ORDER BY 1 LIMIT :most
