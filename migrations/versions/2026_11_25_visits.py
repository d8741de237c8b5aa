"""A person of several firms works in one at a time, and goes over to another.

A session stands in one membership, and so does its context: whoever worked for two firms had both
in one (``auth_session`` told all his firms). It begins where he worked last; ``auth_enter`` ends it
and opens one in another membership of his at the same door, under another token, as old as the one
before and without its fresh proof. What somebody prefers to see, and has seen in his bell, is kept
for each firm. A firm that is closed lets nobody in any more.

Who waits to be let in (``membership.waits``) may be refused (``answer``), and is told when he is
let in: by mail, and in the bell where he works.
"""

import sqlalchemy as sa
from alembic import op

revision = "visits"
down_revision = "known"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
PORTALS = f"{INTRANET}, {EXTRANET}"
APPS = f"{PORTALS}, {WORKER}"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
HERE = "current_setting('app.pool_id')::int"
OPEN = "c.pool_id = m.pool_id AND c.id = m.company_id AND c.state <> 'closed'"
FIRM_OF = "CASE WHEN {m}.door = 'extranet' THEN {m}.company_id END"
KNOWN = "A login that works elsewhere was invited by %(firm)s: let the person in, or not."
HERE_TOO = "You may also work for %(firm)s: choose it at the top of the page."
THERE_TOO = "You may also work for %(firm)s: sign in at its portal."
# signature, what it returns, language and kind, body, who may call it; without one the functions
# of the doors call it among themselves, and it does no more than they may
FUNCTIONS = (
    (
        # where an account may work behind the caller's door: alive, let in, its firm not closed,
        # and the way in (START) not taken from its role there; the narrowest word holds
        "enterable(who int)",
        "SETOF membership",
        "sql STABLE",
        f"""
        SELECT m.* FROM membership m JOIN company c ON {OPEN}
        WHERE m.account_id = who AND m.door = app_door() AND m.active AND NOT m.waits
            AND coalesce((SELECT g.allowed FROM role_permission g
                WHERE g.pool_id = m.pool_id AND g.role = m.role AND g.permission = 'start'
                    AND g.superseded_at IS NULL
                    AND coalesce(g.company_id, m.company_id) = m.company_id
                    AND coalesce(g.company_kind, c.kind) = c.kind
                ORDER BY g.company_id NULLS LAST, g.company_kind NULLS LAST LIMIT 1), true)""",
        "",
    ),
    (
        # the firms a session's person may work in, for the head of its pages
        "auth_works(token bytea)",
        "jsonb",
        "sql STABLE",
        """
        SELECT coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'company', c.name,
            'pool', p.name, 'role', e.role, 'here', e.id = s.membership_id)
            ORDER BY c.name, p.name, e.id), '[]')
        FROM web_session s CROSS JOIN LATERAL enterable(s.account_id) e
        JOIN company c ON c.pool_id = e.pool_id AND c.id = e.company_id
        JOIN pool p ON p.id = e.pool_id
        WHERE s.token_hash = token AND s.door = app_door() AND s.revoked_at IS NULL
            AND s.factor_at IS NOT NULL""",
        PORTALS,
    ),
    (
        # a session ends, and one in another firm of its person begins: as old as it was, under
        # another token, without its fresh proof. It may rest no longer than the briefest until
        # it is told what its person may there (auth_rest).
        "auth_enter(token bytea, fresh bytea, wanted int)",
        "boolean",
        "plpgsql",
        f"""
        DECLARE s web_session; m membership;
        BEGIN
            SELECT l.* INTO s FROM live_session(token) l WHERE l.factor_at IS NOT NULL;
            SELECT e.* INTO m FROM enterable(s.account_id) e
            WHERE e.id = wanted AND e.id <> s.membership_id;
            IF m.id IS NULL THEN RETURN false; END IF;
            -- whoever shuts him out there at this moment ends the new session, or it never begins
            PERFORM FROM membership o WHERE o.pool_id = m.pool_id AND o.id = m.id AND o.active
                FOR SHARE;
            IF NOT FOUND THEN RETURN false; END IF;
            UPDATE web_session SET revoked_at = clock_timestamp()
            WHERE id = s.id AND token_hash = token AND revoked_at IS NULL;
            IF NOT FOUND THEN RETURN false; END IF;
            INSERT INTO web_session (token_hash, account_id, membership_id, pool_id, door,
                created_at, factor_at, address, agent, idle)
            VALUES (fresh, s.account_id, m.id, m.pool_id, m.door, s.created_at, s.factor_at,
                s.address, s.agent, least(s.idle, interval '15 minutes'));
            -- the looks are the person's, wherever he works
            INSERT INTO preference (pool_id, firm_id, account_id, language, theme, density,
                shortcuts, recorded_by)
            SELECT m.pool_id, {FIRM_OF.format(m="m")}, w.account_id, w.language, w.theme,
                   w.density, w.shortcuts, a.email
            FROM account a JOIN preference w ON w.account_id = a.id
            JOIN membership o ON o.pool_id = w.pool_id AND o.id = s.membership_id
            WHERE a.id = s.account_id AND w.pool_id = s.pool_id
                AND w.firm_id IS NOT DISTINCT FROM {FIRM_OF.format(m="o")}
            ON CONFLICT (pool_id, account_id, firm_id) DO UPDATE SET
                language = excluded.language, theme = excluded.theme,
                density = excluded.density, shortcuts = excluded.shortcuts;
            RETURN true;
        END""",
        PORTALS,
    ),
    (
        "auth_rest(token bytea, rests interval)",
        "void",
        "sql",
        "UPDATE web_session w SET idle = rests FROM live_session(token) s WHERE w.id = s.id",
        PORTALS,
    ),
    (
        # told once: whoever is asked about the same person again has to answer only then
        "ask_to_let_in(pool int, membership int)",
        "void",
        "sql",
        f"""
        INSERT INTO notification (pool_id, permission, text, values, link, tone)
        SELECT pool, 'accounts_edit', '{KNOWN}', jsonb_build_object('firm', c.name),
               '/people/' || m.id, 'warn'
        FROM membership m JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id
        WHERE m.pool_id = pool AND m.id = membership AND NOT EXISTS (
            SELECT FROM notification n WHERE n.pool_id = pool AND n.permission = 'accounts_edit'
                AND n.link = '/people/' || m.id
                AND n.recorded_at > coalesce(m.answered_at, '-infinity'))""",
        "",
    ),
    (
        # who has a login and may work somewhere now: a letter, and how he gets there
        "write_added(pool int, membership int)",
        "void",
        "sql",
        """
        SELECT put_mail(pool, m.door, a.id, a.email, CASE WHEN EXISTS (SELECT FROM membership o
                WHERE o.account_id = a.id AND o.door = m.door AND o.active AND o.id <> m.id)
            THEN 'also' ELSE 'added' END,
            jsonb_build_object('company', c.name, 'pool', p.name), NULL)
        FROM membership m JOIN account a ON a.id = m.account_id JOIN pool p ON p.id = m.pool_id
        JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id
        WHERE m.pool_id = pool AND m.id = membership""",
        "",
    ),
    (
        # and a line in his bell wherever he works already
        "ring_added(pool int, membership int)",
        "void",
        "sql",
        f"""
        INSERT INTO notification (pool_id, firm_id, account_id, text, values, tone)
        SELECT DISTINCT o.pool_id, {FIRM_OF.format(m="o")}, o.account_id,
               CASE WHEN o.door = m.door THEN '{HERE_TOO}' ELSE '{THERE_TOO}' END,
               jsonb_build_object('firm', c.name), 'ok'
        FROM membership m JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id
        JOIN membership o ON o.account_id = m.account_id AND o.active AND o.id <> m.id
        WHERE m.pool_id = pool AND m.id = membership""",
        "",
    ),
)
LIVE = """
    CREATE OR REPLACE FUNCTION live_session(token bytea) RETURNS SETOF web_session LANGUAGE sql
    AS $$
        SELECT s.* FROM web_session s
        JOIN account a ON a.id = s.account_id AND a.active
        JOIN membership m ON m.pool_id = s.pool_id AND m.id = s.membership_id AND m.active{open}
        WHERE s.token_hash = token AND s.door = app_door() AND s.revoked_at IS NULL
            AND s.created_at > clock_timestamp() - interval '12 hours'
            AND s.last_seen_at > clock_timestamp() - s.idle $$"""
LAST = """(SELECT max(w.last_seen_at) FROM web_session w WHERE w.account_id = m.account_id
            AND w.pool_id = m.pool_id AND w.membership_id = m.id AND w.factor_at IS NOT NULL)"""
# function, what it says, what it says from now on
REWORDED = (
    # the firm a session stands in, and no other
    (
        "auth_session",
        """(SELECT array_agg(DISTINCT f.company_id) FROM membership f
                WHERE f.pool_id = m.pool_id AND f.account_id = m.account_id AND f.active
                    AND f.door = m.door)""",
        "ARRAY[m.company_id]",
    ),
    (
        "auth_signature",
        """ARRAY(
                SELECT DISTINCT f.company_id FROM membership f
                WHERE f.pool_id = m.pool_id AND f.account_id = m.account_id AND f.active
                    AND f.door = m.door)""",
        "ARRAY[m.company_id]",
    ),
    (
        "auth_session",
        "JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id",
        f"JOIN company c ON {OPEN}",
    ),
    (
        "auth_session",
        "w.pool_id = m.pool_id AND w.account_id = m.account_id",
        (
            "w.pool_id = m.pool_id AND w.account_id = m.account_id\n"
            f"            AND w.firm_id IS NOT DISTINCT FROM {FIRM_OF.format(m='m')}"
        ),
    ),
    (
        "auth_try",
        "WHERE m.account_id = a.id AND m.active AND m.door = app_door())",
        "JOIN company c ON " + OPEN + "\n                "
        "WHERE m.account_id = a.id AND m.active AND m.door = app_door())",
    ),
    # where he worked last; where he has never been, the first
    (
        "auth_open_session",
        (
            "WHERE m.account_id = account AND m.active AND m.door = app_door()\n"
            "        ORDER BY m.id LIMIT 1"
        ),
        (
            f"JOIN company c ON {OPEN}\n"
            "        WHERE m.account_id = account AND m.active AND m.door = app_door()\n"
            "        ORDER BY m.id IN (SELECT e.id FROM enterable(account) e) DESC,\n"
            f"            {LAST} DESC NULLS LAST,\n"
            "            m.id LIMIT 1"
        ),
    ),
    # one language for each firm he works in: that of the one he looked into last
    (
        "put_mail",
        "w.pool_id = pool AND w.account_id = a.id)",
        (
            "w.pool_id = pool AND w.account_id = a.id\n"
            "                ORDER BY w.bell_seen_at DESC NULLS LAST, w.id DESC LIMIT 1)"
        ),
    ),
    (
        "invite_person",
        "DO UPDATE SET active = NOT stranger, waits = stranger",
        "DO UPDATE SET active = NOT stranger, waits = stranger, answer = NULL",
    ),
    (
        "invite_person",
        f"""IF NOT EXISTS (SELECT FROM notification n WHERE n.pool_id = pool
                    AND n.link = '/people/' || m.id AND n.permission = 'accounts_edit') THEN
                    INSERT INTO notification (pool_id, permission, text, values, link, tone)
                    VALUES (pool, 'accounts_edit', '{KNOWN}', jsonb_build_object('firm',
                        (SELECT c.name FROM company c WHERE c.pool_id = pool AND c.id = company)),
                        '/people/' || m.id, 'warn');
                END IF;""",
        "PERFORM ask_to_let_in(pool, m.id);",
    ),
    (
        "invite_person",
        """PERFORM put_mail(pool, behind, a.id, a.email, 'added', jsonb_build_object(
                    'company', (SELECT c.name FROM company c WHERE c.pool_id = pool
                                AND c.id = company),
                    'pool', (SELECT p.name FROM pool p WHERE p.id = pool)), NULL);""",
        "PERFORM write_added(pool, m.id);",
    ),
)
OWN_SESSIONS = """
    CREATE FUNCTION own_sessions(token bytea) RETURNS TABLE (id bigint, created_at timestamptz,
        last_seen_at timestamptz, address text, agent text, here boolean{column})
    LANGUAGE sql {definer} AS $$
        SELECT o.id, o.created_at, o.last_seen_at, o.address, o.agent, o.id = s.id{value}
        FROM live_session(token) s
        JOIN web_session o ON o.account_id = s.account_id AND o.door = s.door
        {joined}
        WHERE o.revoked_at IS NULL AND o.factor_at IS NOT NULL
            AND o.created_at > clock_timestamp() - interval '12 hours'
            AND o.last_seen_at > clock_timestamp() - o.idle
        ORDER BY o.id = s.id DESC, o.last_seen_at DESC $$"""
FIRM_TOO = {
    "column": ", firm text",
    "value": ", c.name",
    "joined": "JOIN membership m ON m.pool_id = o.pool_id AND m.id = o.membership_id AND m.active\n"
    f"        JOIN company c ON {OPEN}",
}
PEOPLE = """
    CREATE FUNCTION people_known() RETURNS TABLE (id int, account_id int, email text, name text,
        language text, company_id int, door text, role text, active boolean,
        last_seen_at timestamptz, sessions int{columns})
    LANGUAGE sql STABLE {definer} AS $$
        SELECT m.id, a.id, a.email, {name}, a.language, m.company_id, m.door, m.role,
               {active}, s.seen, s.open{values}
        FROM membership m JOIN account a ON a.id = m.account_id
        LEFT JOIN LATERAL (
            SELECT max(w.last_seen_at) AS seen, (count(*) FILTER (WHERE w.revoked_at IS NULL
                AND w.created_at > clock_timestamp() - interval '12 hours'
                AND w.last_seen_at > clock_timestamp() - interval '30 minutes'))::int AS open
            FROM web_session w WHERE w.account_id = a.id AND w.membership_id = m.id
                AND w.pool_id = m.pool_id
        ) s ON true
        WHERE m.pool_id = {here} AND (app_door() <> 'extranet'
            OR m.door = 'extranet' AND m.company_id = ANY ((SELECT app_firms())::int[]))
    $$"""
IN_EXTRANET = "app_door() = 'extranet'"
PEOPLE_BEFORE = {
    "columns": "",
    "values": "",
    "name": f"CASE WHEN {IN_EXTRANET} AND s.seen IS NULL THEN coalesce(m.called, a.name) "
    "ELSE a.name END",
    "active": f"CASE WHEN m.waits THEN {IN_EXTRANET} ELSE m.active AND a.active END",
}
# until the pool has let him in, his firm sees what it typed, as of anybody who was invited and
# has not come; what the pool answered it sees as well
PEOPLE_AFTER = {
    "columns": ", invited boolean, waits boolean, answer text",
    "values": ", m.waits OR m.answered_at IS NULL, m.waits AND m.answer IS NULL\n"
    f"               AND NOT {IN_EXTRANET}, m.answer",
    "name": f"CASE WHEN {IN_EXTRANET} AND s.seen IS NULL AND (m.waits OR m.answered_at IS NULL)\n"
    "               THEN coalesce(m.called, a.name) ELSE a.name END",
    "active": f"CASE WHEN m.waits THEN {IN_EXTRANET} AND m.answer IS NULL "
    "ELSE m.active AND a.active END",
}
SET_BEFORE = f"""
    CREATE OR REPLACE FUNCTION set_member(membership int, lives boolean) RETURNS boolean
    LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE changed int;
        BEGIN
            UPDATE membership m SET active = lives, waits = false FROM reached(membership) r
            WHERE m.pool_id = r.pool_id AND m.id = r.id AND m.active <> lives
                AND NOT (m.waits AND app_door() = 'extranet')
            RETURNING m.id INTO changed;
            RETURN changed IS NOT NULL;
        END$$"""
# whoever waits: his firm takes its asking back, or asks once more; the pool lets him in, or not
SET_AFTER = f"""
    CREATE OR REPLACE FUNCTION set_member(membership int, lives boolean) RETURNS boolean
    LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE was membership; changed int; firm boolean := app_door() = 'extranet';
        BEGIN
            SELECT m.* INTO was FROM reached(membership) r JOIN membership m
                ON r.pool_id = m.pool_id AND r.id = m.id FOR NO KEY UPDATE OF m;
            IF NOT coalesce(was.waits, false) THEN
                UPDATE membership m SET active = lives
                WHERE m.pool_id = was.pool_id AND m.id = was.id AND m.active <> lives
                RETURNING m.id INTO changed;
            ELSIF firm AND lives THEN
                UPDATE membership m SET answer = NULL
                WHERE m.pool_id = was.pool_id AND m.id = was.id AND m.answer = 'withdrawn'
                RETURNING m.id INTO changed;
                PERFORM ask_to_let_in(was.pool_id, was.id) WHERE changed IS NOT NULL;
            ELSIF lives THEN
                UPDATE membership m SET active = true, waits = false, answer = NULL,
                    answered_at = clock_timestamp()
                WHERE m.pool_id = was.pool_id AND m.id = was.id RETURNING m.id INTO changed;
                IF EXISTS (SELECT FROM account a
                        WHERE a.id = was.account_id AND a.password_hash = '!') THEN
                    PERFORM invite_again(was.pool_id, was.id);  -- he has come in nowhere yet
                ELSE
                    PERFORM write_added(was.pool_id, was.id), ring_added(was.pool_id, was.id);
                END IF;
            ELSE
                UPDATE membership m SET answered_at = clock_timestamp(),
                    answer = CASE WHEN firm THEN 'withdrawn' ELSE 'refused' END
                WHERE m.pool_id = was.pool_id AND m.id = was.id AND m.answer IS NULL
                RETURNING m.id INTO changed;
            END IF;
            RETURN changed IS NOT NULL;
        END$$"""
FIND = """
    CREATE FUNCTION find_member(membership int) RETURNS TABLE (account_id int, name text,
        email text, active boolean, invited boolean{columns}) LANGUAGE sql {definer} AS $$
        SELECT a.id, CASE WHEN app_door() = 'extranet' AND m.waits
                     THEN coalesce(m.called, a.name) ELSE a.name END,
               a.email, m.active, a.password_hash = '!' OR m.waits{values}
        FROM reached(membership) m JOIN account a ON a.id = m.account_id $$"""
FIND_MORE = {
    "columns": ", waits boolean, refused boolean, called text, company_id int",
    "values": ", m.waits, m.waits AND coalesce(m.answer = 'refused', false),\n"
    "               coalesce(m.called, a.name), m.company_id",
}
ONE_EACH = "uq_preference_pool_id_account_id_firm_id"
ONE_IN_ALL = "uq_preference_pool_id_account_id"


def reworded(function: str, old: str, new: str) -> str:
    """Put other words into a function; it fails where they don't stand."""
    return f"""
    DO $do$ DECLARE said text := pg_get_functiondef('{function}'::regproc); BEGIN
        IF position($old${old}$old$ IN said) = 0 THEN
            RAISE EXCEPTION '{function} does not say so';
        END IF;
        EXECUTE replace(said, $old${old}$old$, $new${new}$new$);
    END $do$"""


def made_anew(name: str, statement: str, callers: str) -> None:
    """Replace a function that answers with other columns than before."""
    op.execute(f"DROP FUNCTION {name}")
    op.execute(statement)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {callers}")


def upgrade() -> None:
    op.add_column("membership", sa.Column("answer", sa.Text(), nullable=True))
    op.add_column("membership", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_membership_answer"), "membership", "answer IN ('refused','withdrawn')"
    )
    op.drop_constraint(ONE_IN_ALL, "preference", type_="unique")
    op.create_unique_constraint(
        ONE_EACH, "preference", ["pool_id", "account_id", "firm_id"],
        postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.execute("SET LOCAL check_function_bodies = off")  # they name one another
    for signature, returns, kind, body, callers in FUNCTIONS:
        name = signature.partition("(")[0]
        op.execute(
            f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE {kind} "
            f"{DEFINER if callers else ''} AS $${body}$$"
        )
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        if callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {callers}")
    op.execute(LIVE.format(open=f"\n        JOIN company c ON {OPEN}"))
    for function, old, new in REWORDED:
        op.execute(reworded(function, old, new))
    made_anew("own_sessions", OWN_SESSIONS.format(definer=DEFINER, **FIRM_TOO), PORTALS)
    made_anew("people_known", PEOPLE.format(definer=DEFINER, here=HERE, **PEOPLE_AFTER), APPS)
    made_anew("find_member", FIND.format(definer=DEFINER, **FIND_MORE), APPS)
    op.execute(SET_AFTER)


def downgrade() -> None:
    op.execute("SET LOCAL check_function_bodies = off")
    op.execute(SET_BEFORE)
    without = {"columns": "", "values": ""}
    made_anew("find_member", FIND.format(definer=DEFINER, **without), APPS)
    made_anew("people_known", PEOPLE.format(definer=DEFINER, here=HERE, **PEOPLE_BEFORE), APPS)
    without = {"column": "", "value": "", "joined": ""}
    made_anew("own_sessions", OWN_SESSIONS.format(definer=DEFINER, **without), PORTALS)
    for function, old, new in reversed(REWORDED):
        op.execute(reworded(function, new, old))
    op.execute(LIVE.format(open=""))
    for signature, *_ in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    # of several rows of a person the one he looked at last stays
    op.execute("""
        DELETE FROM preference p USING preference o
        WHERE o.pool_id = p.pool_id AND o.account_id = p.account_id AND o.id <> p.id
            AND (coalesce(o.bell_seen_at, '-infinity'), o.id)
                > (coalesce(p.bell_seen_at, '-infinity'), p.id)""")
    op.drop_constraint(ONE_EACH, "preference", type_="unique")
    op.create_unique_constraint(ONE_IN_ALL, "preference", ["pool_id", "account_id"])
    op.drop_constraint(op.f("ck_membership_answer"), "membership", type_="check")
    op.drop_column("membership", "answered_at")
    op.drop_column("membership", "answer")
