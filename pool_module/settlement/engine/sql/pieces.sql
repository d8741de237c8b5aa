-- Pieces: up the line a member takes part only above the highest gross amount so far, and gets
-- the difference; the chain sums to R(highest gross amount * f).
CREATE TEMP TABLE t_piece ON COMMIT PRESERVE ROWS AS
WITH gross AS (
    SELECT l.event_id, l.position, l.depth, l.producer_id, l.level_id, l.group_id, l.share,
           w.rule_id, w.rate_of, w.rate,
           CASE w.rate_of WHEN 'basis' THEN l.basis * w.rate
                          WHEN 'received' THEN l.received * w.rate
                          WHEN 'unit' THEN l.units * w.rate
                          ELSE l.share * w.rate END AS gross
    FROM t_line l
    JOIN t_winner w ON w.kind = l.kind AND w.product_id = l.product_id
        AND w.level_id = coalesce(l.level_id, 0) AND w.currency = l.currency
        AND w.producer_id = CASE WHEN l.producer_id = ANY(:own_producers) THEN l.producer_id
                                 ELSE 0 END
        AND w.group_id = CASE WHEN l.group_id = ANY(:own_groups) THEN l.group_id ELSE 0 END
        AND w.organisation_id = CASE WHEN l.organisation_id = ANY(:own_organisations)
                                     THEN l.organisation_id ELSE 0 END
        AND w.division_id = CASE WHEN l.division_id = ANY(:own_divisions)
                                 THEN l.division_id ELSE 0 END
        AND w.from_day <= l.rate_day AND w.to_day > l.rate_day
),
topped AS (
    SELECT *, coalesce(max(gross) OVER (PARTITION BY event_id, position ORDER BY depth
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS top
    FROM gross
),
piece AS (
    SELECT t.*, e.effective, e.sign, e.under_reserve, e.reserve_rate, e.held, e.held_of,
           e.sign * (cents(t.gross, e.earned, e.earned_of) - cents(t.top, e.earned, e.earned_of))
               AS piece
    FROM topped t
    JOIN t_event e ON e.event_id = t.event_id
    WHERE t.gross > t.top
)
SELECT p.event_id, p.position, p.depth, p.producer_id, p.level_id, p.group_id, p.share,
       p.rule_id, p.rate_of, p.rate, p.gross, p.top, p.piece,
       coalesce(o.rate, p.reserve_rate) AS reserve_rate,
       CASE WHEN p.under_reserve AND p.piece > 0
            THEN cents(p.piece * coalesce(o.rate, p.reserve_rate), p.held, p.held_of)
            ELSE 0 END AS reserve
FROM piece p
LEFT JOIN t_own_reserve o ON p.under_reserve AND o.producer_id = p.producer_id
    AND o.from_day <= p.effective AND o.to_day > p.effective
