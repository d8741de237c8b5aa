-- Adjustments, withholdings and payouts of a payee sum to zero in every run.
SELECT format('run %s, payee %s: account postings sum to %s', p.run_id, c.code, sum(p.amount))
    AS broken
FROM account_posting p
LEFT JOIN company c ON c.pool_id = :pool AND c.id = p.company_id
WHERE p.pool_id = :pool
GROUP BY p.run_id, p.company_id, c.code, p.currency
HAVING sum(p.amount) <> 0
ORDER BY 1 LIMIT :most
