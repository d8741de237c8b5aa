"""What must hold for every table, asked of PostgreSQL's catalogue.

Each check is one query; a row it returns is a fault, as a sentence. A table made tomorrow is asked
the same questions. What may differ is named here, with the reason.
"""

import json

import psycopg

# read before a pool is known, by definer functions alone: no policy, no grant
CLOSED = (
    "account", "context_key", "factor_reset", "known_device", "mail", "one_time_link",
    "recovery_code", "second_factor", "throttle", "web_session",
)  # fmt: skip
# the same for every pool
GLOBAL = (
    "account",
    "context_key",
    "insurer_identity",
    "known_device",
    "recovery_code",
    "second_factor",
    "throttle",
)
# kept by alembic, for the owner alone
MIGRATIONS = "alembic_version"
APPS = ("brokerpool_extranet", "brokerpool_intranet", "brokerpool_worker")
PORTALS = ("brokerpool_extranet", "brokerpool_intranet")
# what may do more than its caller, and who may call it
# triggers; nobody calls them
KEEPERS = (
    "application", "company", "contract", "customer", "insurer", "producer", "product", "statement",
)  # fmt: skip
# a new row's unit: triggers too
PLACED = (
    "application", "application_change", "audit_entry", "contract", "contract_terms", "customer",
    "delivery_line", "discrepancy", "document", "message", "premium_due", "raw_record",
    "saved_view", "task", "thread",
)  # fmt: skip
DEFINERS = {
    **{f"unit_of_{table}()": () for table in PLACED},
    "division_stays()": (),
    "task_goes_over()": (),
    "name_for_good()": (),
    "app_hidden(integer,integer,integer,text)": APPS,
    "app_layer(integer)": APPS,
    "ask_clearance(bigint,integer,text)": ("brokerpool_intranet",),
    "auth_choose_team(bytea,bytea,integer)": ("brokerpool_intranet",),
    "auth_enter(bytea,bytea,integer)": PORTALS,
    "auth_rest(bytea,interval)": PORTALS,
    "auth_works(bytea)": PORTALS,
    "clearance_hit(bigint)": ("brokerpool_intranet",),
    "clearance_hits(text[],integer,bigint)": ("brokerpool_intranet",),
    "clearance_requests(boolean)": ("brokerpool_intranet",),
    "clearance_twins(text[],date)": ("brokerpool_intranet",),
    "contract_numbered(integer,integer,text)": ("brokerpool_intranet", "brokerpool_worker"),
    "document_store_of(text,bigint)": APPS,
    "staff_members()": ("brokerpool_intranet",),
    "statement_is_open(bigint)": ("brokerpool_intranet",),
    "layer_report()": ("brokerpool_intranet",),
    "limited_masters()": ("brokerpool_intranet",),
    "seat_members(integer)": ("brokerpool_intranet",),
    "unit_of_firm(integer,integer)": (),
    "works_in_team(integer,integer)": ("brokerpool_intranet",),
    **{f"{does}_{table}_words()": () for does in ("keep", "renew") for table in KEEPERS},
    "accounts_changed(integer,text)": ("brokerpool_intranet", "brokerpool_worker"),
    "all_pools()": ("brokerpool_worker",),
    "apply_bank_changes()": ("brokerpool_worker",),
    "auth_close_session(bytea)": ("brokerpool_extranet", "brokerpool_intranet"),
    "auth_session(bytea)": ("brokerpool_extranet", "brokerpool_intranet"),
    "auth_signature(bytea)": ("brokerpool_extranet", "brokerpool_intranet"),
    "app_pool()": ("brokerpool_extranet",),
    "app_signed()": ("brokerpool_extranet",),
    "context_mac(integer,text,text,text,bigint)": (),
    "context_signature(integer,integer[],text)": ("brokerpool_worker",),
    "rotate_context_key()": ("brokerpool_worker",),
    "conditions_of_product(integer,date)": ("brokerpool_extranet",),
    "change_role(integer,text)": ("brokerpool_extranet", "brokerpool_intranet"),
    "contract_lines(bigint[])": ("brokerpool_extranet",),
    "contract_progress(bigint[])": ("brokerpool_extranet",),
    "convert_contract(bigint,integer,date,jsonb,bigint,integer)": ("brokerpool_extranet",),
    "create_account(text,text,text,text)": ("brokerpool_worker",),
    "create_membership(integer,integer,text,text)": ("brokerpool_worker",),
    "draft_lines()": ("brokerpool_extranet",),
    "draft_of_firms()": ("brokerpool_extranet",),
    "why_entry(integer,bigint,integer)": APPS,
    # the doors
    "auth_try(text,bytea,text)": PORTALS,
    "auth_failed(text,bytea)": PORTALS,
    "auth_open_session(integer,bytea,text,text)": PORTALS,
    "auth_complete(bytea,bytea,interval,bytea)": PORTALS,
    "auth_renew(bytea,bytea,boolean)": PORTALS,
    "ask_reset(text)": PORTALS,
    "may_come(text)": PORTALS,
    "words_around(bytea)": PORTALS,
    "own_hash(bytea)": PORTALS,
    "put_word(text,text,text,text,text,jsonb)": APPS,
    "look_at_link(bytea,text)": PORTALS,
    "accept_invitation(bytea,text,bytea,text,text)": PORTALS,
    "reset_password(bytea,text)": PORTALS,
    "confirm_email(bytea)": PORTALS,
    "ask_invitation(bytea)": PORTALS,
    "own_factors(bytea)": PORTALS,
    "codes_left(bytea)": PORTALS,
    "factor_wait(bytea)": PORTALS,
    "factor_failed(bytea)": PORTALS,
    "take_totp(bytea,integer,bigint)": PORTALS,
    "take_code(bytea,bytea)": PORTALS,
    "take_passkey(bytea,integer,bigint)": PORTALS,
    "put_challenge(bytea,bytea)": PORTALS,
    "take_challenge(bytea)": PORTALS,
    "add_totp(bytea,text,bytea,text,bigint)": PORTALS,
    "add_passkey(bytea,text,bytea,bytea,bigint,text)": PORTALS,
    "remove_factor(bytea,integer)": PORTALS,
    "replace_codes(bytea,bytea[])": PORTALS,
    "change_password(bytea,text)": PORTALS,
    "ask_email(bytea,text)": PORTALS,
    "own_sessions(bytea)": PORTALS,
    "end_own_sessions(bytea,bigint)": PORTALS,
    "invite_person(text,text,text,text,integer,text,boolean)": APPS,
    "set_member(integer,boolean)": APPS,
    "find_member(integer)": APPS,
    "end_member_sessions(integer)": APPS,
    "reset_member_factors(integer,integer)": ("brokerpool_intranet",),
    "find_mail(bigint)": ("brokerpool_worker",),
    "mail_sent(bigint)": ("brokerpool_worker",),
    "draw_link(bigint,bytea)": ("brokerpool_worker",),
    "link_to_invite(integer)": ("brokerpool_worker",),
    "put_reset(text,text)": ("brokerpool_worker",),
    "end_sessions_of_member()": (),
    "end_sessions_of_account()": (),
    "void_links_of_account()": (),
    "way_in(integer)": ("brokerpool_intranet",),
    "fresh_statistics()": ("brokerpool_worker",),
    "lease_outbox(integer,integer,bigint[])": ("brokerpool_worker",),
    "people_known()": APPS,
    "plan_daily(text)": ("brokerpool_worker",),
    "pool_contact()": ("brokerpool_extranet",),
    "pool_staff()": ("brokerpool_intranet",),
    "role_holders()": ("brokerpool_intranet",),
    "summarize_postings()": ("brokerpool_worker",),
    "forget_postings(integer,bigint[],boolean)": ("brokerpool_worker",),
}
# who calls these shows the token of a session or a link, whose hash is stored, or is nobody yet:
# there is no context they could believe
BY_TOKEN = (
    "accept_invitation", "add_passkey", "add_totp", "ask_email", "ask_invitation", "ask_reset",
    "change_password", "codes_left", "confirm_email", "end_own_sessions", "factor_failed",
    "factor_wait", "look_at_link", "may_come", "own_factors", "own_hash", "own_sessions",
    "put_challenge", "remove_factor", "replace_codes", "reset_password", "take_challenge",
    "take_code", "take_passkey", "take_totp", "words_around",
)  # fmt: skip
APPEND_ONLY = (
    "account_posting", "adjustment", "audit_entry", "entry_liability", "event", "issue", "posting",
    "statement", "statement_line", "statement_withholding",
)  # fmt: skip
# the only tables from which an app deletes: a draft's scratch paper, a file's that is looked at
SCRATCH = (
    "run_balance", "run_event", "run_figure", "run_packet", "run_producer_figure", "upload_row",
)  # fmt: skip
EXTRANET_READS = (
    "application",
    "application_change",
    "bank_change",
    "company",
    "contract",
    "conversion",
    "customer",
    "document",
    "entry_liability",
    "insurer",
    "insurer_identity",
    "invoice",
    "issue",
    "line_of_business",
    "long_job",
    "message",
    "notification",
    "payment_hold",
    "person",
    "parameter_value",
    "pool",
    "preference",
    "premium_due",
    "producer",
    "product",
    "product_authorisation",
    "product_version",
    "proof",
    "regional_default",
    "saved_view",
    "search_word",
    "statement",
    "statement_line",
    "statement_withholding",
    "thread",
)
# of these tables the extranet reads no more than the columns listed
EXTRANET_COLUMNS = {
    "company": """pool_id id code name sort_key kind intermediary_type natural_person country
        language currency street postcode city email phone tax_number vat_id register_number
        national_id iban bank_name agreement_number agreement_date signatory signatory_position
        state exit_on reads_until version recorded_at account_holder collects_premiums team_id""",
    "contract": """pool_id id firm_id private case_number insurer_id line_id number number_key
        sequence product_id product_version_id own_insurer own_product converted_from_id
        converted_on holder_id producer_id holder_key producer_key state begin_on end_on
        cancelled_on cancellation_reason next_due_on frequency net_premium gross_premium
        net_premium_cents currency agency_number note version recorded_at recorded_by
        organisation_id division_id team_id""",
    "insurer": """pool_id id code name country street postcode city email phone version recorded_at
        team_id""",
    "issue": "pool_id id firm_id statement_id document_id kind number total recorded_at",
    "line_of_business": "pool_id id code gdv_key name_de name_uk name_en recorded_at",
    "pool": """id code name country currency time_zone language logo_sha256 shows_income
        organisations_on recorded_at gates_on bank_wait_days""",
    "producer": "pool_id id code name sort_key kind firm_id version recorded_at",
    "product": """pool_id id code name insurer_id line_id catch_all state offered_from
        offered_until restricted summary features version recorded_at""",
    "product_authorisation": "pool_id id product_id firm_id allowed key valid superseded_at"
    " recorded_at",
    "product_version": "pool_id id product_id name valid recorded_at",
    "statement": """pool_id id firm_id run_id period_id company_id currency number issue_date
        opening entries adjustments withheld payout closing reserve_opening reserve_closing on_hold
        minimum_payout payout_cents recorded_at""",
}
# what a broker writes: rows of his firms; of the journal he reads nothing
EXTRANET_WRITES = (
    "application", "application_change", "audit_entry", "bank_change", "contract", "customer",
    "document", "long_job", "message", "preference", "premium_due", "proof", "saved_view", "thread",
)  # fmt: skip

TABLES = """
    WITH tables AS (
        SELECT c.oid, c.relname AS name, c.relrowsecurity AS secured, EXISTS (
            SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'pool_id'
        ) AS tenant
        FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
            AND c.relname <> %(migrations)s
    ), rights AS (
        SELECT t.*, app.name AS app, command.name AS command
        FROM tables t, unnest(%(apps)s::text[]) AS app (name),
             unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS command (name)
        WHERE CASE WHEN command.name = 'DELETE'
              THEN has_table_privilege(app.name, t.oid, 'DELETE')
              ELSE has_any_column_privilege(app.name, t.oid, command.name) END
    ), keys AS (
        SELECT t.name, t.tenant, i.indexrelid::regclass::text AS index, i.indisprimary,
               i.indisunique OR i.indisexclusion AS holds, i.indpred IS NULL AS whole,
               pg_get_expr(i.indpred, i.indrelid) ~ '^\\([a-z_]+_id IS NOT NULL\\)$' AS where_named,
               i.indrelid, (i.indkey::int2[])[0:i.indnkeyatts - 1] AS columns, p.attnum AS pool
        FROM tables t JOIN pg_index i ON i.indrelid = t.oid
        LEFT JOIN pg_attribute p ON p.attrelid = t.oid AND p.attname = 'pool_id'
    )"""
POOL_OF_CONTEXT = "( SELECT (current_setting('app.pool_id'::text))::integer AS current_setting)"

CHECKS = {
    "row-level security is on": """
        SELECT format('%%s has no row-level security', name) FROM tables WHERE NOT secured""",
    "one floor under every granted table": """
        SELECT format('%%s has no floor for the pool', t.name)
        FROM (SELECT DISTINCT name, oid FROM rights WHERE name <> ALL(%(global)s::text[])) t
        WHERE NOT EXISTS (
            SELECT 1 FROM pg_policies p WHERE p.tablename = t.name AND p.permissive = 'RESTRICTIVE'
                AND p.cmd = 'ALL'
                AND (SELECT array_agg(r ORDER BY r) FROM unnest(p.roles::text[]) r)
                    = %(apps)s::text[]
                AND p.qual = format('(%%s = %%s)',
                    CASE t.name WHEN 'pool' THEN 'id' ELSE 'pool_id' END, %(floor)s::text)
                AND p.with_check = p.qual)""",
    "no tenant table without a floor": """
        SELECT format('%%s belongs to pools and has no floor', t.name) FROM tables t
        WHERE t.tenant AND t.name <> ALL(%(closed)s::text[]) AND NOT EXISTS (
            SELECT 1 FROM pg_policies p
            WHERE p.tablename = t.name AND p.permissive = 'RESTRICTIVE')""",
    "every right has a policy that opens it": """
        SELECT format('%%s may %%s %%s, but no policy lets rows through', r.app, r.command, r.name)
        FROM rights r
        WHERE NOT EXISTS (SELECT 1 FROM pg_policies p WHERE p.tablename = r.name
            AND p.permissive = 'PERMISSIVE' AND p.cmd IN (r.command, 'ALL')
            AND r.app = ANY(p.roles))""",
    "policies name the doors they are for": """
        SELECT format('policy %%s of %%s is for %%s', policyname, tablename, roles)
        FROM pg_policies WHERE NOT roles::text[] <@ %(apps)s::text[]""",
    "closed tables are closed": """
        SELECT format('%%s may %%s %%s', app, command, name) FROM rights
        WHERE name = ANY(%(closed)s::text[])""",
    "an index leads with the pool": """
        SELECT format('%%s has no index that leads with pool_id', t.name) FROM tables t
        WHERE t.tenant AND t.name <> ALL(%(closed)s::text[]) AND NOT EXISTS (
            SELECT 1 FROM keys k WHERE k.indrelid = t.oid AND k.whole AND k.columns[1] = k.pool)""",
    "the pool is in every key": """
        SELECT format('%%s of %%s lacks pool_id', index, name) FROM keys
        WHERE tenant AND holds AND name <> ALL(%(closed)s::text[]) AND NOT pool = ANY(columns)""",
    "the pool is in every foreign key": """
        SELECT format('%%s of %%s lacks pool_id', c.conname, t.name)
        FROM tables t
        JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f'
        JOIN pg_class f ON f.oid = c.confrelid
        JOIN pg_attribute p ON p.attrelid = t.oid AND p.attname = 'pool_id'
        WHERE f.relname <> ALL(%(global)s::text[]) AND NOT EXISTS (
            SELECT 1 FROM unnest(c.conkey, c.confkey) AS pair (here, there)
            JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = pair.there
            WHERE pair.here = p.attnum
                AND a.attname = CASE f.relname WHEN 'pool' THEN 'id' ELSE 'pool_id' END)""",
    "every foreign key has an index": """
        SELECT format('%%s of %%s has no index', c.conname, t.name)
        FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f'
        WHERE NOT EXISTS (SELECT 1 FROM keys k WHERE k.indrelid = t.oid
            AND k.columns[1:cardinality(c.conkey)] @> c.conkey
            AND (k.whole OR k.where_named))""",
    "views ask as their caller": """
        SELECT format('%%s shows what its owner sees', relname) FROM pg_class
        WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
            AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)
            AND NOT EXISTS (SELECT 1 FROM pg_depend d
                WHERE d.objid = pg_class.oid AND d.deptype = 'e')""",
    "no materialised view": """
        SELECT format('%%s is a copy without walls', relname) FROM pg_class
        WHERE relkind = 'm' AND relnamespace = 'public'::regnamespace""",
    "definer functions are the listed ones": """
        SELECT format('%%s runs as its owner and is not listed', p.oid::regprocedure)
        FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
            AND p.oid::regprocedure::text <> ALL(%(definers)s::text[])""",
    "definer functions pin their search path": """
        SELECT format('%%s takes its search path from the caller', p.oid::regprocedure)
        FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) AS setting
                WHERE setting ~ '^search_path=.*pg_temp$')""",
    "definer functions are not public": """
        SELECT format('everybody may call %%s', p.oid::regprocedure)
        FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
            AND has_function_privilege('public', p.oid, 'EXECUTE')""",
    "the public has nothing": """
        SELECT format('everybody has rights on %%s', c.relname)
        FROM pg_class c, aclexplode(c.relacl) AS right_of
        WHERE c.relnamespace = 'public'::regnamespace AND right_of.grantee = 0
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        UNION ALL SELECT 'everybody may create in the schema public'
        WHERE has_schema_privilege('public', 'public', 'CREATE')""",
    "apps have no powers": """
        SELECT format('%%s is superuser, BYPASSRLS, CREATEROLE or CREATEDB', r.rolname)
        FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb)
            AND (r.rolname = ANY(%(apps)s::text[]) OR NOT r.rolsuper AND EXISTS (
                SELECT 1 FROM unnest(%(apps)s::text[]) app
                WHERE pg_has_role(r.rolname, app, 'USAGE')))""",
    "apps own nothing": """
        SELECT format('%%s owns %%s', pg_get_userbyid(d.owner), d.thing)
        FROM (SELECT relowner AS owner, relname::text AS thing FROM pg_class
              UNION ALL SELECT proowner, proname FROM pg_proc
              UNION ALL SELECT nspowner, nspname FROM pg_namespace
                WHERE nspname NOT LIKE 'pg\\_%%temp\\_%%') AS d
        JOIN pg_roles r ON r.oid = d.owner
        WHERE NOT r.rolsuper AND EXISTS (SELECT 1 FROM unnest(%(apps)s::text[]) app
            WHERE pg_has_role(r.rolname, app, 'USAGE'))""",
    "an app is not another one, nor the owner": """
        SELECT format('%%s has the rights of %%s', r.rolname, other.rolname)
        FROM pg_roles r JOIN pg_roles other ON other.oid <> r.oid
        WHERE NOT r.rolsuper AND pg_has_role(r.oid, other.oid, 'MEMBER')
            AND EXISTS (SELECT 1 FROM unnest(%(apps)s::text[]) app
                WHERE pg_has_role(r.oid, app, 'USAGE'))
            AND NOT (other.rolname = ANY(%(apps)s::text[]) AND r.rolname <> ALL(%(apps)s::text[])
                AND (SELECT count(*) FROM unnest(%(apps)s::text[]) app
                     WHERE pg_has_role(r.oid, app, 'MEMBER')) = 1)""",
    "books have no right of change": """
        SELECT format('%%s may %%s %%s', app, command, name) FROM rights
        WHERE name = ANY(%(append_only)s::text[]) AND command IN ('UPDATE', 'DELETE')""",
    "books have a trigger that refuses": """
        SELECT format('nothing refuses %%s of %%s', kind.name, book)
        FROM unnest(%(append_only)s::text[]) AS book,
             (VALUES ('DELETE', 8), ('UPDATE', 16), ('TRUNCATE', 32)) AS kind (name, bit)
        WHERE NOT EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgrelid = book::regclass
            AND NOT g.tgisinternal AND g.tgenabled IN ('O', 'A') AND g.tgtype & kind.bit <> 0)""",
    "nobody deletes, but from scratch paper": """
        SELECT format('%%s may delete from %%s', app, name) FROM rights
        WHERE command = 'DELETE' AND name <> ALL(%(scratch)s::text[])
        UNION ALL
        SELECT format('%%s may %%s %%s', app, command, t.name)
        FROM tables t, unnest(%(apps)s::text[]) app,
             unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) command
        WHERE has_table_privilege(app, t.oid, command)""",
    "the extranet reads the listed tables": """
        SELECT format('the extranet may %%s %%s', command, name) FROM rights
        WHERE app = 'brokerpool_extranet' AND CASE command
            WHEN 'SELECT' THEN name <> ALL(%(extranet_reads)s::text[])
            WHEN 'DELETE' THEN true ELSE name <> ALL(%(extranet_writes)s::text[]) END
        UNION ALL
        SELECT format('the extranet may not read %%s', listed)
        FROM unnest(%(extranet_reads)s::text[]) listed
        WHERE NOT has_any_column_privilege('brokerpool_extranet', listed, 'SELECT')""",
    "the extranet reads the listed columns": """
        SELECT format('the extranet %%s %%s.%%s',
            CASE WHEN listed.name IS NULL THEN 'reads' ELSE 'does not read' END,
            t.name, a.attname)
        FROM tables t
        JOIN jsonb_each_text(%(columns)s::jsonb) AS told (name, names) ON told.name = t.name
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN regexp_split_to_table(told.names, '\\s+') AS listed (name)
            ON listed.name = a.attname
        WHERE has_column_privilege('brokerpool_extranet', t.oid, a.attnum, 'SELECT')
            <> (listed.name IS NOT NULL)""",
    "the extranet's context is signed": r"""
        SELECT format('policy %%s of %%s believes a context without a signature',
            policyname, tablename)
        FROM pg_policies
        WHERE permissive = 'PERMISSIVE' AND 'brokerpool_extranet' = ANY(roles)
            AND (coalesce(qual, with_check) !~ 'SELECT app_(firms|signed)\(\)'
                OR coalesce(with_check, qual) !~ 'SELECT app_(firms|signed)\(\)')
        UNION ALL
        SELECT format('%%s answers a broker without a signature', p.oid::regprocedure)
        FROM pg_proc p
        WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
            AND has_function_privilege('brokerpool_extranet', p.oid, 'EXECUTE')
            AND p.proname !~ '^(auth|app)_' AND p.proname <> ALL(%(by_token)s::text[])
            AND p.prosrc !~ '(app_(firms|signed|pool)|FROM reached)\('""",
    "what is private is not the staff's": """
        SELECT format('%%s shows private rows to the staff', t.name) FROM tables t
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'private'
        WHERE NOT EXISTS (SELECT 1 FROM pg_policies p WHERE p.tablename = t.name
            AND 'brokerpool_intranet' = ANY(p.roles) AND p.permissive = 'PERMISSIVE'
            AND p.qual = '(NOT private)' AND p.with_check = '(NOT private)')""",
    "the migrations' own table is the owner's": """
        SELECT format('%%s may read %%s', app, %(migrations)s::text)
        FROM unnest(%(apps)s::text[]) app
        WHERE has_any_column_privilege(app, %(migrations)s::text, 'SELECT, INSERT, UPDATE')
           OR has_table_privilege(app, %(migrations)s::text, 'DELETE')""",
}
PARAMETERS = {
    "apps": list(APPS),
    "by_token": list(BY_TOKEN),
    "append_only": list(APPEND_ONLY),
    "closed": list(CLOSED),
    "columns": json.dumps(EXTRANET_COLUMNS),
    "definers": list(DEFINERS),
    "extranet_reads": list(EXTRANET_READS),
    "extranet_writes": list(EXTRANET_WRITES),
    "floor": POOL_OF_CONTEXT,
    "global": list(GLOBAL),
    "migrations": MIGRATIONS,
    "scratch": list(SCRATCH),
}


def faults_of(connection: psycopg.Connection, check: str) -> list[str]:
    """The faults a check finds; an empty list is what everybody wants."""
    # the checks are this file's own
    query = TABLES + CHECKS[check]
    return [str(row[0]) for row in connection.execute(query.encode(), PARAMETERS)]
