-- Statements: per payee and currency what the draft, the adjustments and the carried balances give.
CREATE TEMP TABLE t_statement ON COMMIT PRESERVE ROWS AS
WITH RECURSIVE entry AS (
    SELECT payee_id AS company_id, currency,
           coalesce(sum(amount) FILTER (WHERE account = 2), 0) AS payable,
           coalesce(sum(amount) FILTER (WHERE account = 3), 0) AS reserve
    FROM run_balance
    WHERE pool_id = :pool AND run_id = :run AND payee_id > 0
    GROUP BY payee_id, currency
),
adjusted AS (
    SELECT a.company_id, a.currency, sum(a.amount) AS amount
    FROM adjustment a
    WHERE a.pool_id = :pool AND a.on_day <= :through AND a.recorded_at <= :known
        AND NOT EXISTS (SELECT 1 FROM account_posting p
            WHERE p.pool_id = :pool AND p.adjustment_id = a.id)
    GROUP BY a.company_id, a.currency
),
-- every account's last statement, account by account along the index: history costs nothing
known AS (
    (SELECT company_id, currency FROM statement
     WHERE pool_id = :pool ORDER BY company_id, currency LIMIT 1)
    UNION ALL
    SELECT n.company_id, n.currency
    FROM known k
    CROSS JOIN LATERAL (
        SELECT company_id, currency FROM statement
        WHERE pool_id = :pool AND (company_id, currency) > (k.company_id, k.currency)
        ORDER BY company_id, currency LIMIT 1
    ) n
),
carried AS (
    SELECT k.company_id, k.currency, l.closing AS opening, l.reserve_closing AS reserve_opening
    FROM known k
    CROSS JOIN LATERAL (
        SELECT closing, reserve_closing FROM statement
        WHERE pool_id = :pool AND company_id = k.company_id AND currency = k.currency
        ORDER BY run_id DESC LIMIT 1
    ) l
),
account AS (
    SELECT company_id, currency,
           coalesce(c.opening, 0) AS opening, coalesce(c.reserve_opening, 0) AS reserve_opening,
           coalesce(e.payable, 0) AS entries, coalesce(e.reserve, 0) AS reserve,
           coalesce(a.amount, 0) AS adjustments
    FROM entry e
    FULL JOIN adjusted a USING (company_id, currency)
    FULL JOIN carried c USING (company_id, currency)
    WHERE e.company_id IS NOT NULL OR a.company_id IS NOT NULL OR c.opening <> 0
),
taxed AS (
    SELECT a.*, coalesce((
        SELECT sum(round(greatest(a.entries + a.adjustments, 0) * w.rate, 2))
        FROM withholding w
        WHERE w.pool_id = :pool AND w.company_id = a.company_id
            AND w.recorded_at <= :known AND (w.superseded_at IS NULL OR w.superseded_at > :known)
    ), 0) AS withheld
    FROM account a
),
termed AS (
    SELECT t.*, t.opening + t.entries + t.adjustments - t.withheld AS balance,
           EXISTS (SELECT 1 FROM payment_hold h
               WHERE h.pool_id = :pool AND h.company_id = t.company_id AND h.valid @> :through
                   AND h.recorded_at <= :known
                   AND (h.superseded_at IS NULL OR h.superseded_at > :known)) AS on_hold,
           coalesce((SELECT m.minimum_payout FROM payment_terms m
               WHERE m.pool_id = :pool AND m.currency = t.currency AND m.valid @> :through
                   AND (m.company_id IS NULL OR m.company_id = t.company_id)
                   AND m.recorded_at <= :known
                   AND (m.superseded_at IS NULL OR m.superseded_at > :known)
               ORDER BY m.company_id NULLS LAST LIMIT 1), 0) AS minimum_payout
    FROM taxed t
)
SELECT m.company_id, m.currency, m.opening, m.entries, m.adjustments, m.withheld, m.on_hold,
       m.minimum_payout,
       CASE WHEN m.balance > 0 AND m.balance >= m.minimum_payout AND NOT m.on_hold
            THEN m.balance ELSE 0 END AS payout,
       m.balance - CASE WHEN m.balance > 0 AND m.balance >= m.minimum_payout AND NOT m.on_hold
            THEN m.balance ELSE 0 END AS closing,
       m.reserve_opening, m.reserve_opening + m.reserve AS reserve_closing
FROM termed m
