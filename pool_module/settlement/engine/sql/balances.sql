-- What a calculated run moves, per account.
CREATE TEMP TABLE t_balance ON COMMIT PRESERVE ROWS AS
SELECT payee_id, currency, account, sum(amount) AS amount, count(*) AS postings
FROM posting
WHERE pool_id = :pool AND run_id = :run
GROUP BY payee_id, currency, account;

INSERT INTO run_balance (pool_id, run_id, payee_id, currency, account, amount, postings)
SELECT :pool, :run, coalesce(payee_id, 0), currency, account, amount, postings FROM t_balance;

DROP TABLE t_balance
