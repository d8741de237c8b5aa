-- New work: events that came due, or were recorded, since the last look, as stretches of ids.
-- Two questions, each answered by an index: history costs nothing.
INSERT INTO run_packet (pool_id, run_id, number, events, first_event, last_event, since_through,
                        since_known)
SELECT :pool, :run, :first_packet + n, count(*), min(id), max(id), :since_through, :since_known
FROM (
    SELECT id, ((row_number() OVER (ORDER BY id) - 1) / :size)::int AS n
    FROM (
        SELECT id FROM event
        WHERE pool_id = :pool AND due > :since_through AND due <= :through
            AND recorded_at <= :known
        UNION ALL
        SELECT id FROM event
        WHERE pool_id = :pool AND recorded_at > :since_known AND recorded_at <= :known
            AND due <= :since_through
    ) fresh
) x
GROUP BY n
