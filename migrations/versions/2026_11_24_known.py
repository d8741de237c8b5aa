"""A firm that invites somebody who has a login elsewhere learns nothing and opens no door.

His membership waits until the pool lets him in (it is told in the bell); the firm sees what it
typed, as of anybody who was invited and has not come.
"""

import sqlalchemy as sa
from alembic import op

revision = "known"
down_revision = "general"
branch_labels = None
depends_on = None

DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
HERE = "current_setting('app.pool_id')::int"
KNOWN = "A login that works elsewhere was invited by %(firm)s: let the person in, or not."

INVITE = f"""
    CREATE OR REPLACE FUNCTION invite_person(given text, called text, speaks text, behind text,
        company int, plays text, tell boolean) RETURNS int LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE pool int := {HERE}; a account; m membership; {{declared}}
        BEGIN
            IF app_door() = 'extranet' AND NOT (behind = 'extranet'
                AND company = ANY(app_firms()) AND plays IN ('broker', 'assistant')) THEN
                RAISE EXCEPTION 'not a person of the own firm' USING ERRCODE = '42501';
            END IF;
            IF (behind = 'extranet') <> (plays IN ('broker', 'assistant')) THEN
                RAISE EXCEPTION 'a role leads through its own door' USING ERRCODE = '42501';
            END IF;
            INSERT INTO account (email, name, password_hash, language)
            VALUES (lower(btrim(given)), called, '!', speaks) ON CONFLICT (email) DO NOTHING;
            SELECT * INTO a FROM account WHERE email = lower(btrim(given));
            {{made}}
            IF NOT tell THEN
                RETURN m.id;
            END IF;
            IF a.password_hash = '!' THEN
                PERFORM invite_again(pool, m.id);
            ELSE
                PERFORM put_mail(pool, behind, a.id, a.email, 'added', jsonb_build_object(
                    'company', (SELECT c.name FROM company c WHERE c.pool_id = pool
                                AND c.id = company),
                    'pool', (SELECT p.name FROM pool p WHERE p.id = pool)), NULL);
            END IF;
            RETURN m.id;
        END$$"""
AT_ONCE = """
            INSERT INTO membership (pool_id, account_id, company_id, door, role)
            VALUES (pool, a.id, company, behind, plays)
            ON CONFLICT (pool_id, account_id, door, company_id)
                DO UPDATE SET active = true RETURNING * INTO m;"""
WAITING = f"""
            stranger := app_door() = 'extranet' AND EXISTS (SELECT FROM membership o
                WHERE o.account_id = a.id AND (o.pool_id, o.company_id) <> (pool, company))
                AND NOT EXISTS (SELECT FROM membership o WHERE o.account_id = a.id
                    AND o.pool_id = pool AND o.company_id = company AND o.door = behind
                    AND NOT o.waits);
            INSERT INTO membership AS o (pool_id, account_id, company_id, door, role, called,
                active, waits)
            VALUES (pool, a.id, company, behind, plays, invite_person.called, NOT stranger,
                stranger)
            ON CONFLICT (pool_id, account_id, door, company_id)
                DO UPDATE SET active = NOT stranger, waits = stranger
            RETURNING * INTO m;
            IF stranger THEN
                IF NOT EXISTS (SELECT FROM notification n WHERE n.pool_id = pool
                    AND n.link = '/people/' || m.id AND n.permission = 'accounts_edit') THEN
                    INSERT INTO notification (pool_id, permission, text, values, link, tone)
                    VALUES (pool, 'accounts_edit', '{KNOWN}', jsonb_build_object('firm',
                        (SELECT c.name FROM company c WHERE c.pool_id = pool AND c.id = company)),
                        '/people/' || m.id, 'warn');
                END IF;
                RETURN m.id;
            END IF;"""
PEOPLE = f"""
    CREATE OR REPLACE FUNCTION people_known() RETURNS TABLE (id int, account_id int, email text,
        name text, language text, company_id int, door text, role text, active boolean,
        last_seen_at timestamptz, sessions int)
    LANGUAGE sql STABLE {DEFINER} AS $$
        SELECT m.id, a.id, a.email, {{name}}, a.language, m.company_id, m.door, m.role,
               {{active}}, s.seen, s.open
        FROM membership m JOIN account a ON a.id = m.account_id
        LEFT JOIN LATERAL (
            SELECT max(w.last_seen_at) AS seen, (count(*) FILTER (WHERE w.revoked_at IS NULL
                AND w.created_at > clock_timestamp() - interval '12 hours'
                AND w.last_seen_at > clock_timestamp() - interval '30 minutes'))::int AS open
            FROM web_session w WHERE w.account_id = a.id AND w.membership_id = m.id
                AND w.pool_id = m.pool_id
        ) s ON true
        WHERE m.pool_id = {HERE} AND (app_door() <> 'extranet'
            OR m.door = 'extranet' AND m.company_id = ANY ((SELECT app_firms())::int[]))
    $$"""
OWN = "CASE WHEN app_door() = 'extranet' AND s.seen IS NULL THEN coalesce(m.called, a.name) "
OWN += "ELSE a.name END"
SHOWN = "CASE WHEN m.waits THEN app_door() = 'extranet' ELSE m.active AND a.active END"
SET = f"""
    CREATE OR REPLACE FUNCTION set_member(membership int, lives boolean) RETURNS boolean
    LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE changed int;
        BEGIN
            UPDATE membership m SET active = lives{{waits}} FROM reached(membership) r
            WHERE m.pool_id = r.pool_id AND m.id = r.id AND m.active <> lives{{own}}
            RETURNING m.id INTO changed;
            RETURN changed IS NOT NULL;
        END$$"""
FIND = f"""
    CREATE OR REPLACE FUNCTION find_member(membership int) RETURNS TABLE (account_id int, name text,
        email text, active boolean, invited boolean) LANGUAGE sql {DEFINER} AS $$
        SELECT a.id, {{name}}, a.email, m.active, {{invited}}
        FROM reached(membership) m JOIN account a ON a.id = m.account_id $$"""
CALLED = "CASE WHEN app_door() = 'extranet' AND m.waits THEN coalesce(m.called, a.name) "
CALLED += "ELSE a.name END"


def upgrade() -> None:
    op.add_column("membership", sa.Column("called", sa.Text(), nullable=True))
    op.add_column(
        "membership", sa.Column("waits", sa.Boolean(), server_default="false", nullable=False)
    )
    op.execute(INVITE.format(declared="stranger boolean;", made=WAITING))
    op.execute(PEOPLE.format(name=OWN, active=SHOWN))
    op.execute(
        SET.format(waits=", waits = false", own=" AND NOT (m.waits AND app_door() = 'extranet')")
    )
    op.execute(FIND.format(name=CALLED, invited="a.password_hash = '!' OR m.waits"))


def downgrade() -> None:
    op.execute(FIND.format(name="a.name", invited="a.password_hash = '!'"))
    op.execute(SET.format(waits="", own=""))
    op.execute(PEOPLE.format(name="a.name", active="m.active AND a.active"))
    op.execute(INVITE.format(declared="", made=AT_ONCE))
    op.drop_column("membership", "waits")
    op.drop_column("membership", "called")
