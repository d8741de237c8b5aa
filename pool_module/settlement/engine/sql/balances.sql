-- What a calculated run moves, per account and per producer: its postings are read once.
CREATE TEMP TABLE t_sum ON COMMIT PRESERVE ROWS AS
SELECT producer_id, payee_id, currency, account, sum(amount) AS amount, count(*) AS postings
FROM posting
WHERE pool_id = :pool AND run_id = :run
GROUP BY producer_id, payee_id, currency, account;

INSERT INTO run_balance (pool_id, run_id, payee_id, currency, account, amount, postings)
SELECT :pool, :run, coalesce(payee_id, 0), currency, account, sum(amount), sum(postings)
FROM t_sum
GROUP BY payee_id, currency, account
