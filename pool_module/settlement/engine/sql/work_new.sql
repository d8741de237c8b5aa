-- The events of a packet of new ones.
INSERT INTO t_work (event_id, booked)
SELECT e.id, false
FROM event e
WHERE e.pool_id = :pool AND e.id BETWEEN :first_event AND :last_event
    AND e.due <= :through AND e.recorded_at <= :known
    AND (e.due > :since_through OR e.recorded_at > :since_known)
