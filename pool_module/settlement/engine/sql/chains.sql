-- Shares and chains: for every share of an event its money parts (by differences of rounded
-- cumulative sums) and the line of producers above its seller, each with level and group.
INSERT INTO t_line
SELECT e.event_id, s.position, c.depth, c.producer_id, s.share, o.scope_id,
       coalesce(k.level_id, 0), c.own_id, coalesce(g.own_id, 0), g.group_id, e.rate_day,
       CASE WHEN s.share = 1 THEN e.basis
            ELSE round(e.basis * s.share_to, 2) - round(e.basis * s.share_from, 2) END,
       CASE WHEN s.share = 1 THEN e.received
            ELSE round(e.received * s.share_to, 2) - round(e.received * s.share_from, 2) END,
       e.units * s.share, e.effective, e.sign, e.earned, e.earned_of,
       e.under_reserve, e.reserve_rate, e.held, e.held_of
FROM t_event e
JOIN t_scope o ON o.kind = e.kind AND o.product_id = e.product_id AND o.currency = e.currency
    AND o.organisation_id = CASE WHEN e.organisation_id IN (SELECT organisation_id FROM t_rule)
                                 THEN e.organisation_id ELSE 0 END
    AND o.division_id = CASE WHEN e.division_id IN (SELECT division_id FROM t_rule)
                             THEN e.division_id ELSE 0 END
JOIN contract_share s ON s.pool_id = :pool AND s.contract_id = e.contract_id
    AND s.contract_id BETWEEN (SELECT min(contract_id) FROM t_event)
        AND (SELECT max(contract_id) FROM t_event)
    AND s.recorded_at <= :known AND (s.superseded_at IS NULL OR s.superseded_at > :known)
    AND s.valid @> e.effective
JOIN t_chain c ON c.seller_id = s.producer_id
    AND c.from_day <= e.hierarchy_day AND c.to_day > e.hierarchy_day
LEFT JOIN t_career k ON k.producer_id = c.producer_id
    AND k.from_day <= e.level_day AND k.to_day > e.level_day
LEFT JOIN t_group g ON g.producer_id = c.producer_id
    AND g.from_day <= e.rate_day AND g.to_day > e.rate_day
