-- The event with its reference dates, agreement and fractions, as laid out.
SELECT e.event_id, v.ref, e.kind, e.effective, v.due, v.basis, v.received, v.units, e.sign,
       e.currency, c.number AS contract, p.code AS product, p.name AS product_name,
       i.code AS insurer, l.code AS line, o.name AS organisation, d.name AS division,
       e.rate_day, e.level_day, e.hierarchy_day,
       e.agreement_id, e.months AS liability_months, e.liability_end, e.reserve_rate,
       a.full_liability_months, a.earning, a.reserve_release,
       e.earned, e.earned_of, e.void, e.under_reserve, e.held, e.held_of, e.receivable
FROM t_event e
JOIN event v ON v.pool_id = :pool AND v.id = e.event_id
JOIN contract c ON c.pool_id = :pool AND c.id = e.contract_id
JOIN product p ON p.pool_id = :pool AND p.id = e.product_id
JOIN insurer i ON i.pool_id = :pool AND i.id = p.insurer_id
JOIN line_of_business l ON l.pool_id = :pool AND l.id = p.line_id
LEFT JOIN agreement a ON a.pool_id = :pool AND a.id = e.agreement_id
LEFT JOIN organisation o ON o.pool_id = :pool AND o.id = e.organisation_id
LEFT JOIN division d ON d.pool_id = :pool AND d.id = e.division_id
