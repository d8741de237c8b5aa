-- The events a change can touch: those booked before (t_due holds what its facts reach), and, where
-- asked for, those of the structure that the next settlement will look at for the first time.
CREATE TEMP TABLE t_touched ON COMMIT PRESERVE ROWS AS
SELECT DISTINCT d.event_id, true AS booked
FROM t_due d
JOIN event e ON e.pool_id = :pool AND e.id = d.event_id AND e.recorded_at <= :booked_known
UNION ALL
SELECT DISTINCT e.id, false
FROM contract_share s
JOIN event e ON e.pool_id = :pool AND e.contract_id = s.contract_id
    AND e.due <= :through AND (e.due > :booked_through OR e.recorded_at > :booked_known)
WHERE :upcoming AND s.pool_id = :pool AND s.superseded_at IS NULL
    AND s.producer_id = ANY(CAST(:watched AS int[]));

-- what is booked of an event and what a settlement would add, without the change (0) and with it (1)
CREATE TEMP TABLE t_side (
    side smallint, event_id bigint, producer_id int, payee_id int, payable numeric,
    reserve numeric, booked_payable numeric, booked_reserve numeric
) ON COMMIT PRESERVE ROWS;

CREATE TEMP TABLE t_side_event (
    side smallint, event_id bigint, contract_id bigint, currency text, receivable numeric,
    paid numeric
) ON COMMIT PRESERVE ROWS
