-- Shares and chains: for every share of an event its money parts (by differences of rounded
-- cumulative sums) and the line of producers above its seller, each with level and group.
CREATE TEMP TABLE t_line ON COMMIT PRESERVE ROWS AS
SELECT e.event_id, s.position, c.depth, c.producer_id, s.share,
       e.kind, e.product_id, e.currency, e.organisation_id, e.division_id, e.rate_day,
       CASE WHEN s.share = 1 THEN e.basis
            ELSE round(e.basis * s.share_to, 2) - round(e.basis * s.share_from, 2) END AS basis,
       CASE WHEN s.share = 1 THEN e.received
            ELSE round(e.received * s.share_to, 2) - round(e.received * s.share_from, 2) END
           AS received,
       e.units * s.share AS units,
       k.level_id, g.group_id
FROM t_event e
JOIN contract_share s ON s.pool_id = :pool AND s.contract_id = e.contract_id
    AND s.recorded_at <= :known AND (s.superseded_at IS NULL OR s.superseded_at > :known)
    AND s.valid @> e.effective
JOIN t_chain c ON c.seller_id = s.producer_id
    AND c.from_day <= e.hierarchy_day AND c.to_day > e.hierarchy_day
LEFT JOIN t_career k ON k.producer_id = c.producer_id
    AND k.from_day <= e.level_day AND k.to_day > e.level_day
LEFT JOIN t_group g ON g.producer_id = c.producer_id
    AND g.from_day <= e.rate_day AND g.to_day > e.rate_day
