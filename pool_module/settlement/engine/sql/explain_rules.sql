-- The rules that met one line's question on its day, the winner first.
SELECT u.id AS rule_id, u.code, r.rank, r.rate_of, r.rate, u.valid, u.recorded_by, u.recorded_at
FROM t_line t
JOIN t_share s ON s.share_id = t.share_id
JOIN t_scope c ON c.scope_id = t.scope_id
JOIN product p ON p.pool_id = :pool AND p.id = c.product_id
JOIN t_rule r ON r.kind = c.kind AND r.from_day <= t.rate_day AND r.to_day > t.rate_day
    AND (r.product_id IS NULL OR r.product_id = p.id)
    AND (r.line_id IS NULL OR r.line_id = p.line_id)
    AND (r.insurer_id IS NULL OR r.insurer_id = p.insurer_id)
    AND (r.producer_id IS NULL OR r.producer_id = t.own_id)
    AND (r.group_id IS NULL OR r.group_id = t.own_group_id)
    AND (r.level_id IS NULL OR r.level_id = t.level_id)
    AND (r.organisation_id IS NULL OR r.organisation_id = c.organisation_id)
    AND (r.division_id IS NULL OR r.division_id = c.division_id)
    AND (r.currency IS NULL OR r.currency = c.currency)
JOIN rule u ON u.pool_id = :pool AND u.id = r.rule_id
WHERE s.position = :position AND t.depth = :depth
ORDER BY r.rank DESC
