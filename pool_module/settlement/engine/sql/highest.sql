-- The highest rate that goes out, beside what comes in, by product, kind and what the rate is of.
SELECT DISTINCT ON (s.product_id, s.kind, w.rate_of)
       s.product_id, s.kind, w.rate_of, w.rate, w.rule_id, r.code AS rule, a.agreement_id,
       g.incoming_of, g.incoming_rate
FROM t_scope s
JOIN t_agreement a ON a.product_id = s.product_id AND a.kind = s.kind
    AND a.from_day <= :day AND a.to_day > :day
JOIN agreement g ON g.pool_id = :pool AND g.id = a.agreement_id
LEFT JOIN t_winner w ON w.scope_id = s.scope_id AND w.from_day <= :day AND w.to_day > :day
LEFT JOIN rule r ON r.pool_id = :pool AND r.id = w.rule_id
WHERE s.product_id = ANY(CAST(:products AS int[]))
ORDER BY s.product_id, s.kind, w.rate_of, w.rate DESC NULLS LAST, w.rule_id
