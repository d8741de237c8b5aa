"""Clerks keep proofs; who may be the same person is asked of everybody of a name; stopped lists.

A right of its own carries proofs, checks and proposed bank details: whoever was given or denied
``companies_edit`` keeps what that meant until now. ``clearance_twins`` compared the birth dates of
the first fifty of a name alone. A list of firms whose reading was stopped says so, and can be
thrown away.
"""

from alembic import op

revision = "proofing"
down_revision = "visits"
branch_labels = None
depends_on = None

DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
POOL = "current_setting('app.pool_id')::int"
TWINS = f"""
    CREATE OR REPLACE FUNCTION clearance_twins(names text[], born date)
    RETURNS TABLE (id bigint, name text, state text, since date) LANGUAGE sql STABLE {DEFINER}
    AS $$%s$$"""
STATE = """CASE WHEN EXISTS (SELECT FROM contract k WHERE k.pool_id = c.pool_id
                       AND k.holder_id = c.id AND NOT k.private AND k.state = 'active')
                   THEN 'insured'
                   WHEN EXISTS (SELECT FROM application a WHERE a.pool_id = c.pool_id
                       AND a.customer_id = c.id AND a.state NOT IN
                       ('draft', 'withdrawn', 'rejected'))
                   THEN 'applied' ELSE 'known' END"""
APPROVED = f"""NOT EXISTS (SELECT FROM clearance_request q WHERE q.pool_id = {POOL}
                AND q.customer_id = c.id AND q.state = 'approved'
                AND coalesce(q.organisation_id, 0) = ANY ((SELECT app_organisations())::int[]))"""
# a day that is told is the pool's, not the server's
SERVERS_DAY = "c.recorded_at::date"
POOLS_DAY = f"(c.recorded_at AT TIME ZONE (SELECT time_zone FROM pool WHERE id = {POOL}))::date"
# whoever has all the words is found by them; nothing is cut off before the rest is compared
ALL = f"""
        WITH called AS MATERIALIZED (
            SELECT w.subject_id FROM search_word w
            WHERE w.pool_id = {POOL} AND w.kind = 'customer' AND w.word = ANY (names)
            GROUP BY w.subject_id
            HAVING count(*) = (SELECT count(DISTINCT one) FROM unnest(names) AS one)
        )
        SELECT c.id, concat_ws(', ', c.last_name, c.first_name), {STATE}, {POOLS_DAY}
        FROM called JOIN customer c ON c.pool_id = {POOL} AND c.id = called.subject_id
        WHERE NOT c.private AND (SELECT app_organisations()) IS NOT NULL
            AND coalesce(c.organisation_id, 0) <> ALL ((SELECT app_organisations())::int[])
            AND (c.birth_date IS NULL OR born IS NULL OR c.birth_date = born)
            AND {APPROVED}
        ORDER BY c.sort_key, c.id LIMIT 50"""
FIRST_FIFTY = f"""
        SELECT h.id, h.name, h.state, h.since
        FROM clearance_hits(names, 50) h
        JOIN customer c ON c.pool_id = {POOL} AND c.id = h.id
        WHERE (c.birth_date IS NULL OR born IS NULL OR c.birth_date = born)
            AND NOT EXISTS (SELECT FROM unnest(names) AS whole
                WHERE NOT EXISTS (SELECT FROM search_word w WHERE w.pool_id = c.pool_id
                    AND w.kind = 'customer' AND w.subject_id = c.id AND w.word = whole))
            AND NOT EXISTS (SELECT FROM clearance_request q WHERE q.pool_id = c.pool_id
                AND q.customer_id = c.id AND q.state = 'approved'
                AND coalesce(q.organisation_id, 0) = ANY (app_organisations()))"""
# what somebody said of the one right he said of what is a right of its own now
COPIED = """
    INSERT INTO role_permission (pool_id, role, permission, company_id, company_kind, allowed,
        reason, recorded_at, recorded_by)
    SELECT r.pool_id, r.role, 'companies_prove', r.company_id, r.company_kind, r.allowed,
        r.reason, r.recorded_at, r.recorded_by
    FROM role_permission r WHERE r.permission = 'companies_edit' AND r.superseded_at IS NULL"""
LIFE = "'reading','read','taking','taken','refused'"


def life_of_lists(states: str) -> None:
    op.drop_constraint(op.f("ck_firm_list_state"), "firm_list")
    op.create_check_constraint(op.f("ck_firm_list_state"), "firm_list", f"state IN ({states})")


def day_of_hits(old: str, new: str) -> str:
    """Put another day into what a search of the whole pool tells; the old one must be there."""
    old, new = (text.replace("'", "''") for text in (old, new))
    return f"""
    DO $$ DECLARE said text :=
        pg_get_functiondef('clearance_hits(text[],int,bigint)'::regprocedure); BEGIN
        ASSERT position('{old}' IN said) > 0;
        EXECUTE replace(said, '{old}', '{new}');
    END $$"""


def upgrade() -> None:
    op.execute(COPIED)
    op.execute(day_of_hits(SERVERS_DAY, POOLS_DAY))
    op.execute(TWINS % ALL)
    life_of_lists(f"{LIFE},'stopped','dropped'")


def downgrade() -> None:
    op.execute("UPDATE firm_list SET state = 'refused' WHERE state IN ('stopped','dropped')")
    life_of_lists(LIFE)
    op.execute(TWINS % FIRST_FIFTY)
    op.execute(day_of_hits(POOLS_DAY, SERVERS_DAY))
    op.execute("DELETE FROM role_permission WHERE permission = 'companies_prove'")
