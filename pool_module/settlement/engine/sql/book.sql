-- Close: statements and the payees' own postings; the run's postings are booked by its state.
INSERT INTO statement (pool_id, firm_id, run_id, period_id, company_id, currency, number,
                       issue_date, opening, entries, adjustments, withheld, payout, closing,
                       reserve_opening, reserve_closing, on_hold, minimum_payout)
SELECT :pool, s.company_id, :run, :period, s.company_id, s.currency,
       :name || '/' || lpad((row_number() OVER (ORDER BY c.code, s.currency))::text, 5, '0'),
       :day, s.opening, s.entries, s.adjustments, s.withheld, s.payout, s.closing,
       s.reserve_opening, s.reserve_closing, s.on_hold, s.minimum_payout
FROM t_statement s
JOIN company c ON c.pool_id = :pool AND c.id = s.company_id;

INSERT INTO statement_withholding (pool_id, firm_id, statement_id, code, rate, base, amount)
SELECT :pool, s.firm_id, s.id, w.code, w.rate, greatest(s.entries + s.adjustments, 0),
       round(greatest(s.entries + s.adjustments, 0) * w.rate, 2)
FROM statement s
JOIN withholding w ON w.pool_id = :pool AND w.company_id = s.company_id
    AND w.recorded_at <= :known AND (w.superseded_at IS NULL OR w.superseded_at > :known)
WHERE s.pool_id = :pool AND s.run_id = :run;

INSERT INTO account_posting (pool_id, run_id, company_id, adjustment_id, account, code, currency,
                             amount)
SELECT :pool, :run, a.company_id, CASE p.account WHEN 5 THEN a.id END, p.account, NULL, a.currency,
       p.amount
FROM adjustment a
CROSS JOIN LATERAL (VALUES (2::smallint, a.amount), (5::smallint, -a.amount)) AS p (account, amount)
WHERE a.pool_id = :pool AND a.on_day <= :through AND a.recorded_at <= :known
    AND NOT EXISTS (SELECT 1 FROM account_posting x
        WHERE x.pool_id = :pool AND x.adjustment_id = a.id)
UNION ALL
SELECT :pool, :run, s.company_id, NULL, p.account, w.code, s.currency, p.amount
FROM statement_withholding w
JOIN statement s ON s.pool_id = :pool AND s.id = w.statement_id AND s.run_id = :run
CROSS JOIN LATERAL (VALUES (2::smallint, -w.amount), (6::smallint, w.amount)) AS p (account, amount)
WHERE w.pool_id = :pool AND w.amount <> 0
UNION ALL
SELECT :pool, :run, s.company_id, NULL, p.account, NULL, s.currency, p.amount
FROM statement s
CROSS JOIN LATERAL (VALUES (2::smallint, -s.payout), (7::smallint, s.payout)) AS p (account, amount)
WHERE s.pool_id = :pool AND s.run_id = :run AND s.payout <> 0
