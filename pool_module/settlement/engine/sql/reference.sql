-- Which date of an event rate, level and hierarchy are looked up at.
CREATE TEMP TABLE t_reference ON COMMIT PRESERVE ROWS AS
SELECT k.kind,
       coalesce(r.rate, 'event') AS rate,
       coalesce(r.level, 'event') AS level,
       coalesce(r.hierarchy, 'event') AS hierarchy
FROM unnest(ARRAY['acquisition', 'recurring', 'dynamic', 'change', 'extension', 'fee', 'other'])
    AS k (kind)
LEFT JOIN reference_dates r ON r.pool_id = :pool AND r.kind = k.kind
    AND r.recorded_at <= :known AND (r.superseded_at IS NULL OR r.superseded_at > :known)
