"""Signing in: what is asked before anybody is known.

Accounts and sessions have no grants. These functions answer exactly what signing in asks, each for
the door that calls: whose login it is tells the server, not an argument. So the extranet can
neither read what only staff has nor open a session of the intranet. A session ends after 30 minutes
without a request, after 12 hours, with its account or with its membership.
"""

from alembic import op

revision = "doors"
down_revision = "statement_wording"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
PORTALS = f"{INTRANET}, {EXTRANET}"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
# the door of the login that is connected; null for the owner
APP_DOOR = """
    CREATE FUNCTION app_door() RETURNS text LANGUAGE sql STABLE AS $$
        SELECT door FROM unnest(ARRAY['intranet', 'extranet', 'worker']) AS door
        WHERE pg_has_role(session_user, 'brokerpool_' || door, 'USAGE') LIMIT 1
    $$"""
# signature, what it returns, body, who may call it
FUNCTIONS = (
    (
        "auth_account(given text)",
        "TABLE (account_id int, password_hash text, language text)",
        """
        SELECT a.id, a.password_hash, a.language FROM account a
        WHERE a.email = lower(btrim(given)) AND a.active AND EXISTS (
            SELECT 1 FROM membership m
            WHERE m.account_id = a.id AND m.active AND m.door = app_door())""",
        PORTALS,
    ),
    (
        "auth_open_session(account int, token bytea)",
        "bigint",
        """
        INSERT INTO web_session (token_hash, account_id, membership_id, pool_id, door)
        SELECT token, m.account_id, m.id, m.pool_id, m.door
        FROM membership m JOIN account a ON a.id = m.account_id AND a.active
        WHERE m.account_id = account AND m.active AND m.door = app_door()
        ORDER BY m.id LIMIT 1
        RETURNING id""",
        PORTALS,
    ),
    (
        "auth_session(token bytea)",
        """TABLE (account_id int, email text, name text, language text, role text, pool_id int,
            pool_name text, time_zone text, company_name text, firm_ids int[])""",
        # a session that is used every second is written once a minute
        """
        WITH live AS (
            SELECT * FROM web_session s
            WHERE s.token_hash = token AND s.door = app_door() AND s.revoked_at IS NULL
                AND s.created_at > clock_timestamp() - interval '12 hours'
                AND s.last_seen_at > clock_timestamp() - interval '30 minutes'
        ), seen AS (
            UPDATE web_session s SET last_seen_at = clock_timestamp() FROM live
            WHERE s.id = live.id AND live.last_seen_at < clock_timestamp() - interval '1 minute'
        )
        SELECT a.id, a.email, a.name, a.language, m.role, p.id, p.name, p.time_zone, c.name,
               (SELECT array_agg(DISTINCT f.company_id) FROM membership f
                WHERE f.pool_id = m.pool_id AND f.account_id = m.account_id AND f.active
                    AND f.door = m.door)
        FROM live
        JOIN account a ON a.id = live.account_id AND a.active
        JOIN membership m ON m.pool_id = live.pool_id AND m.id = live.membership_id AND m.active
            AND m.door = live.door
        JOIN pool p ON p.id = m.pool_id
        JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id""",
        PORTALS,
    ),
    (
        "auth_close_session(token bytea)",
        "void",
        """
        UPDATE web_session SET revoked_at = clock_timestamp()
        WHERE token_hash = token AND door = app_door() AND revoked_at IS NULL""",
        PORTALS,
    ),
    (
        "create_account(given text, called text, hash text, speaks text)",
        "int",
        """
        INSERT INTO account (email, name, password_hash, language)
        VALUES (lower(btrim(given)), called, hash, speaks) RETURNING id""",
        WORKER,
    ),
    (
        "create_membership(account int, company int, behind text, plays text)",
        "int",
        """
        INSERT INTO membership (pool_id, account_id, company_id, door, role)
        VALUES (current_setting('app.pool_id')::int, account, company, behind, plays)
        RETURNING id""",
        WORKER,
    ),
)


def upgrade() -> None:
    op.execute(APP_DOOR)
    for signature, returns, body, callers in FUNCTIONS:
        name = signature.partition("(")[0]
        op.execute(
            f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql {DEFINER} AS $${body}$$"
        )
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {callers}")


def downgrade() -> None:
    for signature, _, _, _ in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    op.execute("DROP FUNCTION app_door()")
