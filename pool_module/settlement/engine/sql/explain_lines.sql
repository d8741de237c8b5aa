-- Every share with everybody above its seller: who took part with what, who was passed over and why.
WITH RECURSIVE line AS (
    SELECT s.position, s.seller_id, s.seller_id AS producer_id, 0 AS depth, s.share,
           s.hierarchy_day, s.event_id
    FROM t_share s
    UNION ALL
    SELECT l.position, l.seller_id, f.parent_id, l.depth + 1, l.share, l.hierarchy_day, l.event_id
    FROM line l
    JOIN placement f ON f.pool_id = :pool AND f.producer_id = l.producer_id
        AND f.recorded_at <= :known AND (f.superseded_at IS NULL OR f.superseded_at > :known)
        AND f.valid @> l.hierarchy_day
    JOIN producer seller ON seller.pool_id = :pool AND seller.id = l.seller_id AND NOT seller.house
)
SELECT l.position, l.depth, d.code AS producer, d.name AS producer_name, l.share,
       s.basis, s.received, s.units, k.code AS level, g.code AS commission_group,
       u.code AS rule, w.rate_of, w.rate,
       CASE w.rate_of WHEN 'basis' THEN s.basis * w.rate WHEN 'received' THEN s.received * w.rate
                      WHEN 'unit' THEN s.units * w.rate WHEN 'fixed' THEN s.share * w.rate END
           AS gross,
       p.top, p.piece, p.reserve_rate, p.reserve,
       CASE WHEN d.house THEN 'house' WHEN t.share_id IS NULL THEN 'inactive'
            WHEN w.rule_id IS NULL THEN 'no_rule' WHEN p.piece IS NULL THEN 'not_above'
            END AS passed_over,
       t.scope_id, t.level_id, t.own_id, t.own_group_id, l.producer_id
FROM line l
JOIN producer d ON d.pool_id = :pool AND d.id = l.producer_id
LEFT JOIN t_share s ON s.position = l.position
LEFT JOIN t_line t ON t.share_id = s.share_id AND t.depth = l.depth
LEFT JOIN t_winner w ON w.scope_id = t.scope_id AND w.level_id = t.level_id
    AND w.own_id = t.own_id AND w.own_group_id = t.own_group_id
    AND w.from_day <= t.rate_day AND w.to_day > t.rate_day
LEFT JOIN rule u ON u.pool_id = :pool AND u.id = w.rule_id
LEFT JOIN career_level k ON k.pool_id = :pool AND k.id = t.level_id
LEFT JOIN commission_group g ON g.pool_id = :pool AND g.id = t.group_id
LEFT JOIN t_piece p ON p.position = l.position AND p.depth = l.depth
ORDER BY l.position, l.depth
