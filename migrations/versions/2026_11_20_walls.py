"""Whose row a row is: grants and row-level security for the three doors.

Each app logs in as a member of one group role. The floor (restrictive) ties every row to the pool
of the transaction's context and raises when there is none; the permissive policies say what each
door sees of its pool. The owner is migrations alone and is not bound (no FORCE: a data migration
under FORCE without policy changes nothing, silently).
"""

from alembic import op

revision = "walls"
down_revision = "tables"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"

# what may be read, written and changed in place; nothing is deleted here
MASTERS = (
    "organisation", "division", "team", "company", "person", "career_level", "commission_group",
    "producer", "insurer", "line_of_business", "product", "product_version", "customer", "contract",
    "premium_due", "application", "delivery", "delivery_line", "discrepancy", "import_mapping",
    "period", "settlement_run",
)  # fmt: skip
# replaced, never changed: the only update is the mark that a row is superseded
FACTS = (
    "producer_payee", "placement", "career", "producer_status", "producer_group",
    "producer_reserve", "rule", "agreement", "reference_dates", "payment_terms", "withholding",
    "payment_hold", "contract_terms", "contract_share", "contract_cut", "agency_number",
)  # fmt: skip
# written once
RECORDS = ("adjustment", "event", "application_change", "document", "audit_entry", "raw_record")
# written by the close of a run, or by the issue of its statements, which are jobs
BOOKS = (
    "posting", "account_posting", "statement", "statement_withholding", "statement_line", "issue",
)  # fmt: skip
# a draft is scratch paper
DRAFTS = ("run_packet", "run_event", "run_balance")
# whether the extranet reads them: rows of its firms
OF_FIRM = (
    "customer", "contract", "premium_due", "application", "application_change", "document",
    "statement", "statement_withholding", "statement_line", "issue",
)  # fmt: skip
OF_RANGE = ("insurer", "line_of_business", "product", "product_version")
PRIVATE = ("customer", "contract")
# read before a pool is known, by definer functions alone: no policy and no grant opens them
CLOSED = ("account", "web_session")
POOL = "(SELECT current_setting('app.pool_id')::int)"
FIRMS = "ANY((SELECT app_firms())::int[])"


def wall(table: str, column: str = "pool_id") -> None:
    """Put a table behind the floor, and let staff and jobs see their pool's rows."""
    here = f"{column} = {POOL}"
    apps = f"{INTRANET}, {EXTRANET}, {WORKER}"
    staff = "NOT private" if table in PRIVATE else "true"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY floor ON {table} AS RESTRICTIVE TO {apps} "
        f"USING ({here}) WITH CHECK ({here})"
    )
    op.execute(f"CREATE POLICY staff ON {table} TO {INTRANET} USING ({staff}) WITH CHECK ({staff})")
    op.execute(f"CREATE POLICY jobs ON {table} TO {WORKER} USING (true) WITH CHECK (true)")


def grant(tables: tuple[str, ...], rights: str, *roles: str) -> None:
    op.execute(f"GRANT {rights} ON {', '.join(tables)} TO {', '.join(roles)}")


def upgrade() -> None:
    tenants = (*MASTERS, *FACTS, *RECORDS, *BOOKS, *DRAFTS, "outbox", "membership")
    for table in tenants:
        wall(table)
    wall("pool", "id")
    grant(("pool",), "SELECT, INSERT, UPDATE", WORKER)
    grant(("pool",), "SELECT", INTRANET, EXTRANET)
    op.execute("CREATE POLICY firm ON pool FOR SELECT TO brokerpool_extranet USING (true)")
    op.execute(f"GRANT USAGE ON SEQUENCE pool_id_seq TO {WORKER}")
    grant(MASTERS, "SELECT, INSERT, UPDATE", WORKER, INTRANET)
    grant(FACTS, "SELECT, INSERT, UPDATE (superseded_at, superseded_by)", WORKER, INTRANET)
    grant(RECORDS, "SELECT, INSERT", WORKER, INTRANET)
    grant(BOOKS, "SELECT", INTRANET)
    grant(BOOKS, "SELECT, INSERT", WORKER)
    grant(DRAFTS, "SELECT", INTRANET)
    grant(DRAFTS, "SELECT, INSERT, UPDATE, DELETE", WORKER)
    grant(("outbox",), "SELECT, INSERT", INTRANET)
    grant(("outbox",), "SELECT, INSERT, UPDATE", WORKER)
    for table in (*CLOSED, "insurer_identity"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY market ON insurer_identity FOR SELECT "
        f"TO {INTRANET}, {EXTRANET}, {WORKER} USING (true)"
    )
    op.execute(f"CREATE POLICY jobs ON insurer_identity FOR INSERT TO {WORKER} WITH CHECK (true)")
    grant(("insurer_identity",), "SELECT", INTRANET, EXTRANET, WORKER)
    grant(("insurer_identity",), "INSERT", WORKER)
    # booked postings only; drafts are the engine's own business
    op.execute("""
        CREATE VIEW ledger WITH (security_invoker = true) AS
        SELECT p.*, r.through FROM posting p
        JOIN settlement_run r ON r.pool_id = p.pool_id AND r.id = p.run_id
        WHERE r.state = 'closed'""")
    grant(("ledger",), "SELECT", INTRANET, WORKER)
    for table in OF_FIRM:
        grant((table,), "SELECT", EXTRANET)
        op.execute(
            f"CREATE POLICY firm ON {table} FOR SELECT TO {EXTRANET} USING (firm_id = {FIRMS})"
        )
    for table in OF_RANGE:
        grant((table,), "SELECT", EXTRANET)
        op.execute(f"CREATE POLICY range ON {table} FOR SELECT TO {EXTRANET} USING (true)")
    grant(("company",), "SELECT", EXTRANET)
    op.execute(f"CREATE POLICY firm ON company FOR SELECT TO {EXTRANET} USING (id = {FIRMS})")


def downgrade() -> None:
    op.execute("DROP VIEW ledger")
    # policies and grants fall with the tables they stand on
    # (DROP OWNED BY would need the owner to be a member of the groups)
    for kind in ("TABLES", "SEQUENCES"):
        op.execute(
            f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {INTRANET}, {EXTRANET}, {WORKER}"
        )
    op.execute("""
        DO $$ DECLARE p record; BEGIN
            FOR p IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
                EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
            END LOOP;
            FOR p IN SELECT relname FROM pg_class
                WHERE relrowsecurity AND relnamespace = 'public'::regnamespace LOOP
                EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', p.relname);
            END LOOP;
        END $$""")
