-- A question without an event: who would sell what, for how much, on which day. One share of all of it.
INSERT INTO t_scope (kind, product_id, organisation_id, division_id, currency)
SELECT CAST(:kind AS text), CAST(:product AS int),
       CASE WHEN :organisation IN (SELECT organisation_id FROM t_rule) THEN :organisation ELSE 0 END,
       CASE WHEN :division IN (SELECT division_id FROM t_rule) THEN :division ELSE 0 END,
       CAST(:currency AS text)
EXCEPT
SELECT kind, product_id, organisation_id, division_id, currency FROM t_scope;

INSERT INTO t_share (event_id, position, seller_id, share, scope_id, basis, received, units,
                     rate_day, level_day, hierarchy_day, effective, sign, under_reserve,
                     reserve_rate)
SELECT 0, 0, :seller, 1, o.scope_id, :basis, :received, :units,
       CASE r.rate WHEN 'application' THEN coalesce(CAST(:applied AS date), :day)
                   WHEN 'issue' THEN coalesce(CAST(:issued AS date), :day) ELSE :day END,
       CASE r.level WHEN 'application' THEN coalesce(CAST(:applied AS date), :day)
                    WHEN 'issue' THEN coalesce(CAST(:issued AS date), :day) ELSE :day END,
       CASE r.hierarchy WHEN 'application' THEN coalesce(CAST(:applied AS date), :day)
                        WHEN 'issue' THEN coalesce(CAST(:issued AS date), :day) ELSE :day END,
       :day, 1, false, 0
FROM t_reference r
JOIN t_scope o ON o.kind = r.kind AND o.product_id = :product AND o.currency = :currency
    AND o.organisation_id =
        CASE WHEN :organisation IN (SELECT organisation_id FROM t_rule) THEN :organisation ELSE 0 END
    AND o.division_id =
        CASE WHEN :division IN (SELECT division_id FROM t_rule) THEN :division ELSE 0 END
WHERE r.kind = :kind;

{{line_upward}}
