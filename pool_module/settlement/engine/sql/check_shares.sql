-- The shares of a contract are exactly 1 on every day they stand.
SELECT format('contract %s: shares sum to %s over %s', c.number, sum(s.share), s.valid) AS broken
FROM contract_share s
LEFT JOIN contract c ON c.pool_id = :pool AND c.id = s.contract_id
WHERE s.pool_id = :pool AND s.superseded_at IS NULL
GROUP BY s.contract_id, c.number, s.valid
HAVING sum(s.share) <> 1
ORDER BY 1 LIMIT :most
