-- What a calculated run moves, per account.
INSERT INTO run_balance (pool_id, run_id, payee_id, currency, account, amount, postings)
SELECT :pool, :run, coalesce(payee_id, 0), currency, account, sum(amount), count(*)
FROM posting
WHERE pool_id = :pool AND run_id = :run
GROUP BY payee_id, currency, account
