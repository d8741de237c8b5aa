-- New work: events that came due, or were recorded, since the last look.
INSERT INTO t_due (event_id, cause)
SELECT e.id, 'new'
FROM event e
WHERE e.pool_id = :pool AND e.due <= :through AND e.recorded_at <= :known
    AND (e.due > :since_through OR e.recorded_at > :since_known)
