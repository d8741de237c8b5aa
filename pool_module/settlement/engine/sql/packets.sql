-- Old work: each event once with a cause, in packets of whole events.
INSERT INTO run_event (pool_id, run_id, packet, event_id, cause, booked)
SELECT :pool, :run,
       :first_packet + (row_number() OVER (ORDER BY d.event_id) - 1)::int / :size,
       d.event_id, d.cause,
       d.cause <> 'new' OR (e.due <= :booked_through AND e.recorded_at <= :booked_known)
FROM (SELECT event_id, min(cause) AS cause FROM t_due GROUP BY event_id) d
JOIN event e ON e.pool_id = :pool AND e.id = d.event_id;

INSERT INTO run_packet (pool_id, run_id, number, events)
SELECT pool_id, run_id, packet, count(*)
FROM run_event
WHERE pool_id = :pool AND run_id = :run AND packet >= :first_packet
GROUP BY pool_id, run_id, packet
