-- The events at work with all that holds for the event as a whole: sign and absolute amounts,
-- reference dates, agreement, the earned fraction f = earned / earned_of (null = all of it), and
-- the fraction of a reserve still held = held / held_of (null = all; 0 = none).
INSERT INTO t_event
WITH raw AS (
    SELECT e.id AS event_id, e.contract_id, e.kind, e.effective, w.booked,
           t.product_id, t.currency,
           -- a contract that names no organisation is the default one's, where there is one
           coalesce(t.organisation_id, whole.id) AS organisation_id, t.division_id,
           CASE WHEN coalesce(e.received, 0) <> 0 THEN sign(e.received)
                WHEN coalesce(e.basis, 0) <> 0 THEN sign(e.basis)
                WHEN coalesce(e.units, 0) <> 0 THEN sign(e.units) ELSE 1 END::int AS sign,
           abs(coalesce(e.basis, 0)) AS basis,
           abs(coalesce(e.received, 0)) AS received,
           abs(coalesce(e.units, 0)) AS units,
           CASE r.rate WHEN 'application' THEN coalesce(t.applied_on, e.effective)
                       WHEN 'issue' THEN coalesce(t.issued_on, e.effective)
                       ELSE e.effective END AS rate_day,
           CASE r.level WHEN 'application' THEN coalesce(t.applied_on, e.effective)
                        WHEN 'issue' THEN coalesce(t.issued_on, e.effective)
                        ELSE e.effective END AS level_day,
           CASE r.hierarchy WHEN 'application' THEN coalesce(t.applied_on, e.effective)
                            WHEN 'issue' THEN coalesce(t.issued_on, e.effective)
                            ELSE e.effective END AS hierarchy_day,
           a.agreement_id,
           coalesce(a.liability_months, 0) AS months,
           coalesce(a.full_liability_months, 0) AS full_months,
           coalesce(a.earning, 'linear_monthly') AS earning,
           coalesce(a.reserve_rate, 0) AS reserve_rate,
           coalesce(a.reserve_release, 'at_end') AS release,
           (e.effective + make_interval(months => coalesce(a.liability_months, 0)))::date
               AS liability_end
    FROM t_work w
    JOIN event e ON e.pool_id = :pool AND e.id = w.event_id
        AND e.id BETWEEN :first_event AND :last_event
    JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = e.contract_id
        AND t.recorded_at <= :known AND (t.superseded_at IS NULL OR t.superseded_at > :known)
    JOIN t_reference r ON r.kind = e.kind
    LEFT JOIN organisation whole ON whole.pool_id = :pool AND whole.is_default
    LEFT JOIN t_agreement a ON a.product_id = t.product_id AND a.kind = e.kind
        AND a.from_day <= e.effective AND a.to_day > e.effective
),
cut AS (
    SELECT raw.event_id, raw.effective, raw.months, raw.full_months, raw.earning,
           raw.liability_end, c.on_day, c.void,
           (c.factor * 1000000)::bigint AS factor,
           lag((c.factor * 1000000)::bigint, 1, 1000000::bigint)
               OVER (PARTITION BY raw.event_id ORDER BY c.on_day) AS factor_before
    FROM raw
    JOIN contract_cut c ON c.pool_id = :pool AND c.contract_id = raw.contract_id
        AND c.recorded_at <= :known AND (c.superseded_at IS NULL OR c.superseded_at > :known)
),
-- unearned part of a cut, in units of the liability: months, or days
unearned AS (
    SELECT cut.*, b.base,
           CASE WHEN on_day < effective OR on_day > :through OR on_day >= liability_end THEN 0
                WHEN m.complete < full_months THEN b.base
                WHEN earning = 'linear_daily' THEN b.base - (on_day - effective)
                ELSE months - m.complete END::bigint AS part
    FROM cut
    CROSS JOIN LATERAL (
        SELECT CASE earning WHEN 'linear_daily' THEN liability_end - effective
                    ELSE months END::bigint AS base
    ) b
    CROSS JOIN LATERAL (SELECT complete_months(effective, on_day) AS complete) m
),
fate AS (
    SELECT event_id,
           bool_or(void AND on_day <= :through) AS void,
           coalesce((array_agg(factor ORDER BY on_day DESC)
               FILTER (WHERE on_day < effective))[1], 1000000) AS factor_at_start,
           coalesce((array_agg(factor ORDER BY on_day DESC)
               FILTER (WHERE on_day <= :through))[1], 1000000) AS factor_now,
           max(base) AS base,
           sum((factor_before - factor) * part)
               FILTER (WHERE on_day BETWEEN effective AND :through) AS lost
    FROM unearned
    GROUP BY event_id
)
SELECT raw.event_id, raw.contract_id, raw.kind, raw.effective, raw.booked, raw.product_id,
       raw.currency, raw.organisation_id, raw.division_id, raw.sign, raw.basis, raw.received,
       raw.units, raw.rate_day, raw.level_day, raw.hierarchy_day, raw.agreement_id, raw.months,
       raw.reserve_rate, raw.liability_end,
       f.earned, f.earned_of,
       coalesce(fate.void, false) AS void,
       (raw.sign > 0 AND raw.months > 0 AND :through < raw.liability_end
        AND NOT coalesce(fate.void, false)
        AND coalesce(fate.factor_now, 1) <> 0) AS under_reserve,
       CASE raw.release WHEN 'pro_rata' THEN
           raw.months - complete_months(raw.effective, :through) END AS held,
       CASE raw.release WHEN 'pro_rata' THEN raw.months END AS held_of,
       raw.sign * cents(raw.received, f.earned, f.earned_of) AS receivable,
       raw.full_months, raw.earning = 'linear_daily',
       CASE WHEN fate.void THEN 0 ELSE coalesce(fate.factor_now, 1000000) END,
       coalesce(fate.factor_at_start, 1000000)
FROM raw
LEFT JOIN fate ON fate.event_id = raw.event_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN fate.void THEN 0
                WHEN fate.factor_at_start > 0 AND raw.months > 0 AND coalesce(fate.lost, 0) <> 0
                THEN fate.factor_at_start * fate.base - fate.lost END::bigint AS earned,
           CASE WHEN fate.void THEN 1
                WHEN fate.factor_at_start > 0 AND raw.months > 0 AND coalesce(fate.lost, 0) <> 0
                THEN fate.factor_at_start * fate.base END::bigint AS earned_of
) f;

-- scopes not met before
INSERT INTO t_scope (kind, product_id, organisation_id, division_id, currency)
SELECT DISTINCT e.kind, e.product_id,
       CASE WHEN e.organisation_id IN (SELECT organisation_id FROM t_rule)
            THEN e.organisation_id ELSE 0 END,
       CASE WHEN e.division_id IN (SELECT division_id FROM t_rule)
            THEN e.division_id ELSE 0 END,
       e.currency
FROM t_event e
EXCEPT
SELECT kind, product_id, organisation_id, division_id, currency FROM t_scope
