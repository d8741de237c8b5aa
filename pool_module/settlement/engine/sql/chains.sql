-- Shares: for every share of an event its money parts, by differences of rounded cumulative sums.
INSERT INTO t_share (event_id, position, seller_id, share, scope_id, basis, received, units,
                     rate_day, level_day, hierarchy_day, effective, sign, earned, earned_of,
                     under_reserve, reserve_rate, held, held_of)
SELECT e.event_id, s.position, s.producer_id, s.share, o.scope_id,
       CASE WHEN s.share = 1 THEN e.basis
            ELSE round(e.basis * s.share_to, 2) - round(e.basis * s.share_from, 2) END,
       CASE WHEN s.share = 1 THEN e.received
            ELSE round(e.received * s.share_to, 2) - round(e.received * s.share_from, 2) END,
       e.units * s.share, e.rate_day, e.level_day, e.hierarchy_day, e.effective, e.sign,
       e.earned, e.earned_of, e.under_reserve, e.reserve_rate, e.held, e.held_of
FROM t_event e
JOIN t_scope o ON o.kind = e.kind AND o.product_id = e.product_id AND o.currency = e.currency
    AND o.organisation_id = CASE WHEN e.organisation_id IN (SELECT organisation_id FROM t_rule)
                                 THEN e.organisation_id ELSE 0 END
    AND o.division_id = CASE WHEN e.division_id IN (SELECT division_id FROM t_rule)
                             THEN e.division_id ELSE 0 END
JOIN contract_share s ON s.pool_id = :pool AND s.contract_id = e.contract_id
    AND s.contract_id BETWEEN :first_contract AND :last_contract
    AND s.recorded_at <= :known AND (s.superseded_at IS NULL OR s.superseded_at > :known)
    AND s.valid @> e.effective;

{{line_upward}}
