-- The cuts of the contract as known, in date order.
SELECT c.on_day, c.factor, c.void, c.reason, c.recorded_at, c.recorded_by
FROM t_event e
JOIN contract_cut c ON c.pool_id = :pool AND c.contract_id = e.contract_id
    AND c.recorded_at <= :known AND (c.superseded_at IS NULL OR c.superseded_at > :known)
ORDER BY c.on_day
