-- Pieces: up the line a member takes part only above the highest gross amount so far, and gets
-- the difference; the chain sums to R(highest gross amount * f). R never falls where amounts rise,
-- so the highest rounded amount is the rounded highest.
WITH gross AS (
    SELECT l.share_id, l.depth, l.producer_id, l.level_id, l.group_id,
           s.event_id, s.position, s.share, s.effective, s.sign, s.under_reserve, s.reserve_rate,
           s.held, s.held_of, s.earned, s.earned_of, w.rule_id, w.rate_of, w.rate,
           CASE w.rate_of WHEN 'basis' THEN s.basis * w.rate
                          WHEN 'received' THEN s.received * w.rate
                          WHEN 'unit' THEN s.units * w.rate
                          ELSE s.share * w.rate END AS gross
    FROM t_line l
    JOIN t_share s ON s.share_id = l.share_id
    JOIN t_winner w ON w.scope_id = l.scope_id AND w.level_id = l.level_id
        AND w.own_id = l.own_id AND w.own_group_id = l.own_group_id
        AND w.from_day <= l.rate_day AND w.to_day > l.rate_day
    OFFSET 0  -- computed once, not wherever it is named
),
rounded AS (
    SELECT g.*, cents(gross, earned, earned_of) AS amount FROM gross g OFFSET 0
),
topped AS (
    SELECT r.*,
           coalesce(max(gross) OVER below, 0) AS top,
           coalesce(max(amount) OVER below, 0) AS top_amount
    FROM rounded r
    WINDOW below AS (PARTITION BY share_id ORDER BY depth
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT t.event_id, t.position, t.depth, t.producer_id, nullif(t.level_id, 0) AS level_id,
       t.group_id, t.share, t.rule_id, t.rate_of, t.rate, t.gross, t.top,
       t.sign * (t.amount - t.top_amount) AS piece,
       coalesce(o.rate, t.reserve_rate) AS reserve_rate,
       CASE WHEN t.under_reserve AND t.amount > t.top_amount
            THEN cents((t.amount - t.top_amount) * coalesce(o.rate, t.reserve_rate),
                       t.held, t.held_of)
            ELSE 0 END AS reserve
FROM topped t
LEFT JOIN t_own_reserve o ON t.under_reserve AND o.producer_id = t.producer_id
    AND o.from_day <= t.effective AND o.to_day > t.effective
WHERE t.gross > t.top
