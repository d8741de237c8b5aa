-- A statement says what the ledger says of its payee and period, and adds up.
WITH booked AS (
    SELECT run_id, payee_id, currency,
           coalesce(sum(amount) FILTER (WHERE account = 2), 0) AS payable,
           coalesce(sum(amount) FILTER (WHERE account = 3), 0) AS reserve
    FROM ledger
    WHERE pool_id = :pool AND account IN (2, 3)
    GROUP BY run_id, payee_id, currency
),
beside AS (
    SELECT run_id, company_id, currency,
           -coalesce(sum(amount) FILTER (WHERE account = 5), 0) AS adjustments,
           coalesce(sum(amount) FILTER (WHERE account = 6), 0) AS withheld,
           coalesce(sum(amount) FILTER (WHERE account = 7), 0) AS payout
    FROM account_posting
    WHERE pool_id = :pool
    GROUP BY run_id, company_id, currency
)
SELECT CASE WHEN s.id IS NULL
            THEN format('run %s: payee %s has postings and no statement', b.run_id, b.payee_id)
            ELSE format('statement %s does not say what the ledger says', s.number) END AS broken
FROM statement s
FULL JOIN booked b ON s.pool_id = :pool AND b.run_id = s.run_id AND b.payee_id = s.company_id
    AND b.currency = s.currency
LEFT JOIN beside x ON x.run_id = s.run_id AND x.company_id = s.company_id
    AND x.currency = s.currency
WHERE (s.id IS NULL OR s.pool_id = :pool)
    AND (s.id IS NULL
        OR s.entries <> coalesce(b.payable, 0)
        OR s.reserve_closing - s.reserve_opening <> coalesce(b.reserve, 0)
        OR s.adjustments <> coalesce(x.adjustments, 0)
        OR s.withheld <> coalesce(x.withheld, 0)
        OR s.payout <> coalesce(x.payout, 0)
        OR s.closing <> s.opening + s.entries + s.adjustments - s.withheld - s.payout)
ORDER BY 1 LIMIT :most
