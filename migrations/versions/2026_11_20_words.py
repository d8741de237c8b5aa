"""Extensions and the small functions tables lean on.

``fact_moment``: the time a fact is recorded, taken while sharing the pool's fact lock. A run takes
that lock alone for a moment to fix ``known_at``: so every fact is either recorded before it and
visible to the run, or later (settlement rules, "Facts").

``cents(x, n, d)``: R(x * n / d) for x, n >= 0: multiply first, divide last, decide the half cent on
the exact remainder; d null means x itself. ``complete_months``: the largest k >= 0 with
start + k months <= until, month ends clamped.
"""

from alembic import op

revision = "words"
down_revision = None
branch_labels = None
depends_on = None

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")


def upgrade() -> None:
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute("""
        CREATE FUNCTION fact_moment() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock_shared(
                7001, coalesce(nullif(current_setting('app.pool_id', true), '')::int, 0));
            RETURN clock_timestamp();
        END $$""")
    op.execute("""
        CREATE FUNCTION fact_author() RETURNS text LANGUAGE sql STABLE AS $$
            SELECT coalesce(nullif(current_setting('app.actor', true), ''), session_user::text)
        $$""")
    op.execute("""
        CREATE FUNCTION app_firms() RETURNS int[] LANGUAGE plpgsql STABLE AS $$
        DECLARE firms text := current_setting('app.firms', true);
        BEGIN
            IF firms IS NULL OR firms = '' THEN
                RAISE EXCEPTION 'no firm in context' USING ERRCODE = '42501';
            END IF;
            RETURN string_to_array(firms, ',')::int[];
        END $$""")
    op.execute("""
        CREATE FUNCTION complete_months(start date, until date) RETURNS int
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT greatest(m - CASE WHEN start + make_interval(months => m) > until
                THEN 1 ELSE 0 END, 0)
            FROM (SELECT ((extract(year FROM until) - extract(year FROM start)) * 12
                + extract(month FROM until) - extract(month FROM start))::int AS m) AS apart
        $$""")
    op.execute("""
        CREATE FUNCTION cents(amount numeric, part bigint, whole bigint) RETURNS numeric
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT CASE WHEN whole IS NULL THEN round(amount, 2)
                ELSE div(amount * part * 200 + whole, 2 * whole::numeric) * 0.01 END
        $$""")


def downgrade() -> None:
    for function in (
        "cents(numeric,bigint,bigint)",
        "complete_months(date,date)",
        "app_firms()",
        "fact_author()",
        "fact_moment()",
    ):
        op.execute(f"DROP FUNCTION {function}")
    for extension in reversed(EXTENSIONS):
        op.execute(f"DROP EXTENSION {extension}")
