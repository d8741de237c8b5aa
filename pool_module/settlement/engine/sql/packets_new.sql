-- New work: events that came due, or were recorded, since the last look, as stretches of ids.
INSERT INTO run_packet (pool_id, run_id, number, events, first_event, last_event, since_through,
                        since_known)
SELECT :pool, :run, :first_packet + n, count(*), min(id), max(id), :since_through, :since_known
FROM (
    SELECT e.id, ((row_number() OVER (ORDER BY e.id) - 1) / :size)::int AS n
    FROM event e
    WHERE e.pool_id = :pool AND e.due <= :through AND e.recorded_at <= :known
        AND (e.due > :since_through OR e.recorded_at > :since_known)
) x
GROUP BY n
