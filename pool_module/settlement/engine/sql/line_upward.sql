-- Chains: the line of producers above each share's seller, each with level and group.
INSERT INTO t_line
SELECT s.share_id, c.depth, c.producer_id, s.scope_id, coalesce(k.level_id, 0), c.own_id,
       coalesce(g.own_id, 0), g.group_id, s.rate_day
FROM t_share s
JOIN t_chain c ON c.seller_id = s.seller_id
    AND c.from_day <= s.hierarchy_day AND c.to_day > s.hierarchy_day
LEFT JOIN t_career k ON k.producer_id = c.producer_id
    AND k.from_day <= s.level_day AND k.to_day > s.level_day
LEFT JOIN t_group g ON g.producer_id = c.producer_id
    AND g.from_day <= s.rate_day AND g.to_day > s.rate_day
