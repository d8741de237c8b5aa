"""What is on its way ends with what it was asked from; whom the pool shut out the pool lets in.

Links: whatever changes a login's password or address, or ends it, voids all of its open links (a
trigger, so whoever changes it need not think of it); the end of its sessions voids those to a new
password or address. A link is worth nothing once its account has another address, and an invitation
nothing once there is a password. ``membership.shut_by_pool``: a firm lifts its own word alone, and
asks where it was the pool's. What a firm took back nobody can let in.
"""

import sqlalchemy as sa
from alembic import op

revision = "expired"
down_revision = "named"
branch_labels = None
depends_on = None

DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
INTRANET = "brokerpool_intranet"
KNOWN = "A login that works elsewhere was invited by %(firm)s: let the person in, or not."
BACK = "%(firm)s asks for a person the pool has switched off: let the person in, or not."
PENDING = "used_at IS NULL AND expires_at > clock_timestamp()"
NEW = f"""
    CREATE FUNCTION void_links(whose int) RETURNS void LANGUAGE sql AS $$
        UPDATE one_time_link SET expires_at = clock_timestamp()
        WHERE account_id = whose AND purpose IN ('email', 'reset') AND {PENDING} $$;
    CREATE FUNCTION void_links_of_account() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            UPDATE one_time_link SET expires_at = clock_timestamp()
            WHERE account_id = NEW.id AND {PENDING};
            RETURN NULL;
        END $$;
    CREATE TRIGGER links AFTER UPDATE OF password_hash, email, active ON account FOR EACH ROW
        WHEN (OLD.password_hash <> NEW.password_hash OR OLD.email <> NEW.email OR NOT NEW.active)
        EXECUTE FUNCTION void_links_of_account();
    -- how who waits will come in: again, by an invitation, at the top of the page, or signing in
    CREATE FUNCTION way_in(membership int) RETURNS text LANGUAGE sql {DEFINER} AS $$
        SELECT CASE WHEN m.shut_by_pool THEN 'back'
            WHEN a.password_hash = '!' THEN 'invitation' WHEN EXISTS (
                SELECT FROM membership o WHERE o.account_id = a.id AND o.door = m.door
                    AND o.active AND o.id <> m.id) THEN 'switch' ELSE 'sign_in' END
        FROM reached(membership) m JOIN account a ON a.id = m.account_id $$"""
USE_BEFORE = f"""
    CREATE OR REPLACE FUNCTION use_link(token bytea, why text) RETURNS SETOF one_time_link
    LANGUAGE sql AS $$
        UPDATE one_time_link SET used_at = clock_timestamp()
        WHERE token_hash = token AND purpose = why AND door = app_door() AND {PENDING}
        RETURNING *$$"""
USE_AFTER = """
    CREATE OR REPLACE FUNCTION use_link(token bytea, why text) RETURNS SETOF one_time_link
    LANGUAGE plpgsql AS $$
        BEGIN
            -- whoever changes the login at this moment is waited for: what he voids is void
            PERFORM FROM account a JOIN one_time_link l
                ON l.account_id = a.id AND l.token_hash = token FOR NO KEY UPDATE OF a;
            RETURN QUERY
            UPDATE one_time_link l SET used_at = clock_timestamp() FROM account a
            WHERE l.token_hash = token AND l.purpose = why AND l.door = app_door()
                AND l.used_at IS NULL AND l.expires_at > clock_timestamp()
                AND a.id = l.account_id AND a.active AND (why = 'email' OR l.email = a.email)
                AND (why = 'invitation') = (a.password_hash = '!')
            RETURNING l.*;
        END$$"""
TOLD_BEFORE = f"""
    CREATE OR REPLACE FUNCTION ask_to_let_in(pool int, membership int) RETURNS void LANGUAGE sql
    AS $$
        INSERT INTO notification (pool_id, permission, text, values, link, tone)
        SELECT pool, 'accounts_edit', '{KNOWN}', jsonb_build_object('firm', c.name),
               '/people/' || m.id, 'warn'
        FROM membership m JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id
        WHERE m.pool_id = pool AND m.id = membership AND NOT EXISTS (
            SELECT FROM notification n WHERE n.pool_id = pool AND n.permission = 'accounts_edit'
                AND n.link = '/people/' || m.id
                AND n.recorded_at > coalesce(m.answered_at, '-infinity'))$$"""
TOLD_AFTER = f"""
    CREATE OR REPLACE FUNCTION ask_to_let_in(pool int, membership int) RETURNS void LANGUAGE sql
    AS $$
        INSERT INTO notification (pool_id, permission, text, values, link, tone)
        SELECT pool, 'accounts_edit', said, jsonb_build_object('firm', c.name),
               '/people/' || m.id, 'warn'
        FROM membership m JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id
        CROSS JOIN LATERAL (SELECT CASE WHEN m.shut_by_pool THEN '{BACK}' ELSE '{KNOWN}' END
            AS said) t
        WHERE m.pool_id = pool AND m.id = membership AND NOT EXISTS (
            SELECT FROM notification n WHERE n.pool_id = pool AND n.permission = 'accounts_edit'
                AND n.link = '/people/' || m.id AND n.text = said
                AND n.recorded_at > coalesce(m.answered_at, '-infinity'))$$"""
SET = f"""
    CREATE OR REPLACE FUNCTION set_member(membership int, lives boolean) RETURNS boolean
    LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE was membership; changed int; firm boolean := app_door() = 'extranet';
        BEGIN
            SELECT m.* INTO was FROM reached(membership) r JOIN membership m
                ON r.pool_id = m.pool_id AND r.id = m.id FOR NO KEY UPDATE OF m;
            IF NOT coalesce(was.waits, false) THEN
                {{switched}}
            ELSIF firm AND lives THEN
                UPDATE membership m SET answer = NULL
                WHERE m.pool_id = was.pool_id AND m.id = was.id AND m.answer = 'withdrawn'
                RETURNING m.id INTO changed;
                PERFORM ask_to_let_in(was.pool_id, was.id) WHERE changed IS NOT NULL;
            {{lives}}
            ELSE
                UPDATE membership m SET answered_at = clock_timestamp(),
                    answer = CASE WHEN firm THEN 'withdrawn' ELSE 'refused' END
                WHERE m.pool_id = was.pool_id AND m.id = was.id AND m.answer IS NULL
                RETURNING m.id INTO changed;
            END IF;
            RETURN changed IS NOT NULL;
        END$$"""
SWITCHED_BEFORE = """UPDATE membership m SET active = lives
                WHERE m.pool_id = was.pool_id AND m.id = was.id AND m.active <> lives
                RETURNING m.id INTO changed;"""
# a firm lifts its own word alone; the pool's holds over it
SWITCHED_AFTER = """UPDATE membership m SET active = lives, shut_by_pool = NOT firm AND NOT lives
                WHERE m.pool_id = was.pool_id AND m.id = was.id AND (m.active <> lives
                    OR NOT lives AND NOT firm AND NOT m.shut_by_pool)
                    AND NOT (firm AND m.shut_by_pool)
                RETURNING m.id INTO changed;"""
LIVES = """ELSIF lives THEN
                UPDATE membership m SET active = true, waits = false, answer = NULL,{shut}
                    answered_at = clock_timestamp()
                WHERE m.pool_id = was.pool_id AND m.id = was.id RETURNING m.id INTO changed;
                IF EXISTS (SELECT FROM account a
                        WHERE a.id = was.account_id AND a.password_hash = '!') THEN
                    PERFORM invite_again(was.pool_id, was.id);  -- he has come in nowhere yet
                ELSE
                    PERFORM write_added(was.pool_id, was.id), ring_added(was.pool_id, was.id);
                END IF;"""
# what a firm has taken back nobody asks for
TAKEN_BACK = """ELSIF lives AND was.answer = 'withdrawn' THEN
                changed := NULL;
            """
# function, what it says, what it says from now on
REWORDED = (
    (
        "look_at_link",
        "'used' WHEN l.expires_at <= clock_timestamp() THEN 'expired' ELSE 'open' END,",
        (
            "'used' WHEN l.purpose = 'invitation' AND a.password_hash <> '!' THEN 'finished'\n"
            "                WHEN l.expires_at <= clock_timestamp() OR NOT a.active\n"
            "                OR l.purpose <> 'email' AND l.email <> a.email THEN 'expired'\n"
            "                ELSE 'open' END,"
        ),
    ),
    ("revoke_sessions", "WITH ended AS (", "SELECT void_links(account);\n        WITH ended AS ("),
    (
        "end_own_sessions",
        "WITH ended AS (",
        (
            "SELECT void_links(s.account_id) FROM live_session(token) s WHERE which IS NULL;\n"
            "        WITH ended AS ("
        ),
    ),
    (
        "end_member_sessions",
        "WITH ended AS (",
        "SELECT void_links(m.account_id) FROM reached(membership) m;\n        WITH ended AS (",
    ),
    (
        # who is shut out of a firm takes along nothing he asked for there
        "end_sessions_of_member",
        "UPDATE web_session SET",
        (
            "UPDATE one_time_link SET expires_at = clock_timestamp()\n"
            "            WHERE NOT NEW.active AND pool_id = NEW.pool_id\n"
            "                AND membership_id = NEW.id\n"
            f"                AND purpose IN ('email', 'reset') AND {PENDING};\n"
            "            UPDATE web_session SET"
        ),
    ),
    (
        # a session that ended while this began asks for nothing
        "ask_email",
        "SELECT * INTO a FROM account WHERE id = s.account_id;",
        (
            "SELECT * INTO a FROM account WHERE id = s.account_id FOR NO KEY UPDATE;\n"
            "            SELECT * INTO s FROM fresh_session(token);\n"
            "            IF s.id IS NULL THEN RETURN false; END IF;"
        ),
    ),
    (
        "invite_person",
        "stranger := app_door() = 'extranet' AND EXISTS (",
        (
            "stranger := app_door() = 'extranet' AND (EXISTS (SELECT FROM membership o\n"
            "                WHERE o.account_id = a.id AND o.pool_id = pool\n"
            "                    AND o.company_id = company AND o.door = behind\n"
            "                    AND o.shut_by_pool) OR EXISTS ("
        ),
    ),
    ("invite_person", "AND NOT o.waits);", "AND NOT o.waits));"),
    (
        "invite_person",
        "waits = stranger, answer = NULL",
        (
            "waits = stranger, answer = NULL,\n"
            "                    shut_by_pool = o.shut_by_pool AND stranger"
        ),
    ),
    # invited is who has no password yet; what the pool said of a membership in force is told too
    (
        "people_known",
        "m.waits OR m.answered_at IS NULL, m.waits AND m.answer",
        "m.waits OR a.password_hash = '!', m.waits AND m.answer",
    ),
    (
        "people_known",
        "= 'extranet', m.answer",
        "= 'extranet', CASE WHEN m.waits THEN m.answer WHEN m.shut_by_pool THEN 'shut' END",
    ),
)


def reworded(function: str, old: str, new: str) -> str:
    """Put other words into a function; it fails where they don't stand."""
    return f"""
    DO $do$ DECLARE said text := pg_get_functiondef('{function}'::regproc); BEGIN
        IF position($old${old}$old$ IN said) = 0 THEN
            RAISE EXCEPTION '{function} does not say so';
        END IF;
        EXECUTE replace(said, $old${old}$old$, $new${new}$new$);
    END $do$"""


def upgrade() -> None:
    op.add_column(
        "membership",
        sa.Column("shut_by_pool", sa.Boolean(), server_default="false", nullable=False),
    )
    # whom the pool switched off before, as the journal tells
    op.execute("""
        UPDATE membership m SET shut_by_pool = true WHERE NOT m.active AND NOT m.waits AND (
            SELECT e.door FROM audit_entry e WHERE e.pool_id = m.pool_id
                AND e.subject = 'membership' AND e.subject_id = m.id
                AND e.action = 'membership.deactivated' ORDER BY e.id DESC LIMIT 1) = 'intranet'""")
    op.execute("SET LOCAL check_function_bodies = off")  # they name one another
    op.execute(NEW)
    for function in ("void_links", "void_links_of_account", "way_in"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION way_in TO {INTRANET}")
    op.execute(USE_AFTER)
    op.execute(TOLD_AFTER)
    shut = " shut_by_pool = false,"
    op.execute(SET.format(switched=SWITCHED_AFTER, lives=TAKEN_BACK + LIVES.format(shut=shut)))
    for function, old, new in REWORDED:
        op.execute(reworded(function, old, new))


def downgrade() -> None:
    op.execute("SET LOCAL check_function_bodies = off")
    for function, old, new in reversed(REWORDED):
        op.execute(reworded(function, new, old))
    op.execute(SET.format(switched=SWITCHED_BEFORE, lives=LIVES.format(shut="")))
    op.execute(TOLD_BEFORE)
    op.execute(USE_BEFORE)
    op.execute("DROP TRIGGER links ON account")
    for function in ("way_in", "void_links_of_account", "void_links"):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_column("membership", "shut_by_pool")
