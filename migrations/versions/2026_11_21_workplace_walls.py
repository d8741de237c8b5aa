"""The walls around what the portals work with, and what a broker may write.

The extranet writes rows of its firms: its customers' and contracts' own copies, applications and
their documents, messages. Everything else stays the pool's.
"""

from alembic import op

revision = "workplace_walls"
down_revision = "workplace"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
APPS = f"{INTRANET}, {EXTRANET}, {WORKER}"
POOL = "(SELECT current_setting('app.pool_id')::int)"
FIRMS = "ANY((SELECT app_firms())::int[])"

OWN = ("preference", "saved_view", "notification", "task", "long_job", "thread")
# what both sides write and change
NEW = (*OWN, "message", "product_authorisation")
# what is private is neither the staff's nor a job's
PRIVATE = ("document", "premium_due")
ALREADY_PRIVATE = ("customer", "contract")
# of these a firm changes what is its own alone
OF_BROKER = ("customer", "contract", "premium_due")
OF_CASE = ("application", "thread", "preference", "saved_view", "long_job")
PREFERENCES = (
    ", theme text, density text, shortcuts boolean, bell_seen_at timestamptz, company_id int"
)
WRITTEN_ONCE = ("application_change", "document", "message")


def upgrade() -> None:
    for table in NEW:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY floor ON {table} AS RESTRICTIVE TO {APPS} "
            f"USING (pool_id = {POOL}) WITH CHECK (pool_id = {POOL})"
        )
        op.execute(f"CREATE POLICY staff ON {table} TO {INTRANET} USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY jobs ON {table} TO {WORKER} USING (true) WITH CHECK (true)")
    grant(OWN, "SELECT, INSERT, UPDATE", INTRANET, WORKER)
    grant(("message",), "SELECT, INSERT", INTRANET, WORKER)
    grant(
        ("product_authorisation",),
        "SELECT, INSERT, UPDATE (superseded_at, superseded_by)",
        INTRANET,
        WORKER,
    )
    for table in PRIVATE:
        op.execute(f"DROP POLICY staff ON {table}")
        op.execute(
            f"CREATE POLICY staff ON {table} TO {INTRANET} "
            "USING (NOT private) WITH CHECK (NOT private)"
        )
    # a file of the insurer's never meets a broker's own contract of the same number
    for table in (*PRIVATE, *ALREADY_PRIVATE):
        op.execute(f"DROP POLICY jobs ON {table}")
        op.execute(
            f"CREATE POLICY jobs ON {table} TO {WORKER} "
            "USING (NOT private) WITH CHECK (NOT private)"
        )
    for table in ("preference", "saved_view", "notification", "long_job", "thread",
                  "product_authorisation"):  # fmt: skip
        grant((table,), "SELECT", EXTRANET)
        op.execute(
            f"CREATE POLICY firm ON {table} FOR SELECT TO {EXTRANET} USING (firm_id = {FIRMS})"
        )
    grant(("message",), "SELECT", EXTRANET)
    op.execute(
        f"CREATE POLICY firm ON message FOR SELECT TO {EXTRANET} "
        f"USING (firm_id = {FIRMS} AND NOT internal)"
    )
    op.execute(
        f"CREATE POLICY range ON document FOR SELECT TO {EXTRANET} "
        "USING (firm_id IS NULL AND subject IN ('product', 'product_version', 'insurer'))"
    )
    for table in OF_BROKER:
        grant((table,), "INSERT, UPDATE", EXTRANET)
        # a customer of a pool application is the pool's too; a pool contract is made by the pool
        made = f"firm_id = {FIRMS}" + ("" if table == "customer" else " AND private")
        own = f"firm_id = {FIRMS} AND private"
        op.execute(f"CREATE POLICY made ON {table} FOR INSERT TO {EXTRANET} WITH CHECK ({made})")
        op.execute(
            f"CREATE POLICY own ON {table} FOR UPDATE TO {EXTRANET} "
            f"USING ({own}) WITH CHECK ({own})"
        )
    for table in OF_CASE:
        grant((table,), "INSERT, UPDATE", EXTRANET)
        here = f"firm_id = {FIRMS}"
        op.execute(f"CREATE POLICY made ON {table} FOR INSERT TO {EXTRANET} WITH CHECK ({here})")
        op.execute(
            f"CREATE POLICY own ON {table} FOR UPDATE TO {EXTRANET} "
            f"USING ({here}) WITH CHECK ({here})"
        )
    for table in WRITTEN_ONCE:
        grant((table,), "INSERT", EXTRANET)
        here = f"firm_id = {FIRMS}" + (" AND side = 'firm'" if table == "message" else "")
        op.execute(f"CREATE POLICY made ON {table} FOR INSERT TO {EXTRANET} WITH CHECK ({here})")
    # a fact like the others: superseded once, never changed
    op.execute(
        "CREATE TRIGGER guard AFTER UPDATE ON product_authorisation "
        "FOR EACH ROW EXECUTE FUNCTION guard_fact()"
    )
    # the journal takes what a broker did, and shows him nothing
    grant(("audit_entry",), "INSERT", EXTRANET)
    op.execute(f"CREATE POLICY made ON audit_entry FOR INSERT TO {EXTRANET} WITH CHECK (true)")
    session_knows(prefers=True)


def downgrade() -> None:
    session_knows(prefers=False)
    op.execute("DROP TRIGGER guard ON product_authorisation")
    op.execute("DROP POLICY made ON audit_entry")
    op.execute(f"REVOKE INSERT ON audit_entry FROM {EXTRANET}")
    op.execute("DROP POLICY range ON document")
    for table in ("document", "application_change"):
        op.execute(f"DROP POLICY made ON {table}")
        op.execute(f"REVOKE INSERT ON {table} FROM {EXTRANET}")
    for table in (*OF_BROKER, "application"):
        op.execute(f"DROP POLICY made ON {table}")
        op.execute(f"DROP POLICY own ON {table}")
        op.execute(f"REVOKE INSERT, UPDATE ON {table} FROM {EXTRANET}")
    for table in (*PRIVATE, *ALREADY_PRIVATE):
        op.execute(f"DROP POLICY jobs ON {table}")
        op.execute(f"CREATE POLICY jobs ON {table} TO {WORKER} USING (true) WITH CHECK (true)")
    for table in PRIVATE:
        op.execute(f"DROP POLICY staff ON {table}")
        op.execute(f"CREATE POLICY staff ON {table} TO {INTRANET} USING (true) WITH CHECK (true)")
    for table in NEW:
        op.execute(f"REVOKE ALL ON {table} FROM {APPS}")
        for policy in ("floor", "staff", "jobs", "firm", "made", "own"):
            op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def grant(tables: tuple[str, ...], rights: str, *roles: str) -> None:
    op.execute(f"GRANT {rights} ON {', '.join(tables)} TO {', '.join(roles)}")


def session_knows(*, prefers: bool) -> None:
    """Make ``auth_session`` tell a person's preferences too: no page asks for them on its own."""
    op.execute("DROP FUNCTION auth_session(bytea)")
    more, chosen, joined = (
        (
            PREFERENCES,
            ", w.theme, w.density, coalesce(w.shortcuts, true), w.bell_seen_at, m.company_id",
            "LEFT JOIN preference w ON w.pool_id = m.pool_id AND w.account_id = m.account_id",
        )
        if prefers
        else ("", "", "")
    )
    language = "coalesce(w.language, a.language)" if prefers else "a.language"
    op.execute(f"""
        CREATE FUNCTION auth_session(token bytea) RETURNS TABLE (account_id int, email text,
            name text, language text, role text, pool_id int, pool_name text, time_zone text,
            company_name text, firm_ids int[]{more})
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH live AS (
            SELECT * FROM web_session s
            WHERE s.token_hash = token AND s.door = app_door() AND s.revoked_at IS NULL
                AND s.created_at > clock_timestamp() - interval '12 hours'
                AND s.last_seen_at > clock_timestamp() - interval '30 minutes'
        ), seen AS (
            UPDATE web_session s SET last_seen_at = clock_timestamp() FROM live
            WHERE s.id = live.id AND live.last_seen_at < clock_timestamp() - interval '1 minute'
        )
        SELECT a.id, a.email, a.name, {language}, m.role, p.id, p.name, p.time_zone, c.name,
               (SELECT array_agg(DISTINCT f.company_id) FROM membership f
                WHERE f.pool_id = m.pool_id AND f.account_id = m.account_id AND f.active
                    AND f.door = m.door){chosen}
        FROM live
        JOIN account a ON a.id = live.account_id AND a.active
        JOIN membership m ON m.pool_id = live.pool_id AND m.id = live.membership_id AND m.active
            AND m.door = live.door
        JOIN pool p ON p.id = m.pool_id
        JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id
        {joined} $$""")
    op.execute("REVOKE EXECUTE ON FUNCTION auth_session FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION auth_session TO {INTRANET}, {EXTRANET}")
