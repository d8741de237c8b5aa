-- Everything due: for a full recalculation.
INSERT INTO t_due (event_id, cause)
SELECT e.id,
       CASE WHEN e.due > :since_through OR e.recorded_at > :since_known THEN 'new' ELSE 'full' END
FROM event e
WHERE e.pool_id = :pool AND e.due <= :through AND e.recorded_at <= :known
