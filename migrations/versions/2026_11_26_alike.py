"""Who may be the same person elsewhere: somebody of a longer, shorter or double name as well.

``clearance_twins`` asked for all the words typed, so that a second first name, a title or a double
name went past another organisation's customer of the same birth date. It answers with names alone
now, of everybody who shares a word and the birth date, or two words; the rule in code (one for the
own organisation and for others) says who of them stands for the same person.
"""

from alembic import op

revision = "alike"
down_revision = "closed"
branch_labels = None
depends_on = None

DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
POOL = "current_setting('app.pool_id')::int"
TWINS = "clearance_twins(names text[], born date)"
OTHERS = f"""NOT c.private AND (SELECT app_organisations()) IS NOT NULL
            AND coalesce(c.organisation_id, 0) <> ALL ((SELECT app_organisations())::int[])
            AND (c.birth_date IS NULL OR born IS NULL OR c.birth_date = born)
            AND NOT EXISTS (SELECT FROM clearance_request q WHERE q.pool_id = {POOL}
                AND q.customer_id = c.id AND q.state = 'approved'
                AND coalesce(q.organisation_id, 0) = ANY ((SELECT app_organisations())::int[]))"""
SHARING = f"""
        WITH called AS MATERIALIZED (
            SELECT w.subject_id, count(*) AS shared,
                count(*) = (SELECT count(DISTINCT one) FROM unnest(names) AS one) AS whole
            FROM search_word w
            WHERE w.pool_id = {POOL} AND w.kind = 'customer' AND w.word = ANY (names)
            GROUP BY w.subject_id
        )
        SELECT c.id, c.last_name, c.first_name, c.legal_person, called.whole,
            (c.birth_date = born) IS TRUE
        FROM called JOIN customer c ON c.pool_id = {POOL} AND c.id = called.subject_id
        WHERE {OTHERS} AND (called.whole OR called.shared > 1 OR c.birth_date = born)
        ORDER BY c.sort_key, c.id"""
SHARING_TABLE = """TABLE (id bigint, last_name text, first_name text, legal_person boolean,
        whole boolean, dated boolean)"""
# as the migration ``proofing`` has it
WHOLE = f"""
        WITH called AS MATERIALIZED (
            SELECT w.subject_id FROM search_word w
            WHERE w.pool_id = {POOL} AND w.kind = 'customer' AND w.word = ANY (names)
            GROUP BY w.subject_id
            HAVING count(*) = (SELECT count(DISTINCT one) FROM unnest(names) AS one)
        )
        SELECT c.id, concat_ws(', ', c.last_name, c.first_name),
            CASE WHEN EXISTS (SELECT FROM contract k WHERE k.pool_id = c.pool_id
                       AND k.holder_id = c.id AND NOT k.private AND k.state = 'active')
                   THEN 'insured'
                   WHEN EXISTS (SELECT FROM application a WHERE a.pool_id = c.pool_id
                       AND a.customer_id = c.id AND a.state NOT IN
                       ('draft', 'withdrawn', 'rejected'))
                   THEN 'applied' ELSE 'known' END,
            (c.recorded_at AT TIME ZONE (SELECT time_zone FROM pool WHERE id = {POOL}))::date
        FROM called JOIN customer c ON c.pool_id = {POOL} AND c.id = called.subject_id
        WHERE {OTHERS}
        ORDER BY c.sort_key, c.id LIMIT 50"""
WHOLE_TABLE = "TABLE (id bigint, name text, state text, since date)"


def answer(table: str, body: str) -> None:
    op.execute("DROP FUNCTION clearance_twins(text[], date)")
    op.execute(
        f"CREATE FUNCTION {TWINS} RETURNS {table} LANGUAGE sql STABLE {DEFINER} AS $${body}$$"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION clearance_twins(text[], date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION clearance_twins(text[], date) TO brokerpool_intranet")


def upgrade() -> None:
    answer(SHARING_TABLE, SHARING)


def downgrade() -> None:
    answer(WHOLE_TABLE, WHOLE)
