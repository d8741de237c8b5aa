"""The extranet's context is signed, it reads listed columns only, and files are looked at.

A broker's rows follow from ``app.pool_id`` and ``app.firms``. Whoever could slip SQL into a
statement could set both; so they count only with ``app.signature`` over them, which
``auth_signature`` gives for a living session and no statement can make: the key lies in a closed
table. Every policy of the extranet, and every function it calls, asks ``app_firms()``,
``app_pool()`` or ``app_signed()``: in policies once per statement (an initPlan).

The signature is SHA-256 nested with two secret blocks (the construction of HMAC, with blocks of its
own), for PostgreSQL's core has no ``hmac()``. A key signs for a day; its predecessor still counts.
"""

import sqlalchemy as sa
from alembic import op

revision = "signed"
down_revision = "terms"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
APPS = f"{INTRANET}, {EXTRANET}, {WORKER}"
FIRMS = "ANY((SELECT app_firms())::int[])"
POOL = "(SELECT current_setting('app.pool_id')::int)"
SIGNED = "( SELECT app_signed() AS app_signed)"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
LASTS = "interval '15 minutes'"  # a signature: longer than any request
BLOCK = """sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
            || uuid_send(gen_random_uuid()))"""
NEW_KEY = f"""
        INSERT INTO context_key (inner_block, outer_block)
        VALUES ({BLOCK} || {BLOCK}, {BLOCK} || {BLOCK})"""
# signature, what it returns, language and kind, body, who may call it
FUNCTIONS = (
    (
        "context_mac(key_id int, pool text, firms text, name text, until bigint)",
        "text",
        "sql STABLE",
        """
        SELECT encode(sha256(k.outer_block || sha256(k.inner_block || convert_to(
            pool || '/' || firms || '/' || until::text || '/' || name, 'UTF8'))), 'hex')
        FROM context_key k WHERE k.id = key_id
            AND k.made_at > clock_timestamp() - interval '2 days'""",
        "",
    ),
    (
        # for tests and for who acts in a broker's name without a browser
        "context_signature(pool int, firms int[], name text)",
        "text",
        "sql VOLATILE",
        f"""
        SELECT concat_ws('.', k.id, u.until, context_mac(k.id, pool::text,
            (SELECT coalesce(string_agg(f::text, ',' ORDER BY f), '') FROM unnest(firms) f),
            name, u.until))
        FROM (SELECT id FROM context_key ORDER BY id DESC LIMIT 1) k,
             (SELECT extract(epoch FROM clock_timestamp() + {LASTS})::bigint AS until) u""",
        WORKER,
    ),
    (
        "auth_signature(token bytea)",
        "text",
        "sql VOLATILE",
        """
        SELECT context_signature(m.pool_id, ARRAY(
                SELECT DISTINCT f.company_id FROM membership f
                WHERE f.pool_id = m.pool_id AND f.account_id = m.account_id AND f.active
                    AND f.door = m.door), a.email)
        FROM web_session s
        JOIN account a ON a.id = s.account_id AND a.active
        JOIN membership m ON m.pool_id = s.pool_id AND m.id = s.membership_id AND m.active
            AND m.door = s.door
        WHERE s.token_hash = token AND s.door = 'extranet' AND s.door = app_door()
            AND s.revoked_at IS NULL AND s.factor_at IS NOT NULL""",
        f"{INTRANET}, {EXTRANET}",
    ),
    (
        "app_signed()",
        "boolean",
        "plpgsql STABLE",
        """
        DECLARE
            parts text[] := string_to_array(current_setting('app.signature', true), '.');
        BEGIN
            IF coalesce(cardinality(parts), 0) <> 3
                OR parts[1] !~ '^[0-9]{1,9}$' OR parts[2] !~ '^[0-9]{1,12}$'
                OR parts[2]::bigint < extract(epoch FROM clock_timestamp())
                OR parts[3] IS DISTINCT FROM context_mac(parts[1]::int,
                    current_setting('app.pool_id'), current_setting('app.firms'),
                    current_setting('app.actor'), parts[2]::bigint)
            THEN
                RAISE EXCEPTION 'this context is not signed' USING ERRCODE = '42501';
            END IF;
            RETURN true;
        END""",
        EXTRANET,
    ),
    (
        "app_pool()",
        "int",
        "plpgsql STABLE",
        """
        BEGIN
            PERFORM app_signed();
            RETURN current_setting('app.pool_id')::int;
        END""",
        EXTRANET,
    ),
    (
        "rotate_context_key()",
        "void",
        "plpgsql VOLATILE",
        f"""
        BEGIN
            LOCK TABLE context_key IN SHARE ROW EXCLUSIVE MODE;
            IF NOT EXISTS (SELECT FROM context_key
                    WHERE made_at > clock_timestamp() - interval '1 day') THEN
                {NEW_KEY};
            END IF;
            DELETE FROM context_key WHERE made_at < clock_timestamp() - interval '2 days'
                AND id < (SELECT max(id) FROM context_key);
        END""",
        WORKER,
    ),
)
# of tables the extranet reads: what it does not read
WITHHELD = {
    "company": ("tax_note", "recorded_by"),
    "contract": ("source_digest",),
    "insurer": ("note", "identity_id", "recorded_by"),
    "issue": ("recorded_by",),
    "line_of_business": ("recorded_by",),
    "pool": ("operator_id", "recorded_by"),
    "producer": ("person_id", "house", "recorded_by"),
    "product": ("recorded_by",),
    "product_authorisation": ("reason", "recorded_by", "superseded_by"),
    "product_version": ("unit_value", "cap_years", "product_factor", "recorded_by"),
    "statement": ("recorded_by",),
}
PLAIN_FIRMS = """
        CREATE OR REPLACE FUNCTION app_firms() RETURNS int[] LANGUAGE plpgsql STABLE AS $$
        DECLARE firms text := current_setting('app.firms', true);
        BEGIN
            IF firms IS NULL OR firms = '' THEN
                RAISE EXCEPTION 'no firm in context' USING ERRCODE = '42501';
            END IF;
            RETURN string_to_array(firms, ',')::int[];
        END $$"""
SIGNED_FIRMS = """
        CREATE OR REPLACE FUNCTION app_firms() RETURNS int[] LANGUAGE plpgsql STABLE AS $$
        DECLARE firms text := current_setting('app.firms', true);
        BEGIN
            IF firms IS NULL OR firms = '' THEN
                RAISE EXCEPTION 'no firm in context' USING ERRCODE = '42501';
            END IF;
            PERFORM app_signed();
            RETURN string_to_array(firms, ',')::int[];
        END $$"""
# a policy of the extranet that looks at the pool alone asks for the signature too; what it shares
# with the other doors becomes its own
POLICIES = f"""
    DO $$ DECLARE p record; BEGIN
        FOR p IN SELECT * FROM pg_policies WHERE permissive = 'PERMISSIVE'
                AND '{EXTRANET}' = ANY(roles)
                AND concat(qual, with_check) !~ 'app_(firms|signed|pool)\\(' LOOP
            IF cardinality(p.roles) > 1 THEN
                EXECUTE format('ALTER POLICY %I ON %I TO %s', p.policyname, p.tablename,
                    (SELECT string_agg(r::text, ', ') FROM unnest(p.roles) r
                     WHERE r <> '{EXTRANET}'));
                EXECUTE format('CREATE POLICY signed ON %I FOR %s TO {EXTRANET} USING %s',
                    p.tablename, p.cmd, '({SIGNED})');
            ELSE
                EXECUTE format('ALTER POLICY %I ON %I', p.policyname, p.tablename)
                    || coalesce(' USING (' || p.qual || ' AND {SIGNED})', '')
                    || coalesce(' WITH CHECK (' || p.with_check || ' AND {SIGNED})', '');
            END IF;
        END LOOP;
    END $$"""
PLAIN_POLICIES = f"""
    DO $$ DECLARE p record; BEGIN
        FOR p IN SELECT * FROM pg_policies WHERE '{EXTRANET}' = ANY(roles)
                AND concat(qual, with_check) ~ 'app_signed\\(' LOOP
            IF p.policyname = 'signed' THEN
                EXECUTE format('DROP POLICY signed ON %I', p.tablename);
                EXECUTE format('ALTER POLICY market ON %I TO {APPS}', p.tablename);
            ELSE
                EXECUTE format('ALTER POLICY %I ON %I', p.policyname, p.tablename)
                    || coalesce(' USING (' || replace(p.qual, ' AND {SIGNED}', '') || ')', '')
                    || coalesce(' WITH CHECK (' || replace(p.with_check, ' AND {SIGNED}', '')
                        || ')', '');
            END IF;
        END LOOP;
    END $$"""
# functions that answer brokers past the policies take the pool from a signed context only
QUOTED = POOL.replace("'", "''")


# a word by mail is written for the pool that was signed, where a broker causes it
ANYBODYS = "(current_setting(''app.pool_id'')::int, behind"
SIGNEDS = (
    "(CASE app_door() WHEN ''extranet'' THEN app_pool() "
    "ELSE current_setting(''app.pool_id'')::int END, behind"
)


def reworded(function: str, old: str, new: str) -> str:
    return f"""
    DO $$ BEGIN
        EXECUTE replace(pg_get_functiondef('{function}'::regproc), '{old}', '{new}');
    END $$"""


def renamed(old: str, new: str) -> str:
    return f"""
    DO $$ DECLARE f record; BEGIN
        FOR f IN SELECT p.oid FROM pg_proc p
                WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
                    AND has_function_privilege('{EXTRANET}', p.oid, 'EXECUTE')
                    AND NOT has_function_privilege('{INTRANET}', p.oid, 'EXECUTE')
                    AND position('{old}' IN p.prosrc) > 0 LOOP
            EXECUTE replace(pg_get_functiondef(f.oid), '{old}', '{new}');
        END LOOP;
    END $$"""


def upgrade() -> None:
    op.create_table(
        "context_key",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("inner_block", sa.LargeBinary(), nullable=False),
        sa.Column("outer_block", sa.LargeBinary(), nullable=False),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_context_key")),
    )
    op.execute("ALTER TABLE context_key ENABLE ROW LEVEL SECURITY")
    op.execute(NEW_KEY)
    for signature, returns, kind, body, callers in FUNCTIONS:
        name = signature.partition("(")[0]
        op.execute(
            f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE {kind} {DEFINER} AS $${body}$$"
        )
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        if callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {callers}")
    op.execute(SIGNED_FIRMS)
    op.execute(POLICIES)
    op.execute(renamed(QUOTED, "(SELECT app_pool())"))
    op.execute(reworded("put_word", ANYBODYS, SIGNEDS))
    for table in WITHHELD:
        grant_but_withheld("SELECT", table)
    grant_but_withheld("UPDATE", "contract")  # the only one of them a broker changes rows of
    op.add_column(
        "document", sa.Column("scan", sa.Text(), server_default="unscanned", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_document_scan"), "document", "scan IN ('unscanned','scanning','clean','infected')"
    )
    op.execute(f"GRANT UPDATE (scan) ON document TO {APPS}")
    op.execute(
        f"CREATE POLICY looked_at ON document FOR UPDATE TO {EXTRANET} "
        f"USING (firm_id = {FIRMS}) WITH CHECK (firm_id = {FIRMS})"
    )


def grant_but_withheld(right: str, table: str) -> None:
    """Give brokers a right on the columns of a table that are not the pool's alone."""
    op.execute(f"REVOKE {right} ON {table} FROM {EXTRANET}")
    listed = ", ".join(f"'{name}'" for name in WITHHELD[table])
    op.execute(f"""
        DO $$ BEGIN EXECUTE (SELECT format('GRANT {right} (%s) ON {table} TO {EXTRANET}',
            string_agg(quote_ident(attname), ', ' ORDER BY attnum)) FROM pg_attribute
            WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped
                AND attname <> ALL (ARRAY[{listed}])); END $$""")


def downgrade() -> None:
    op.execute(f"REVOKE UPDATE ON contract FROM {EXTRANET}")
    op.execute(f"GRANT UPDATE ON contract TO {EXTRANET}")
    op.execute("DROP POLICY looked_at ON document")
    op.execute(f"REVOKE UPDATE (scan) ON document FROM {APPS}")
    op.drop_constraint(op.f("ck_document_scan"), "document", type_="check")
    op.drop_column("document", "scan")
    for table in WITHHELD:
        # a right on the whole table takes the rights on its columns with it
        op.execute(f"REVOKE SELECT ON {table} FROM {EXTRANET}")
        op.execute(f"GRANT SELECT ON {table} TO {EXTRANET}")
    op.execute(reworded("put_word", SIGNEDS, ANYBODYS))
    op.execute(renamed("(SELECT app_pool())", QUOTED))
    op.execute(PLAIN_POLICIES)
    op.execute(PLAIN_FIRMS)
    for signature, *_ in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    op.drop_table("context_key")
