-- A statement's closing is the next one's opening, its reserve likewise; a balance is never lost.
WITH chain AS (
    SELECT s.number, s.opening, s.reserve_opening,
           lag(s.closing, 1, 0) OVER account AS before,
           lag(s.reserve_closing, 1, 0) OVER account AS reserve_before
    FROM statement s
    JOIN settlement_run r ON r.pool_id = s.pool_id AND r.id = s.run_id
    WHERE s.pool_id = :pool
    WINDOW account AS (PARTITION BY s.company_id, s.currency ORDER BY r.through)
),
last_closed AS (
    SELECT max(through) AS through FROM settlement_run
    WHERE pool_id = :pool AND state = 'closed'
),
last_statement AS (
    SELECT DISTINCT ON (s.company_id, s.currency) s.number, s.closing, r.through
    FROM statement s
    JOIN settlement_run r ON r.pool_id = s.pool_id AND r.id = s.run_id
    WHERE s.pool_id = :pool
    ORDER BY s.company_id, s.currency, r.through DESC
)
SELECT format('statement %s opens with %s (reserve %s), the one before closed with %s (%s)',
              number, opening, reserve_opening, before, reserve_before) AS broken
FROM chain
WHERE opening <> before OR reserve_opening <> reserve_before
UNION ALL
SELECT format('statement %s closed with %s, and no later one carries it', number, closing)
FROM last_statement, last_closed
WHERE closing <> 0 AND last_statement.through < last_closed.through
ORDER BY 1 LIMIT :most
