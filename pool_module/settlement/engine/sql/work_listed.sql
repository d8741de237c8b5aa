-- The events of a packet that lists them.
INSERT INTO t_work (event_id, booked)
SELECT event_id, booked
FROM run_event
WHERE pool_id = :pool AND run_id = :run AND packet = :number
