"""Where the rates have gaps: nobody's rule, rules that never apply, rules that run out."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import RowMapping, text

from shared.actor import Actor
from shared.db import Session

EXPIRING = timedelta(days=60)
SHOWN = 200
# products, kinds and levels for which an agreement brings in something and no rule pays out
MISSING = text("""
    WITH agreed AS (
        SELECT DISTINCT ON (p.id, a.kind) p.id AS product_id, a.kind, a.id AS agreement_id,
               a.incoming_rate
        FROM product p
        JOIN agreement a ON a.pool_id = :pool AND a.superseded_at IS NULL
            AND a.valid @> CAST(:day AS date)
            AND (a.product_id = p.id OR a.line_id = p.line_id OR a.insurer_id = p.insurer_id)
        WHERE p.pool_id = :pool AND p.state = 'active'
            AND p.insurer_id <> ALL ((SELECT hidden_insurers())::int[])
        ORDER BY p.id, a.kind, CASE WHEN a.product_id IS NOT NULL THEN 3
            WHEN a.line_id IS NOT NULL THEN 2 ELSE 1 END DESC
    ),
    person AS (
        SELECT d.id AS producer_id, c.level_id, g.group_id
        FROM producer d
        LEFT JOIN career c ON c.pool_id = :pool AND c.producer_id = d.id
            AND c.superseded_at IS NULL AND c.valid @> CAST(:day AS date)
        LEFT JOIN producer_group g ON g.pool_id = :pool AND g.producer_id = d.id
            AND g.superseded_at IS NULL AND g.valid @> CAST(:day AS date)
        WHERE d.pool_id = :pool AND NOT d.house AND NOT EXISTS (
            SELECT 1 FROM producer_status s WHERE s.pool_id = :pool AND s.producer_id = d.id
                AND NOT s.active AND s.superseded_at IS NULL AND s.valid @> CAST(:day AS date))
    ),
    standing AS (
        SELECT * FROM rule r WHERE r.pool_id = :pool AND r.superseded_at IS NULL
            AND r.valid @> CAST(:day AS date)
            AND r.organisation_id IS NULL AND r.division_id IS NULL
    ),
    bare AS (
        SELECT a.product_id, a.kind, a.agreement_id, l.level_id
        FROM agreed a
        JOIN product p ON p.pool_id = :pool AND p.id = a.product_id
        CROSS JOIN (SELECT DISTINCT level_id FROM person) l
        WHERE coalesce(a.incoming_rate, 1) <> 0 AND NOT EXISTS (
            SELECT 1 FROM standing r
            WHERE r.kind = a.kind
                AND (r.product_id IS NULL OR r.product_id = p.id)
                AND (r.line_id IS NULL OR r.line_id = p.line_id)
                AND (r.insurer_id IS NULL OR r.insurer_id = p.insurer_id)
                AND r.producer_id IS NULL AND r.group_id IS NULL
                AND (r.level_id IS NULL OR r.level_id = l.level_id))
    )
    SELECT b.product_id, p.code AS product_code, p.name AS product, i.name AS insurer, b.kind,
           b.agreement_id, b.level_id, k.code AS level, count(*) AS producers
    FROM bare b
    JOIN product p ON p.pool_id = :pool AND p.id = b.product_id
    JOIN insurer i ON i.pool_id = :pool AND i.id = p.insurer_id
    JOIN person w ON w.level_id IS NOT DISTINCT FROM b.level_id
    LEFT JOIN career_level k ON k.pool_id = :pool AND k.id = b.level_id
    WHERE NOT EXISTS (
        SELECT 1 FROM standing r
        WHERE r.kind = b.kind
            AND (r.product_id IS NULL OR r.product_id = p.id)
            AND (r.line_id IS NULL OR r.line_id = p.line_id)
            AND (r.insurer_id IS NULL OR r.insurer_id = p.insurer_id)
            AND (r.producer_id = w.producer_id OR r.group_id = w.group_id))
    GROUP BY b.product_id, p.code, p.name, i.name, b.kind, b.agreement_id, b.level_id, k.code,
             k.rank
    ORDER BY i.name, p.name, b.kind, k.rank NULLS FIRST
    LIMIT :shown""")
# standing rules that no sale can meet from a day on, with the reason
UNREACHABLE = text("""
    WITH standing AS (
        SELECT r.*,
               CASE WHEN product_id IS NOT NULL THEN 3 WHEN line_id IS NOT NULL THEN 2
                    WHEN insurer_id IS NOT NULL THEN 1 ELSE 0 END * 1000
               + CASE WHEN producer_id IS NOT NULL THEN 3 WHEN group_id IS NOT NULL THEN 2
                      WHEN level_id IS NOT NULL THEN 1 ELSE 0 END * 100
               + CASE WHEN division_id IS NOT NULL THEN 2 WHEN organisation_id IS NOT NULL THEN 1
                      ELSE 0 END * 10
               + CASE WHEN upper_inf(valid) THEN 0 ELSE 1 END AS rank,
               r.valid * daterange(CAST(:day AS date), NULL) AS ahead
        FROM rule r
        WHERE r.pool_id = :pool AND r.superseded_at IS NULL
            AND r.valid && daterange(CAST(:day AS date), NULL)
    ),
    meets AS (
        SELECT s.id AS rule_id, p.id AS product_id, p.line_id, p.insurer_id
        FROM standing s
        JOIN product p ON p.pool_id = :pool AND p.state = 'active'
            AND (s.product_id IS NULL OR s.product_id = p.id)
            AND (s.line_id IS NULL OR s.line_id = p.line_id)
            AND (s.insurer_id IS NULL OR s.insurer_id = p.insurer_id)
        WHERE num_nonnulls(s.product_id, s.line_id, s.insurer_id) = 1
    ),
    reason AS (
        SELECT s.id AS rule_id, CASE
            WHEN num_nonnulls(s.product_id, s.line_id, s.insurer_id) = 1
                AND NOT EXISTS (SELECT 1 FROM meets m WHERE m.rule_id = s.id)
                THEN 'no_product'
            WHEN s.group_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM producer_group g WHERE g.pool_id = :pool
                    AND g.group_id = s.group_id AND g.superseded_at IS NULL
                    AND g.valid && s.ahead) THEN 'nobody'
            WHEN s.level_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM career c WHERE c.pool_id = :pool
                    AND c.level_id = s.level_id AND c.superseded_at IS NULL
                    AND c.valid && s.ahead) THEN 'nobody'
            WHEN num_nonnulls(s.product_id, s.line_id, s.insurer_id) = 1 AND NOT EXISTS (
                SELECT 1 FROM meets m
                WHERE m.rule_id = s.id AND NOT EXISTS (
                    -- a higher rule that takes the same people, units and days of this product
                    SELECT 1 FROM standing b
                    WHERE b.kind = s.kind AND b.rank > s.rank AND b.id <> s.id
                        AND (b.product_id IS NULL OR b.product_id = m.product_id)
                        AND (b.line_id IS NULL OR b.line_id = m.line_id)
                        AND (b.insurer_id IS NULL OR b.insurer_id = m.insurer_id)
                        AND (b.producer_id IS NULL OR b.producer_id = s.producer_id)
                        AND (b.group_id IS NULL OR b.group_id = s.group_id)
                        AND (b.level_id IS NULL OR b.level_id = s.level_id)
                        AND (b.organisation_id IS NULL OR b.organisation_id = s.organisation_id)
                        AND (b.division_id IS NULL OR b.division_id = s.division_id)
                        AND (b.currency IS NULL OR b.currency = s.currency)
                        AND b.valid @> s.ahead)) THEN 'outranked'
            END AS why
        FROM standing s
    )
    SELECT rule_id AS id, why FROM reason WHERE why IS NOT NULL
    ORDER BY why, rule_id LIMIT :shown""")
RUNNING_OUT = text("""
    SELECT r.id FROM rule r
    WHERE r.pool_id = :pool AND r.superseded_at IS NULL AND upper(r.valid) > CAST(:day AS date)
        AND upper(r.valid) <= CAST(:until AS date)
    ORDER BY upper(r.valid), r.code LIMIT :shown""")


def products_without_rule(session: Session, actor: Actor, day: date) -> Sequence[RowMapping]:
    """Active products, agreed kinds and levels for which nobody's rule pays on a day.

    Rows: product_id, product_code, product, insurer, kind, agreement_id, level_id, level (None:
    producers without a level), producers (how many are left without a rate).
    """
    asked = {"pool": actor.pool_id, "day": day, "shown": SHOWN}
    return session.execute(MISSING, asked).mappings().all()


def unreachable_rules(session: Session, actor: Actor, day: date) -> list[tuple[int, str]]:
    """Standing rules that can't apply from a day on: (number, why).

    ``no_product``: nothing active is in their scope; ``nobody``: no producer has the level or is in
    the group; ``outranked``: for every product a higher rule takes all their people and days.
    """
    asked = {"pool": actor.pool_id, "day": day, "shown": SHOWN}
    return [(row.id, row.why) for row in session.execute(UNREACHABLE, asked)]


def rules_running_out(session: Session, actor: Actor, day: date) -> list[int]:
    """Standing rules that end within 60 days, the soonest first."""
    asked = {"pool": actor.pool_id, "day": day, "until": day + EXPIRING, "shown": SHOWN}
    return list(session.scalars(RUNNING_OUT, asked))
