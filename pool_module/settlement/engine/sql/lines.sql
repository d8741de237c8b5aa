-- The lines of all statements of a run. Amounts are the ledger's; an entry whose producer takes no
-- part any more is described as on the statement it corrects.
INSERT INTO statement_line (
    pool_id, firm_id, statement_id, position, event_id, producer_id, correction, contract_number,
    holder, product, insurer, kind, event_ref, effective, due, producer, level, rate_of, rate, base,
    share, own_sale, liability_end, payable, reserve, difference_from, cause, cause_on,
    cause_factor, cause_text, corrects_from, corrects_through, corrects_number, organisation_id)
WITH reason AS (
    SELECT event_id, min(cause) AS cause
    FROM run_event WHERE pool_id = :pool AND run_id = :run
    GROUP BY event_id
)
SELECT :pool, s.firm_id, s.id,
       row_number() OVER (PARTITION BY s.id
           ORDER BY f.event_id IS NOT NULL, c.number, e.effective, e.ref, d.code),
       n.event_id, n.producer_id, f.event_id IS NOT NULL,
       c.number, coalesce(concat_ws(', ', h.last_name, h.first_name), ''), p.name, i.name,
       e.kind, e.ref, e.effective, e.due, d.name,
       -- the level in the payee's language, as everything on his statement
       coalesce(CASE payee.language WHEN 'de' THEN v.name_de WHEN 'uk' THEN v.name_uk
                WHEN 'en' THEN v.name_en END, v.name, v.code, o.level),
       coalesce(r.rate_of, o.rate_of), coalesce(r.rate, o.rate),
       CASE WHEN t.share IS NULL THEN o.base ELSE t.base END, coalesce(t.share, o.share),
       coalesce(t.own_sale, o.own_sale, false), t.liability_end, n.payable, n.reserve,
       CASE WHEN t.own_sale IS NULL THEN o.difference_from ELSE u.name END,
       CASE WHEN f.event_id IS NULL THEN NULL
            WHEN n.reserve < 0 AND n.payable = -n.reserve
                AND x.cause IN ('release', 'release_monthly', 'full') THEN 'release'
            WHEN cut.void THEN 'void'
            WHEN cut.standing AND cut.factor = 0 THEN 'cancelled'
            WHEN cut.standing THEN 'reduced'
            WHEN NOT cut.standing THEN 'reinstated'
            ELSE coalesce(x.cause, 'full') END,
       cut.on_day, cut.factor, cut.reason,
       coalesce(z.after + 1, date_trunc('month', z.last_day)::date), z.last_day, w.number,
       c.organisation_id
FROM t_entry n
JOIN t_part t ON t.event_id = n.event_id AND t.producer_id = n.producer_id
JOIN t_stated s ON s.run_id = :run AND s.company_id = n.payee_id AND s.currency = n.currency
JOIN company payee ON payee.pool_id = :pool AND payee.id = s.company_id
JOIN event e ON e.pool_id = :pool AND e.id = n.event_id
JOIN contract c ON c.pool_id = :pool AND c.id = e.contract_id
JOIN product p ON p.pool_id = :pool AND p.id = t.product_id
JOIN insurer i ON i.pool_id = :pool AND i.id = p.insurer_id
JOIN producer d ON d.pool_id = :pool AND d.id = n.producer_id
LEFT JOIN customer h ON h.pool_id = :pool AND h.id = c.holder_id
LEFT JOIN producer u ON u.pool_id = :pool AND u.id = t.below_id
LEFT JOIN career_level v ON v.pool_id = :pool AND v.id = t.level_id
LEFT JOIN t_event_before f ON f.event_id = n.event_id
LEFT JOIN t_entry_before b ON b.event_id = n.event_id AND b.producer_id = n.producer_id
LEFT JOIN rule r ON r.pool_id = :pool AND r.id = coalesce(n.rule_id, b.rule_id)
LEFT JOIN reason x ON x.event_id = n.event_id
-- the period whose booking is corrected, and the statement it stood on
LEFT JOIN settlement_run y ON y.pool_id = :pool AND y.id = coalesce(b.first_run, f.first_run)
LEFT JOIN period z ON z.pool_id = :pool AND z.id = y.period_id
LEFT JOIN t_stated w ON w.run_id = b.first_run AND w.company_id = b.payee_id
    AND w.currency = n.currency
-- the line of the last booking
LEFT JOIN t_stated k ON k.run_id = b.last_run AND k.company_id = b.payee_id
    AND k.currency = n.currency
LEFT JOIN statement_line o ON o.pool_id = :pool AND o.statement_id = k.id
    AND o.event_id = n.event_id AND o.producer_id = n.producer_id
-- the cut that came, or went, since the run before
LEFT JOIN LATERAL (
    SELECT g.on_day, g.void, g.factor, g.reason,
           (g.superseded_at IS NULL OR g.superseded_at > :known) AS standing
    FROM contract_cut g
    WHERE f.event_id IS NOT NULL AND g.pool_id = :pool AND g.contract_id = e.contract_id
        AND (g.void OR g.on_day >= e.effective) AND g.on_day <= :through AND g.recorded_at <= :known
        AND (g.recorded_at > :before_known OR g.on_day > :before_through
            OR g.superseded_at > :before_known)
    ORDER BY (g.superseded_at IS NULL OR g.superseded_at > :known) DESC, g.on_day DESC
    LIMIT 1
) cut ON true
