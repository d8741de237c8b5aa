"""The layer of organisations: whose a customer, an application and a contract is, and the wall.

Rows carry their unit themselves: ``organisation_id`` null is the default organisation, so that
enabling the layer writes nothing. A restrictive policy holds staff to the organisations of their
context; worker and brokers have none of it. Triggers give new rows their unit: that of the team
they are made in, else of what they hang on, else of the broker firm. They sleep while the layer is
off. Broker firms and insurers limited to organisations or divisions are refused in new cases.
"""

import sqlalchemy as sa
from alembic import op

revision = "layer"
down_revision = "firms"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
APPS = f"{INTRANET}, {EXTRANET}, {WORKER}"
POOL = "(SELECT current_setting('app.pool_id')::int)"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
# a whole unit stands on these
ROOTS = ("customer", "contract", "application")
# these have the organisation of the row they hang on: column, its table
CHILDREN = {
    "premium_due": ("contract_id", "contract"),
    "application_change": ("application_id", "application"),
    "discrepancy": ("contract_id", "contract"),
    "delivery_line": ("contract_id", "contract"),
    "raw_record": ("contract_id", "contract"),
    "message": ("thread_id", "thread"),
}
# what no contract is known of is everybody's
LOOSE = ("discrepancy", "delivery_line", "raw_record")
# these are about something
ABOUT = ("thread", "task", "document", "audit_entry")
# these are written with it: a statement's lines by the engine, notices by who gives them
TOLD = ("statement_line", "notification")
WALLED = (*ROOTS, *CHILDREN, *ABOUT, *TOLD)
# what is about one of these and names no organisation is the default one's
KINDS = (
    "('customer', 'contract', 'application', 'application_change', 'premium_due', "
    "'statement_line', 'thread', 'message', 'task', 'document')"
)
MINE = (
    "((SELECT app_organisations()) IS NULL "
    "OR coalesce(organisation_id, 0) = ANY ((SELECT app_organisations())::int[]))"
)
# lists ordered within an organisation that is not the default one
ORDERED = {
    "contract": (
        ("begin_on", "begin_on DESC NULLS LAST, id DESC"),
        ("holder", "holder_key, id"),
    ),
    "customer": (("sort_key", "sort_key, id"),),
    "application": (("applied_on", "applied_on DESC NULLS LAST, id DESC"),),
}
UNITS = ("organisation", "division", "team")
FIGURE = ["pool_id", "run_id", "insurer_id", "line_id", "product_id", "currency", "kind"]
REPLACED = ("master_access", "carrier_code")
WORDED = {
    "application": ((), ("case_number", "broker_number", "insurer_number"), "false"),
    "contract": ((), ("number", "case_number"), "it.private"),
    "customer": (("last_name", "first_name"), (), "it.private"),
}
# signature, returns, language and kind, body, who calls it
FUNCTIONS = (
    (
        "app_layer(pool int)",
        "text",
        "sql STABLE",
        """
        SELECT CASE WHEN p.organisations_on THEN 'on'
            WHEN EXISTS (SELECT FROM master_access m
                WHERE m.pool_id = p.id AND m.superseded_at IS NULL) THEN 'limits'
            ELSE 'off' END
        FROM pool p WHERE p.id = pool""",
        APPS,
    ),
    (
        # companies and insurers the caller is not let near: '1,2|7'
        "app_hidden(pool int, account int, team int, firms text)",
        "text",
        "sql STABLE",
        """
        WITH standing AS (
            SELECT m.company_id, m.insurer_id, m.organisation_id, m.division_id
            FROM master_access m WHERE m.pool_id = pool AND m.superseded_at IS NULL
                AND app_door() IN ('intranet', 'extranet')
        ), layer AS (
            SELECT p.organisations_on AS enabled FROM pool p
            WHERE p.id = pool AND EXISTS (SELECT FROM standing)
        ), place AS (
            -- where a member of staff works: the team chosen; without the layer all of his teams
            SELECT d.id AS division_id, d.organisation_id
            FROM layer, team t JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id
            WHERE t.pool_id = pool AND app_door() = 'intranet' AND CASE WHEN layer.enabled
                THEN t.id = team
                ELSE EXISTS (SELECT FROM membership_team x JOIN membership m
                    ON m.pool_id = x.pool_id AND m.id = x.membership_id AND m.active
                    WHERE x.pool_id = pool AND x.team_id = t.id AND x.active
                        AND m.account_id = account AND m.door = 'intranet') END
            UNION
            -- what a broker's firm is limited to itself
            SELECT s.division_id, coalesce(s.organisation_id, d.organisation_id)
            FROM standing s
            LEFT JOIN division d ON d.pool_id = pool AND d.id = s.division_id
            WHERE app_door() = 'extranet' AND s.company_id = ANY(
                string_to_array(nullif(firms, ''), ',')::int[])
        ), shut AS (
            SELECT s.company_id, s.insurer_id FROM standing s
            GROUP BY s.company_id, s.insurer_id
            HAVING NOT bool_or(EXISTS (SELECT FROM place p WHERE p.division_id = s.division_id
                OR p.organisation_id = s.organisation_id))
        ), free AS (
            -- who is in no team works for the whole pool while there is no layer
            SELECT FROM layer WHERE NOT layer.enabled AND app_door() = 'intranet'
                AND NOT EXISTS (SELECT FROM place)
        )
        SELECT coalesce(string_agg(company_id::text, ','), '') || '|'
            || coalesce(string_agg(insurer_id::text, ','), '')
        FROM shut WHERE NOT EXISTS (SELECT FROM free)""",
        APPS,
    ),
    (
        # the unit of a firm: the only one it is limited to
        "unit_of_firm(pool int, firm int)",
        "TABLE (organisation_id int, division_id int)",
        "sql STABLE",
        """
        SELECT min(coalesce(m.organisation_id, d.organisation_id)), min(m.division_id)
        FROM master_access m
        LEFT JOIN division d ON d.pool_id = m.pool_id AND d.id = m.division_id
        WHERE m.pool_id = pool AND m.company_id = firm AND m.superseded_at IS NULL
        HAVING count(*) = 1""",
        "",
    ),
    (
        # what is limited, whoever may see it: for who keeps the limits
        "limited_masters()",
        """TABLE (id int, company_id int, insurer_id int, code text, name text,
            organisation_id int, division_id int)""",
        "sql STABLE",
        f"""
        SELECT m.id, m.company_id, m.insurer_id, coalesce(c.code, i.code), coalesce(c.name, i.name),
               m.organisation_id, m.division_id
        FROM master_access m
        LEFT JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id
        LEFT JOIN insurer i ON i.pool_id = m.pool_id AND i.id = m.insurer_id
        WHERE m.pool_id = {POOL} AND m.superseded_at IS NULL""",
        INTRANET,
    ),
    (
        # a number is taken once in the pool, whoever may see its contract
        "contract_numbered(insurer int, line int, given text)",
        "bigint",
        "sql STABLE",
        f"""
        SELECT c.id FROM contract c
        WHERE c.pool_id = {POOL} AND NOT c.private AND c.insurer_id = insurer AND c.line_id = line
            AND c.number_key = given LIMIT 1""",
        f"{INTRANET}, {WORKER}",
    ),
    (
        # where the division of a case has its documents kept
        "document_store_of(about text, which bigint)",
        "text",
        "sql STABLE",
        f"""
        SELECT d.document_store FROM (
            SELECT c.division_id, c.firm_id FROM customer c
            WHERE about = 'customer' AND c.pool_id = {POOL} AND c.id = which
            UNION ALL SELECT c.division_id, c.firm_id FROM contract c
            WHERE about = 'contract' AND c.pool_id = {POOL} AND c.id = which
            UNION ALL SELECT a.division_id, a.firm_id FROM application a
            WHERE about = 'application' AND a.pool_id = {POOL} AND a.id = which
        ) it
        JOIN division d ON d.pool_id = {POOL} AND d.id = it.division_id
        WHERE app_door() <> 'extranet' OR it.firm_id = ANY ((SELECT app_firms())::int[])""",
        APPS,
    ),
    (
        # a statement's papers name every customer in it: whether all are of the reader's
        "statement_is_open(wanted bigint)",
        "boolean",
        "sql STABLE",
        f"""
        SELECT (SELECT app_organisations()) IS NULL OR NOT EXISTS (
            SELECT FROM statement_line l WHERE l.pool_id = {POOL} AND l.statement_id = wanted
                AND coalesce(l.organisation_id, 0)
                    <> ALL ((SELECT app_organisations())::int[]))""",
        INTRANET,
    ),
    (
        # a session goes on in another team of its member, under a new token
        "auth_choose_team(token bytea, fresh bytea, wanted int)",
        "boolean",
        "sql",
        """
        WITH moved AS (
            UPDATE web_session s SET token_hash = fresh, team_id = wanted
            WHERE s.token_hash = token AND s.door = app_door() AND s.revoked_at IS NULL
                AND EXISTS (SELECT FROM membership_team x
                    JOIN team t ON t.pool_id = x.pool_id AND t.id = x.team_id AND t.active
                    JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id AND d.active
                    JOIN organisation o ON o.pool_id = d.pool_id AND o.id = d.organisation_id
                        AND o.active
                    JOIN pool p ON p.id = x.pool_id AND p.organisations_on
                    WHERE x.pool_id = s.pool_id AND x.membership_id = s.membership_id
                        AND x.team_id = wanted AND x.active)
            RETURNING 1
        )
        SELECT EXISTS (SELECT FROM moved)""",
        INTRANET,
    ),
    (
        # the pool's staff by name, for the page of a member's teams and of a team's members
        "staff_members()",
        "TABLE (id int, account_id int, name text, email text, role text, company text)",
        "sql STABLE",
        f"""
        SELECT m.id, a.id, a.name, a.email, m.role, c.name
        FROM membership m JOIN account a ON a.id = m.account_id
        JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id
        WHERE m.pool_id = {POOL} AND m.door = 'intranet' AND m.active AND a.active""",
        INTRANET,
    ),
    (
        # whether a member of staff works in a team: he can be its account executive
        "works_in_team(person int, wanted int)",
        "boolean",
        "sql STABLE",
        f"""
        SELECT EXISTS (SELECT FROM membership_team x JOIN membership m
            ON m.pool_id = x.pool_id AND m.id = x.membership_id AND m.active
            WHERE x.pool_id = {POOL} AND x.team_id = wanted AND x.active
                AND m.account_id = person AND m.door = 'intranet')""",
        INTRANET,
    ),
    (
        # customers of other organisations: name, state, since when, and nothing else
        "clearance_hits(words text[], most int, one bigint DEFAULT NULL)",
        "TABLE (id bigint, name text, state text, since date)",
        "sql STABLE",
        f"""
        SELECT c.id, concat_ws(', ', c.last_name, c.first_name),
               CASE WHEN EXISTS (SELECT FROM contract k WHERE k.pool_id = c.pool_id
                       AND k.holder_id = c.id AND NOT k.private AND k.state = 'active')
                   THEN 'insured'
                   WHEN EXISTS (SELECT FROM application a WHERE a.pool_id = c.pool_id
                       AND a.customer_id = c.id AND a.state NOT IN
                       ('draft', 'withdrawn', 'rejected'))
                   THEN 'applied' ELSE 'known' END,
               c.recorded_at::date
        FROM customer c
        WHERE c.pool_id = {POOL} AND NOT c.private AND app_organisations() IS NOT NULL
            AND coalesce(c.organisation_id, 0) <> ALL (app_organisations())
            AND cardinality(words) > 0 AND (one IS NULL OR c.id = one)
            AND NOT EXISTS (SELECT FROM unnest(words) AS begun
                WHERE NOT EXISTS (SELECT FROM search_word w WHERE w.pool_id = c.pool_id
                    AND w.kind = 'customer' AND w.subject_id = c.id
                    AND w.word >= begun AND w.word < begun || chr(1114111)))
            AND c.id IN (SELECT w.subject_id FROM search_word w WHERE w.pool_id = {POOL}
                AND w.kind = 'customer'
                AND w.word >= words[1] AND w.word < words[1] || chr(1114111))
        ORDER BY c.sort_key, c.id LIMIT least(most, 50)""",
        INTRANET,
    ),
    (
        # one of them: as much as a search told
        "clearance_hit(wanted bigint)",
        "TABLE (id bigint, name text, state text, since date)",
        "sql STABLE",
        f"""
        SELECT h.id, h.name, h.state, h.since FROM customer c
        CROSS JOIN LATERAL clearance_hits(
            ARRAY(SELECT w.word FROM search_word w WHERE w.pool_id = c.pool_id
                AND w.kind = 'customer' AND w.subject_id = c.id ORDER BY length(w.word) DESC
                LIMIT 1), 50, c.id) h
        WHERE c.pool_id = {POOL} AND c.id = wanted""",
        INTRANET,
    ),
    (
        # who may be the same person, of another organisation, without an approval of this one
        "clearance_twins(names text[], born date)",
        "TABLE (id bigint, name text, state text, since date)",
        "sql STABLE",
        f"""
        SELECT h.id, h.name, h.state, h.since
        FROM clearance_hits(names, 50) h
        JOIN customer c ON c.pool_id = {POOL} AND c.id = h.id
        WHERE (c.birth_date IS NULL OR born IS NULL OR c.birth_date = born)
            AND NOT EXISTS (SELECT FROM unnest(names) AS whole
                WHERE NOT EXISTS (SELECT FROM search_word w WHERE w.pool_id = c.pool_id
                    AND w.kind = 'customer' AND w.subject_id = c.id AND w.word = whole))
            AND NOT EXISTS (SELECT FROM clearance_request q WHERE q.pool_id = c.pool_id
                AND q.customer_id = c.id AND q.state = 'approved'
                AND coalesce(q.organisation_id, 0) = ANY (app_organisations()))""",
        INTRANET,
    ),
    (
        # ask the organisation a customer belongs to whether another may take him in as well
        "ask_clearance(wanted bigint, person int, why text)",
        "bigint",
        "plpgsql",
        f"""
        DECLARE made bigint; owner int; mine int;
        BEGIN
            IF app_organisations() IS NULL THEN RETURN NULL; END IF;
            SELECT coalesce(c.organisation_id, o.id) INTO owner FROM customer c
                LEFT JOIN organisation o ON o.pool_id = c.pool_id AND o.is_default
                WHERE c.pool_id = {POOL} AND c.id = wanted AND NOT c.private
                    AND coalesce(c.organisation_id, 0) <> ALL (app_organisations());
            IF NOT FOUND THEN RETURN NULL; END IF;
            mine := (SELECT o.id FROM organisation o WHERE o.pool_id = {POOL}
                AND o.id = ANY (app_organisations()) AND NOT o.is_default LIMIT 1);
            SELECT q.id INTO made FROM clearance_request q WHERE q.pool_id = {POOL}
                AND q.customer_id = wanted AND q.organisation_id IS NOT DISTINCT FROM mine
                AND q.state = 'open';
            IF made IS NOT NULL THEN RETURN made; END IF;
            INSERT INTO clearance_request
                (pool_id, customer_id, organisation_id, account_id, reason)
                VALUES ({POOL}, wanted, mine, person, why) RETURNING id INTO made;
            INSERT INTO notification (pool_id, organisation_id, permission, text, link, tone)
                VALUES ({POOL}, owner, 'clearance',
                    'Another organisation asks about a customer of yours.',
                    '/clearance/requests', 'warn');
            RETURN made;
        END""",
        INTRANET,
    ),
    (
        # what is asked of the organisations of the reader, and what he asked himself
        "clearance_requests(everything boolean)",
        """TABLE (id bigint, customer_id bigint, name text, asked_by text, organisation text,
            reason text, state text, asked_at timestamptz, owned boolean, owner text)""",
        "sql STABLE",
        f"""
        SELECT q.id, q.customer_id, concat_ws(', ', c.last_name, c.first_name), q.recorded_by,
               coalesce(o.name, w.name), q.reason, q.state, q.recorded_at,
               app_organisations() IS NULL
                   OR coalesce(c.organisation_id, 0) = ANY (app_organisations()),
               coalesce(co.name, w.name)
        FROM clearance_request q
        JOIN customer c ON c.pool_id = q.pool_id AND c.id = q.customer_id
        LEFT JOIN organisation o ON o.pool_id = q.pool_id AND o.id = q.organisation_id
        LEFT JOIN organisation co ON co.pool_id = q.pool_id AND co.id = c.organisation_id
        LEFT JOIN organisation w ON w.pool_id = q.pool_id AND w.is_default
        WHERE q.pool_id = {POOL} AND (everything OR app_organisations() IS NULL
            OR coalesce(c.organisation_id, 0) = ANY (app_organisations())
            OR coalesce(q.organisation_id, 0) = ANY (app_organisations()))""",
        INTRANET,
    ),
    (
        # before the layer: what it would touch
        "layer_report()",
        """TABLE (divisions bigint, teams bigint, members bigint, without_team bigint,
            customers bigint, contracts bigint, applications bigint, rules bigint,
            global_rules bigint)""",
        "sql STABLE",
        f"""
        SELECT (SELECT count(*) FROM division WHERE pool_id = {POOL}),
               (SELECT count(*) FROM team WHERE pool_id = {POOL}),
               (SELECT count(*) FROM membership m WHERE m.pool_id = {POOL} AND m.active
                    AND m.door = 'intranet'),
               (SELECT count(*) FROM membership m WHERE m.pool_id = {POOL} AND m.active
                    AND m.door = 'intranet' AND NOT EXISTS (SELECT FROM membership_team x
                        WHERE x.pool_id = m.pool_id AND x.membership_id = m.id AND x.active)),
               (SELECT count(*) FROM customer WHERE pool_id = {POOL} AND NOT private),
               (SELECT count(*) FROM contract WHERE pool_id = {POOL} AND NOT private),
               (SELECT count(*) FROM application WHERE pool_id = {POOL}),
               (SELECT count(*) FROM rule WHERE pool_id = {POOL} AND superseded_at IS NULL),
               (SELECT count(*) FROM rule WHERE pool_id = {POOL} AND superseded_at IS NULL
                    AND organisation_id IS NULL AND division_id IS NULL)""",
        INTRANET,
    ),
    (
        # whoever is in no team when the layer begins works on where he worked: in the first one
        "seat_members(first_team int)",
        "int",
        "sql",
        f"""
        WITH seated AS (
            INSERT INTO membership_team (pool_id, membership_id, team_id, is_default)
            SELECT m.pool_id, m.id, first_team, true FROM membership m
            JOIN team t ON t.pool_id = m.pool_id AND t.id = first_team
            WHERE m.pool_id = {POOL} AND m.active AND m.door = 'intranet'
                AND NOT EXISTS (SELECT FROM membership_team x
                    WHERE x.pool_id = m.pool_id AND x.membership_id = m.id AND x.active)
            ON CONFLICT (pool_id, membership_id, team_id)
                DO UPDATE SET active = true, is_default = true
            RETURNING 1
        )
        SELECT count(*)::int FROM seated""",
        INTRANET,
    ),
)  # fmt: skip
# raises without a context, null where there is no wall
ORGANISATIONS = """
    CREATE FUNCTION app_organisations() RETURNS int[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    DECLARE given text := current_setting('app.organisations');
    BEGIN
        CASE given WHEN '*' THEN RETURN NULL;
        WHEN 'none' THEN RETURN '{}';
        WHEN '' THEN RAISE EXCEPTION 'no organisations in the context' USING ERRCODE = '22P02';
        ELSE RETURN string_to_array(given, ',')::int[];
        END CASE;
    END $$"""
HIDDEN = """
    CREATE FUNCTION hidden_{name}() RETURNS int[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT coalesce(string_to_array(nullif(split_part(
            current_setting('app.hidden', true), '|', {place}), ''), ',')::int[], '{{}}')
    $$"""
# triggers: a new customer, application or contract gets its unit
TAKE_UNIT = """
    DECLARE
        chosen int := nullif(current_setting('app.team', true), '')::int;
        source record;
    BEGIN
        IF num_nonnulls(NEW.organisation_id, NEW.division_id, NEW.team_id) = 0 THEN
            IF chosen IS NOT NULL THEN
                NEW.team_id := chosen;
            ELSE
                {inherited}
                IF num_nonnulls(NEW.organisation_id, NEW.division_id, NEW.team_id) = 0
                    AND NEW.firm_id IS NOT NULL THEN
                    SELECT u.organisation_id, u.division_id
                    INTO NEW.organisation_id, NEW.division_id
                    FROM unit_of_firm(NEW.pool_id, NEW.firm_id) u;
                END IF;
            END IF;
        END IF;
        IF NEW.team_id IS NOT NULL THEN
            NEW.division_id := (SELECT t.division_id FROM team t
                WHERE t.pool_id = NEW.pool_id AND t.id = NEW.team_id);
        END IF;
        IF NEW.division_id IS NOT NULL THEN
            NEW.organisation_id := (SELECT d.organisation_id FROM division d
                WHERE d.pool_id = NEW.pool_id AND d.id = NEW.division_id);
        END IF;
        -- what is of the default organisation names none
        IF EXISTS (SELECT FROM organisation o WHERE o.pool_id = NEW.pool_id
            AND o.id = NEW.organisation_id AND o.is_default) THEN
            NEW.organisation_id := NULL;
        END IF;
        RETURN NEW;
    END"""
INHERITED = """
                IF NEW.{column} IS NOT NULL THEN
                    SELECT c.organisation_id, c.division_id, c.team_id
                    INTO NEW.organisation_id, NEW.division_id, NEW.team_id
                    FROM {table} c WHERE c.pool_id = NEW.pool_id AND c.id = NEW.{column};
                END IF;"""
TAKE_TERMS = """
    BEGIN
        IF num_nonnulls(NEW.organisation_id, NEW.division_id) = 0 THEN
            SELECT c.organisation_id, c.division_id INTO NEW.organisation_id, NEW.division_id
            FROM contract c WHERE c.pool_id = NEW.pool_id AND c.id = NEW.contract_id;
        END IF;
        RETURN NEW;
    END"""
# a case's number stays with it: what it becomes stays where it was
TAKE_PARENT = """
    BEGIN
        NEW.organisation_id := (SELECT p.organisation_id FROM {table} p
            WHERE p.pool_id = NEW.pool_id AND p.id = NEW.{column});
        RETURN NEW;
    END"""
TAKE_SUBJECT = """
    BEGIN
        IF NEW.organisation_id IS NOT NULL THEN RETURN NEW; END IF;
        NEW.organisation_id := CASE NEW.subject
            WHEN 'customer' THEN (SELECT c.organisation_id FROM customer c
                WHERE c.pool_id = NEW.pool_id AND c.id = NEW.subject_id)
            WHEN 'contract' THEN (SELECT c.organisation_id FROM contract c
                WHERE c.pool_id = NEW.pool_id AND c.id = NEW.subject_id)
            WHEN 'application' THEN (SELECT a.organisation_id FROM application a
                WHERE a.pool_id = NEW.pool_id AND a.id = NEW.subject_id)
            WHEN 'premium_due' THEN (SELECT d.organisation_id FROM premium_due d
                WHERE d.pool_id = NEW.pool_id AND d.id = NEW.subject_id)
            WHEN 'thread' THEN (SELECT t.organisation_id FROM thread t
                WHERE t.pool_id = NEW.pool_id AND t.id = NEW.subject_id)
            WHEN 'message' THEN (SELECT m.organisation_id FROM message m
                WHERE m.pool_id = NEW.pool_id AND m.id = NEW.subject_id)
            WHEN 'task' THEN (SELECT t.organisation_id FROM task t
                WHERE t.pool_id = NEW.pool_id AND t.id = NEW.subject_id)
            WHEN 'document' THEN (SELECT d.organisation_id FROM document d
                WHERE d.pool_id = NEW.pool_id AND d.id = NEW.subject_id)
            WHEN 'statement_line' THEN (SELECT l.organisation_id FROM statement_line l
                WHERE l.pool_id = NEW.pool_id AND l.id = NEW.subject_id) END;
        IF NEW.subject IS NULL THEN
            -- about nothing: of the organisation of who wrote it, also of the default one
            NEW.organisation_id := (SELECT d.organisation_id FROM team t
                JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id
                WHERE t.pool_id = NEW.pool_id
                    AND t.id = nullif(current_setting('app.team', true), '')::int);
        END IF;
        RETURN NEW;
    END"""
KEEP_DIVISION = """
    BEGIN
        IF OLD.organisation_id IS DISTINCT FROM NEW.organisation_id
            AND OLD.organisation_id IS NOT NULL THEN
            RAISE EXCEPTION 'division % keeps its organisation', OLD.id USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END"""


def upgrade() -> None:
    tables()
    columns()
    functions()
    triggers()
    words()
    walls()


def downgrade() -> None:
    for table in WALLED:
        op.execute(f"DROP POLICY wall ON {table}")
    for table in ("search_word", "run_figure", "run_producer_figure"):
        op.execute(f"DROP POLICY wall ON {table}")
    for table in ("application", "contract"):
        op.execute(f"DROP POLICY limited ON {table}")
    op.execute(f"REVOKE UPDATE (organisations_on) ON pool FROM {INTRANET}, {WORKER}")
    for table in UNITS:
        op.execute(f"DROP TRIGGER version ON {table}")
    for table in (*ROOTS, "contract_terms", *CHILDREN, *ABOUT):
        op.execute(f"DROP FUNCTION unit_of_{table}() CASCADE")
    op.execute("DROP FUNCTION division_stays() CASCADE")
    op.drop_index("ix_search_word_word", "search_word")
    op.create_index(
        "ix_search_word_word",
        "search_word",
        ["pool_id", "kind", "word", "firm_id", "private", "subject_id"],
    )
    for table in WORDED:
        word_functions(table, walled=False)
    op.drop_column("search_word", "organisation_id")
    for signature, *_ in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    for function in ("app_organisations", "hidden_companies", "hidden_insurers"):
        op.execute(f"DROP FUNCTION {function}()")
    for table in WALLED:
        op.drop_column(table, "organisation_id")
    for table in ROOTS:
        op.drop_column(table, "team_id")
        op.drop_column(table, "division_id")
    op.drop_constraint(op.f("pk_run_figure"), "run_figure", type_="primary")
    op.drop_column("run_figure", "organisation_id")
    op.create_primary_key(op.f("pk_run_figure"), "run_figure", FIGURE)
    op.drop_column("customer", "executive_id")
    op.drop_column("document", "folder")
    for table in ("clearance_request", *REPLACED):
        op.drop_table(table)


def tables() -> None:
    """Make what is kept beside the units: limits, codes, requests."""
    for table, others, rules in (
        (
            "master_access",
            (("company_id", "company"), ("insurer_id", "insurer"),
             ("organisation_id", "organisation"), ("division_id", "division")),
            (("subject", "num_nonnulls(company_id, insurer_id) = 1"),
             ("unit", "num_nonnulls(organisation_id, division_id) = 1")),
        ),
        (
            "carrier_code",
            (("insurer_id", "insurer"), ("division_id", "division"), ("team_id", "team")),
            (("unit", "num_nonnulls(division_id, team_id) = 1"),),
        ),
    ):  # fmt: skip
        needed = {"insurer_id"} if table == "carrier_code" else set()
        key = (
            "coalesce('c' || company_id::text, 'i' || insurer_id::text) || '/' || "
            "coalesce('o' || organisation_id::text, 'd' || division_id::text)"
            if table == "master_access"
            else "insurer_id::text || '/' || "
            "coalesce('d' || division_id::text, 't' || team_id::text)"
        )
        op.create_table(
            table,
            *(sa.Column(name, sa.Integer, nullable=name not in needed) for name, _ in others),
            *((sa.Column("code", sa.Text, nullable=False),) if table == "carrier_code" else ()),
            sa.Column("key", sa.Text, sa.Computed(key, persisted=True), nullable=False),
            sa.Column("pool_id", sa.Integer, nullable=False),
            sa.Column("id", sa.Integer, sa.Identity(always=False), nullable=False),
            sa.Column("superseded_at", sa.DateTime(timezone=True)),
            sa.Column("superseded_by", sa.Text),
            *noted(),
            sa.PrimaryKeyConstraint("pool_id", "id", name=op.f(f"pk_{table}")),
            sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f(f"fk_{table}_pool_id")),
            *(
                sa.ForeignKeyConstraint(
                    ["pool_id", name],
                    [f"{other}.pool_id", f"{other}.id"],
                    name=op.f(f"fk_{table}_pool_id_{name}"),
                )
                for name, other in others
            ),
            *(
                sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{called}"))
                for called, rule in rules
            ),
        )
        for name, _ in others:
            op.create_index(op.f(f"ix_{table}_pool_id_{name}"), table, ["pool_id", name])
        op.create_index(
            f"uq_{table}_standing",
            table,
            ["pool_id", "key"],
            unique=True,
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        op.execute(
            f"CREATE TRIGGER guard AFTER UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION guard_fact()"
        )
    op.create_table(
        "clearance_request",
        sa.Column("customer_id", sa.BigInteger, nullable=False),
        sa.Column("organisation_id", sa.Integer),
        sa.Column("account_id", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.Text, server_default="open", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Text),
        sa.Column("pool_id", sa.Integer, nullable=False),
        sa.Column("id", sa.BigInteger, sa.Identity(always=False), nullable=False),
        *noted(),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_clearance_request")),
        sa.ForeignKeyConstraint(
            ["pool_id", "customer_id"],
            ["customer.pool_id", "customer.id"],
            name=op.f("fk_clearance_request_pool_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "organisation_id"],
            ["organisation.pool_id", "organisation.id"],
            name=op.f("fk_clearance_request_pool_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_clearance_request_account_id")
        ),
        sa.CheckConstraint(
            "state IN ('open','approved','refused')", name=op.f("ck_clearance_request_state")
        ),
    )
    for columns_of in (["pool_id", "customer_id"], ["pool_id", "organisation_id"], ["account_id"]):
        op.create_index(
            op.f(f"ix_clearance_request_{'_'.join(columns_of)}"), "clearance_request", columns_of
        )


def noted() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_by", sa.Text(), server_default=sa.text("fact_author()"), nullable=False
        ),
    )


def columns() -> None:
    """Let rows name their unit; indexes hold those alone that do: none while there is no layer."""
    for table in WALLED:
        names = UNITS if table in ROOTS else UNITS[:1]
        for unit in names:
            # a new database has it in front where sums read many rows (decision 25)
            op.add_column(table, sa.Column(f"{unit}_id", sa.Integer), if_not_exists=True)
            op.create_foreign_key(
                op.f(f"fk_{table}_pool_id_{unit}_id"),
                table,
                unit,
                ["pool_id", f"{unit}_id"],
                ["pool_id", "id"],
            )
            op.create_index(
                op.f(f"ix_{table}_pool_id_{unit}_id"),
                table,
                ["pool_id", f"{unit}_id"],
                postgresql_where=sa.text(f"{unit}_id IS NOT NULL"),
            )
    for table, orders in ORDERED.items():
        for name, order in orders:
            op.create_index(
                f"ix_{table}_within_{name}",
                table,
                ["pool_id", "organisation_id", *(sa.text(part) for part in order.split(", "))],
                postgresql_where=sa.text("organisation_id IS NOT NULL"),
            )
    # figures by organisation; 0: what names none
    op.add_column(
        "run_figure", sa.Column("organisation_id", sa.Integer, server_default="0", nullable=False)
    )
    op.drop_constraint(op.f("pk_run_figure"), "run_figure", type_="primary")
    op.create_primary_key(op.f("pk_run_figure"), "run_figure", [*FIGURE, "organisation_id"])
    op.add_column("search_word", sa.Column("organisation_id", sa.Integer))
    op.add_column("customer", sa.Column("executive_id", sa.Integer))
    op.create_foreign_key(
        op.f("fk_customer_executive_id"), "customer", "account", ["executive_id"], ["id"]
    )
    op.create_index(op.f("ix_customer_executive_id"), "customer", ["executive_id"])
    op.add_column("document", sa.Column("folder", sa.Text))


def functions() -> None:
    op.execute(ORGANISATIONS)
    op.execute(HIDDEN.format(name="companies", place=1))
    op.execute(HIDDEN.format(name="insurers", place=2))
    for signature, returns, kind, body, callers in FUNCTIONS:
        name = signature.partition("(")[0]
        op.execute(
            f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE {kind} {DEFINER} AS $${body}$$"
        )
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        if callers:
            op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {callers}")


def triggers() -> None:
    """Give new rows their unit; nothing of it runs while the layer is off and nobody is limited."""
    inherited = {
        "customer": "",
        "application": INHERITED.format(column="customer_id", table="customer"),
        "contract": INHERITED.format(column="holder_id", table="customer"),
    }
    bodies = {table: TAKE_UNIT.format(inherited=inherited[table]) for table in ROOTS}
    bodies["contract_terms"] = TAKE_TERMS
    for table, (column, parent) in CHILDREN.items():
        bodies[table] = TAKE_PARENT.format(table=parent, column=column)
    bodies |= dict.fromkeys(ABOUT, TAKE_SUBJECT)
    for table, body in bodies.items():
        trigger(f"unit_of_{table}", body)
        op.execute(
            f"CREATE TRIGGER unit BEFORE INSERT ON {table} FOR EACH ROW "
            "WHEN (current_setting('app.layer', true) IN ('on', 'limits')) "
            f"EXECUTE FUNCTION unit_of_{table}()"
        )
    trigger("division_stays", KEEP_DIVISION)
    op.execute(
        "CREATE TRIGGER stays BEFORE UPDATE OF organisation_id ON division "
        "FOR EACH ROW EXECUTE FUNCTION division_stays()"
    )
    for table in UNITS:
        op.execute(
            f"CREATE TRIGGER version BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION next_version()"
        )


def trigger(name: str, body: str) -> None:
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $${body}$$")
    op.execute(f"REVOKE EXECUTE ON FUNCTION {name}() FROM PUBLIC")


def words() -> None:
    """A word tells that somebody exists: it knows whose he is."""
    op.drop_index("ix_search_word_word", "search_word")
    op.create_index(
        "ix_search_word_word",
        "search_word",
        ["pool_id", "kind", "word", "firm_id", "private", "organisation_id", "subject_id"],
    )
    for table in WORDED:
        word_functions(table, walled=True)


def word_functions(table: str, *, walled: bool) -> None:
    names, numbers, private = WORDED[table]
    found = " UNION ".join(
        f"SELECT {function}({', '.join('it.' + c for c in given)})"
        for function, given in (("search_words", names), ("search_numbers", numbers))
        if given
    )
    more, unit = (", organisation_id", ", it.organisation_id") if walled else ("", "")
    insert = (
        f"INSERT INTO search_word (pool_id, kind, subject_id, word, firm_id, private{more}) "
        f"SELECT it.pool_id, '{table}', it.id, found.word, it.firm_id, {private}{unit} "
        f"FROM {{source}} AS it, LATERAL ({found}) AS found (word)"
    )
    head = f"RETURNS trigger LANGUAGE plpgsql {DEFINER}"
    op.execute(
        f"CREATE OR REPLACE FUNCTION keep_{table}_words() {head} AS $$ "
        f"BEGIN {insert.format(source='made')}; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE OR REPLACE FUNCTION renew_{table}_words() {head} AS $$ BEGIN "
        "DELETE FROM search_word WHERE pool_id = OLD.pool_id "
        f"AND kind = '{table}' AND subject_id = OLD.id; "
        f"{insert.format(source='(SELECT NEW.*)')}; RETURN NULL; END $$"
    )
    own = ("private",) if private != "false" else ()
    watched = [*names, *numbers, "firm_id", *own, *(("organisation_id",) if walled else ())]
    changed = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in watched)
    op.execute(f"DROP TRIGGER renew_words ON {table}")
    op.execute(
        f"CREATE TRIGGER renew_words AFTER UPDATE OF {', '.join(watched)} ON {table} "
        f"FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION renew_{table}_words()"
    )


def walls() -> None:
    for table in (*REPLACED, "clearance_request"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY floor ON {table} AS RESTRICTIVE TO {APPS} "
            f"USING (pool_id = {POOL}) WITH CHECK (pool_id = {POOL})"
        )
        # a request is decided by who sees the customer it is about
        owned = (
            "EXISTS (SELECT FROM customer c WHERE c.pool_id = clearance_request.pool_id "
            "AND c.id = clearance_request.customer_id)"
            if table == "clearance_request"
            else "true"
        )
        op.execute(
            f"CREATE POLICY staff ON {table} TO {INTRANET} USING ({owned}) WITH CHECK ({owned})"
        )
        op.execute(f"CREATE POLICY jobs ON {table} TO {WORKER} USING (true) WITH CHECK (true)")
    for table in REPLACED:
        op.execute(
            f"GRANT SELECT, INSERT, UPDATE (superseded_at, superseded_by) ON {table} "
            f"TO {INTRANET}, {WORKER}"
        )
    # asked by a function, decided by the organisation the customer belongs to
    op.execute(
        f"GRANT SELECT, UPDATE (state, decided_at, decided_by) ON clearance_request TO {INTRANET}"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON clearance_request TO {WORKER}")
    op.execute(f"GRANT UPDATE (organisations_on) ON pool TO {INTRANET}")
    for table in WALLED:
        here = MINE
        if table in LOOSE:
            here = f"((organisation_id IS NULL AND contract_id IS NULL) OR {MINE})"
        elif table in ABOUT:
            here = f"((organisation_id IS NULL AND coalesce(subject, '') NOT IN {KINDS}) OR {MINE})"
        elif table in TOLD:
            here = f"(organisation_id IS NULL OR {MINE})" if table == "notification" else MINE
        elif table == "message":
            # of a thread that is about nothing of an organisation
            here = (
                f"({MINE} OR organisation_id IS NULL AND EXISTS (SELECT FROM thread t "
                "WHERE t.pool_id = message.pool_id AND t.id = message.thread_id))"
            )
        op.execute(
            f"CREATE POLICY wall ON {table} AS RESTRICTIVE TO {INTRANET} "
            f"USING ({here}) WITH CHECK ({here})"
        )
    op.execute(
        f"CREATE POLICY wall ON search_word AS RESTRICTIVE TO {INTRANET} "
        f"USING (kind NOT IN ('application', 'contract', 'customer') OR {MINE})"
    )
    op.execute(f"CREATE POLICY wall ON run_figure AS RESTRICTIVE TO {INTRANET} USING ({MINE})")
    # a producer's month is not kept by organisation: it is told to who sees past the wall
    op.execute(
        f"CREATE POLICY wall ON run_producer_figure AS RESTRICTIVE TO {INTRANET} "
        "USING ((SELECT app_organisations()) IS NULL)"
    )
    for table in ("application", "contract"):
        doors = f"{INTRANET}, {EXTRANET}"
        own = "private OR " if table == "contract" else ""
        op.execute(
            f"CREATE POLICY limited ON {table} AS RESTRICTIVE FOR INSERT TO {doors} WITH CHECK ("
            f"{own}coalesce(insurer_id, 0) <> ALL ((SELECT hidden_insurers())::int[]) "
            "AND coalesce(firm_id, 0) <> ALL ((SELECT hidden_companies())::int[]))"
        )
