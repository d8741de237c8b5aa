"""Firms: what they prove, where their money goes, who works there.

Bank details take two people and a waiting time: the database writes who proposed and who decided,
refuses the same person, and one function alone puts what was approved into effect. Whoever changed
an account approves no payout to it. An adviser is paid by his customers (sec. 34d (2) GewO, sec.
48c VAG): no row makes him a payee, whatever way it comes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "firms"
down_revision = "entrance"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
APPS = f"{INTRANET}, {EXTRANET}, {WORKER}"
POOL = "(SELECT current_setting('app.pool_id')::int)"
HERE = "current_setting('app.pool_id')::int"
FIRMS = "ANY((SELECT app_firms())::int[])"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
NEW = ("proof", "bank_change", "firm_list")
# written by the function alone that puts approved bank details into effect
OF_BANK = ("iban", "bank_name", "account_holder")
# read by a firm: its own
READ_BY_FIRM = {
    "proof": f"firm_id = {FIRMS} AND kind <> 'sanctions'",
    "bank_change": f"firm_id = {FIRMS}",
    "payment_hold": f"company_id = {FIRMS}",
    "person": f"company_id = {FIRMS}",
}
TRIGGERS = {
    "guard_proof()": """
        DECLARE kept text[] := ARRAY['state', 'note', 'checked_by', 'checked_at', 'told_days'];
        BEGIN
            IF TG_OP = 'INSERT' THEN
                NEW.recorded_by := fact_author();
                IF NEW.state <> 'submitted' THEN
                    NEW.checked_by := fact_author();
                    NEW.checked_at := clock_timestamp();
                END IF;
                RETURN NEW;
            END IF;
            IF to_jsonb(OLD) - kept <> to_jsonb(NEW) - kept THEN
                RAISE EXCEPTION 'a proof is never changed: bring a new one'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            IF NEW.state <> OLD.state THEN
                IF NOT (OLD.state = 'submitted'
                        OR OLD.state = 'accepted' AND NEW.state = 'withdrawn') THEN
                    RAISE EXCEPTION 'a proof that is % cannot become %', OLD.state, NEW.state
                        USING ERRCODE = 'check_violation';
                END IF;
                NEW.checked_by := fact_author();
                NEW.checked_at := clock_timestamp();
            END IF;
            RETURN NEW;
        END""",
    "guard_bank_change()": """
        DECLARE decided text[] := ARRAY['state', 'decided_by', 'decided_at', 'decided_note',
                                        'effective_at', 'applied_at'];
            allowed text[];
        BEGIN
            IF TG_OP = 'INSERT' THEN
                NEW.state := 'proposed';
                NEW.recorded_by := fact_author();
                NEW.recorded_at := clock_timestamp();
                NEW.decided_by := NULL;
                NEW.decided_at := NULL;
                NEW.effective_at := NULL;
                NEW.applied_at := NULL;
                SELECT c.iban, c.email INTO NEW.old_iban, NEW.told FROM company c
                    WHERE c.pool_id = NEW.pool_id AND c.id = NEW.firm_id;
                RETURN NEW;
            END IF;
            IF to_jsonb(OLD) - decided <> to_jsonb(NEW) - decided THEN
                RAISE EXCEPTION 'proposed bank details are never changed: propose others'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            allowed := CASE OLD.state
                WHEN 'proposed' THEN ARRAY['proposed', 'approved', 'refused', 'withdrawn']
                WHEN 'approved' THEN ARRAY['approved', 'in_force', 'refused', 'withdrawn']
                WHEN 'in_force' THEN ARRAY['in_force', 'replaced']
                ELSE ARRAY[OLD.state] END;
            IF NOT NEW.state = ANY(allowed) THEN
                RAISE EXCEPTION 'bank details that are % cannot become %', OLD.state, NEW.state
                    USING ERRCODE = 'check_violation';
            END IF;
            NEW.decided_by := OLD.decided_by;
            NEW.decided_at := OLD.decided_at;
            NEW.effective_at := OLD.effective_at;
            IF NEW.state <> OLD.state AND NEW.state IN ('approved', 'refused') THEN
                NEW.decided_by := fact_author();
                NEW.decided_at := clock_timestamp();
            END IF;
            IF NEW.state = 'approved' AND OLD.state = 'proposed' THEN
                IF NEW.decided_by = NEW.recorded_by THEN
                    RAISE EXCEPTION 'bank details are approved by a second person'
                        USING ERRCODE = 'check_violation';
                END IF;
                NEW.effective_at := NEW.decided_at + (SELECT make_interval(days => p.bank_wait_days)
                    FROM pool p WHERE p.id = NEW.pool_id);
            END IF;
            IF NEW.state = 'in_force' AND OLD.state <> 'in_force' THEN
                IF current_user = session_user OR NEW.effective_at > clock_timestamp() THEN
                    RAISE EXCEPTION 'bank details take effect by themselves, after they waited'
                        USING ERRCODE = 'check_violation';
                END IF;
                NEW.applied_at := clock_timestamp();
            END IF;
            RETURN NEW;
        END""",
    "guard_account()": """
        BEGIN
            IF app_door() IN ('intranet', 'extranet') THEN
                RAISE EXCEPTION 'bank details are proposed by one and approved by another'
                    USING ERRCODE = '42501';
            END IF;
            RETURN NEW;
        END""",
    "guard_own_change()": """
        DECLARE who text := CASE NEW.state WHEN 'approved' THEN NEW.approved_by
                ELSE NEW.closed_by END;
            firm text;
        BEGIN
            SELECT string_agg(c.name, ', ') INTO firm FROM accounts_changed(NEW.id, who) c;
            IF firm IS NOT NULL THEN
                RAISE EXCEPTION '% changed the account of %: somebody else approves', who, firm
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END""",
    "guard_adviser()": """
        BEGIN
            PERFORM 1 FROM producer_payee y WHERE y.pool_id = NEW.pool_id
                AND y.company_id = NEW.id AND y.superseded_at IS NULL;
            IF FOUND THEN
                RAISE EXCEPTION 'company % is paid commission: it cannot be an adviser', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END""",
    "refuse_adviser_payee()": """
        BEGIN
            PERFORM 1 FROM fresh f JOIN company c ON c.pool_id = f.pool_id AND c.id = f.company_id
                WHERE c.intermediary_type = 'adviser';
            IF FOUND THEN
                RAISE EXCEPTION 'an insurance adviser gets no commission'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END""",
    "refuse_adviser()": """
        BEGIN
            PERFORM 1 FROM fresh f
                JOIN producer p ON p.pool_id = f.pool_id AND p.id = f.producer_id
                JOIN company c ON c.pool_id = p.pool_id AND c.id = p.firm_id
                WHERE c.intermediary_type = 'adviser';
            IF FOUND THEN
                RAISE EXCEPTION 'an insurance adviser gets no commission'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END""",
}
OF_ADVISERS = ("contract_share", "producer_group", "rule")
# whose account somebody changed since that payee was last paid, of the payees of a run
ACCOUNTS_CHANGED = f"""
    CREATE FUNCTION accounts_changed(run int, who text) RETURNS TABLE (company_id int, name text)
    LANGUAGE sql STABLE {DEFINER} AS $$
        SELECT DISTINCT c.id, c.name
        FROM settlement_run r
        JOIN bank_change b ON b.pool_id = r.pool_id AND b.state IN ('approved', 'in_force')
            AND who IN (b.recorded_by, b.decided_by)
        JOIN company c ON c.pool_id = b.pool_id AND c.id = b.firm_id
        LEFT JOIN LATERAL (
            SELECT max(o.closed_at) AS at FROM statement s
            JOIN settlement_run o ON o.pool_id = s.pool_id AND o.id = s.run_id
            WHERE s.pool_id = b.pool_id AND s.company_id = b.firm_id AND s.payout > 0
        ) paid ON true
        WHERE r.pool_id = {HERE} AND r.id = run
            AND (paid.at IS NULL OR b.decided_at > paid.at)
            AND (EXISTS (SELECT FROM run_balance x WHERE x.pool_id = b.pool_id AND x.run_id = run
                    AND x.payee_id = b.firm_id)
                OR EXISTS (SELECT FROM adjustment a WHERE a.pool_id = b.pool_id
                    AND a.company_id = b.firm_id AND a.on_day <= r.through
                    AND a.on_day > coalesce(r.previous_through, '-infinity'))
                OR EXISTS (SELECT FROM statement s WHERE s.pool_id = b.pool_id
                    AND s.company_id = b.firm_id AND s.closing > 0 AND s.run_id = r.previous_id))
    $$"""
APPLY = f"""
    CREATE FUNCTION apply_bank_changes() RETURNS TABLE (change_id int, firm_id int)
    LANGUAGE plpgsql {DEFINER} AS $$
    #variable_conflict use_column
    DECLARE due record;
    BEGIN
        FOR due IN SELECT * FROM bank_change b WHERE b.pool_id = {HERE} AND b.state = 'approved'
                AND b.effective_at <= clock_timestamp() ORDER BY b.id FOR UPDATE LOOP
            UPDATE bank_change o SET state = 'replaced' WHERE o.pool_id = due.pool_id
                AND o.firm_id = due.firm_id AND o.state = 'in_force';
            UPDATE bank_change n SET state = 'in_force'
                WHERE n.pool_id = due.pool_id AND n.id = due.id;
            UPDATE company c SET iban = due.iban, account_holder = due.holder,
                bank_name = due.bank_name, version = c.version + 1
                WHERE c.pool_id = due.pool_id AND c.id = due.firm_id;
            change_id := due.id;
            firm_id := due.firm_id;
            RETURN NEXT;
        END LOOP;
    END $$"""
# who may come in: staff ask for their pool, a firm for its own people
PEOPLE = f"""
    CREATE FUNCTION people_known() RETURNS TABLE (id int, account_id int, email text, name text,
        language text, company_id int, door text, role text, active boolean,
        last_seen_at timestamptz, sessions int)
    LANGUAGE sql STABLE {DEFINER} AS $$
        SELECT m.id, a.id, a.email, a.name, a.language, m.company_id, m.door, m.role,
               m.active AND a.active, s.seen, s.open
        FROM membership m JOIN account a ON a.id = m.account_id
        LEFT JOIN LATERAL (
            SELECT max(w.last_seen_at) AS seen, (count(*) FILTER (WHERE w.revoked_at IS NULL
                AND w.created_at > clock_timestamp() - interval '12 hours'
                AND w.last_seen_at > clock_timestamp() - interval '30 minutes'))::int AS open
            FROM web_session w WHERE w.account_id = a.id AND w.membership_id = m.id
                AND w.pool_id = m.pool_id
        ) s ON true
        WHERE m.pool_id = {HERE} AND (app_door() <> 'extranet'
            OR m.door = 'extranet' AND m.company_id = {FIRMS})
    $$"""
# another role: what it opens or closes holds from the next request on, which signs in anew
CHANGE_ROLE = f"""
    CREATE FUNCTION change_role(member int, plays text) RETURNS boolean
    LANGUAGE plpgsql {DEFINER} AS $$
    DECLARE found_one record;
    BEGIN
        SELECT * INTO found_one FROM membership m WHERE m.pool_id = {HERE} AND m.id = member
            AND (app_door() = 'intranet' OR m.door = 'extranet' AND m.company_id = {FIRMS});
        IF NOT FOUND OR (found_one.door = 'extranet') <> (plays IN ('broker', 'assistant')) THEN
            RETURN false;
        END IF;
        UPDATE membership m SET role = plays WHERE m.pool_id = {HERE} AND m.id = member;
        UPDATE web_session w SET revoked_at = clock_timestamp()
            WHERE w.pool_id = {HERE} AND w.membership_id = member AND w.revoked_at IS NULL;
        RETURN true;
    END $$"""
# what runs once a day in every pool, in its own morning; asked for by the dispatcher
PLAN_DAILY = f"""
    CREATE FUNCTION plan_daily(wanted text) RETURNS bigint LANGUAGE sql {DEFINER} AS $$
        WITH planned AS (
            INSERT INTO outbox (pool_id, task, arguments, recorded_at, recorded_by)
            SELECT p.id, wanted, '{{}}', clock_timestamp(), 'worker' FROM pool p
            WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.pool_id = p.id AND o.task = wanted
                AND o.recorded_at >= date_trunc('day', clock_timestamp(), p.time_zone))
            RETURNING 1
        )
        SELECT count(*) FROM planned
    $$"""
CALLERS = {
    "accounts_changed(int, text)": f"{INTRANET}, {WORKER}",
    "apply_bank_changes()": WORKER,
    "change_role(int, text)": f"{INTRANET}, {EXTRANET}",
    "people_known()": APPS,
    "plan_daily(text)": WORKER,
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for column in (
        sa.Column("gates_on", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("bank_wait_days", sa.Integer(), server_default="3", nullable=False),
    ):
        op.add_column("pool", column)
    op.add_column("company", sa.Column("account_holder", sa.Text(), nullable=True))
    op.add_column(
        "company",
        sa.Column("collects_premiums", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column("payment_hold", sa.Column("cause", sa.Text(), nullable=True))
    op.execute(
        "UPDATE company SET intermediary_type = 'broker' "
        "WHERE intermediary_type = 'insurance_broker'"
    )
    op.create_check_constraint(
        op.f("ck_company_intermediary_type"),
        "company",
        "intermediary_type IN ('broker','agent','sub_agent','adviser','tip_giver')",
    )
    op.create_check_constraint(
        op.f("ck_company_collection"),
        "company",
        "NOT (collects_premiums AND natural_person AND country = 'UA')",
    )
    make_tables()
    for table in NEW:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY floor ON {table} AS RESTRICTIVE TO {APPS} "
            f"USING (pool_id = {POOL}) WITH CHECK (pool_id = {POOL})"
        )
        op.execute(f"CREATE POLICY staff ON {table} TO {INTRANET} USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY jobs ON {table} TO {WORKER} USING (true) WITH CHECK (true)")
    grant_rights()
    for signature, body in TRIGGERS.items():
        op.execute(
            f"CREATE FUNCTION {signature} RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = public, pg_temp AS $${body}$$"
        )
    for function in (ACCOUNTS_CHANGED, APPLY, PEOPLE, CHANGE_ROLE, PLAN_DAILY):
        op.execute(function)
    for signature, callers in CALLERS.items():
        op.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {callers}")
    make_triggers()


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_own_change ON settlement_run")
    op.execute("DROP TRIGGER guard_account ON company")
    op.execute("DROP TRIGGER guard_adviser ON company")
    op.execute("DROP TRIGGER adviser ON producer_payee")
    for table in OF_ADVISERS:
        op.execute(f"DROP TRIGGER adviser ON {table}")
    for signature in CALLERS:
        op.execute(f"DROP FUNCTION {signature}")
    for table in ("payment_hold", "person"):
        op.execute(f"DROP POLICY firm ON {table}")
        op.execute(f"REVOKE SELECT ON {table} FROM {EXTRANET}")
    for table in reversed(NEW):
        op.execute(f"DROP TABLE {table}")
    for signature in TRIGGERS:
        op.execute(f"DROP FUNCTION {signature}")
    columns = _columns("company")
    op.execute(f"REVOKE UPDATE ({columns}) ON company FROM {INTRANET}, {WORKER}")
    op.execute(f"GRANT UPDATE ON company TO {INTRANET}, {WORKER}")
    op.execute(f"REVOKE UPDATE (gates_on, bank_wait_days) ON pool FROM {INTRANET}")
    op.drop_constraint(op.f("ck_company_collection"), "company", type_="check")
    op.drop_constraint(op.f("ck_company_intermediary_type"), "company", type_="check")
    op.drop_column("payment_hold", "cause")
    op.drop_column("company", "collects_premiums")
    op.drop_column("company", "account_holder")
    op.drop_column("pool", "bank_wait_days")
    op.drop_column("pool", "gates_on")


def make_tables() -> None:
    op.create_table(
        "proof",
        *_own(),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="submitted", nullable=False),
        sa.Column("result", sa.Text(), server_default="valid", nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Numeric(16, 4), nullable=True),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_days", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('register','indemnity','training','agreement','background','sanctions')",
            name=op.f("ck_proof_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('submitted','accepted','refused','withdrawn')",
            name=op.f("ck_proof_state"),
        ),
        sa.CheckConstraint("result IN ('valid','failed')", name=op.f("ck_proof_result")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_proof_days")),
        sa.CheckConstraint(
            "(kind = 'training') = (year IS NOT NULL AND hours IS NOT NULL)",
            name=op.f("ck_proof_training"),
        ),
        *_links("proof", ("firm_id", "company"), ("person_id", "person"),
                ("document_id", "document")),
    )  # fmt: skip
    op.create_index(
        "ix_proof_standing", "proof", ["pool_id", "firm_id", "kind", "state", "valid_from"]
    )
    op.create_table(
        "bank_change",
        *_own(),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("iban", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("special_regime", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("old_iban", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_note", sa.Text(), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed','approved','in_force','replaced','refused','withdrawn')",
            name=op.f("ck_bank_change_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved','in_force','replaced') OR decided_by <> recorded_by",
            name=op.f("ck_bank_change_two_people"),
        ),
        *_links("bank_change", ("firm_id", "company"), ("document_id", "document")),
    )
    op.create_index(
        "uq_bank_change_open",
        "bank_change",
        ["pool_id", "firm_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed','approved')"),
    )
    op.create_table(
        "firm_list",
        *_own(),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), server_default="reading", nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("rows", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('reading','read','taking','taken','refused')",
            name=op.f("ck_firm_list_state"),
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_firm_list_pool_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_firm_list_account_id")
        ),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_firm_list")),
    )
    op.create_index(op.f("ix_firm_list_account_id"), "firm_list", ["account_id"])
    for table, column in (
        ("proof", "firm_id"), ("proof", "person_id"), ("proof", "document_id"),
        ("bank_change", "firm_id"), ("bank_change", "document_id"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_pool_id_{column}"), table, ["pool_id", column])


def grant_rights() -> None:
    columns = _columns("company")
    op.execute(f"REVOKE UPDATE ON company FROM {INTRANET}, {WORKER}")
    op.execute(f"GRANT UPDATE ({columns}) ON company TO {INTRANET}, {WORKER}")
    op.execute(f"GRANT UPDATE (gates_on, bank_wait_days) ON pool TO {INTRANET}")
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE (state, note, told_days) ON proof TO {INTRANET}, {WORKER}"
    )
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE (state, decided_note) ON bank_change TO {INTRANET}, {WORKER}"
    )
    op.execute(
        'GRANT SELECT, INSERT, UPDATE (state, columns, "rows", error) ON firm_list '
        f"TO {INTRANET}, {WORKER}"
    )
    for table, seen in READ_BY_FIRM.items():
        op.execute(f"GRANT SELECT ON {table} TO {EXTRANET}")
        op.execute(f"CREATE POLICY firm ON {table} FOR SELECT TO {EXTRANET} USING ({seen})")
    op.execute(f"GRANT INSERT, UPDATE (state) ON proof, bank_change TO {EXTRANET}")
    op.execute(
        f"CREATE POLICY made ON proof FOR INSERT TO {EXTRANET} WITH CHECK (firm_id = {FIRMS} "
        "AND state = 'submitted' AND kind IN ('register','indemnity','training','agreement'))"
    )
    op.execute(
        f"CREATE POLICY own ON proof FOR UPDATE TO {EXTRANET} "
        f"USING (firm_id = {FIRMS} AND state = 'submitted') "
        f"WITH CHECK (firm_id = {FIRMS} AND state = 'withdrawn')"
    )
    op.execute(
        f"CREATE POLICY made ON bank_change FOR INSERT TO {EXTRANET} WITH CHECK (firm_id = {FIRMS})"
    )
    op.execute(
        f"CREATE POLICY own ON bank_change FOR UPDATE TO {EXTRANET} "
        f"USING (firm_id = {FIRMS} AND state IN ('proposed', 'approved')) "
        f"WITH CHECK (firm_id = {FIRMS} AND state = 'withdrawn')"
    )


def make_triggers() -> None:
    for table in ("proof", "bank_change"):
        op.execute(
            f"CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION guard_{table}()"
        )
    op.execute(
        "CREATE TRIGGER guard_account BEFORE INSERT ON company FOR EACH ROW "
        "WHEN (NEW.iban IS NOT NULL) EXECUTE FUNCTION guard_account()"
    )
    op.execute(
        "CREATE TRIGGER guard_adviser BEFORE UPDATE OF intermediary_type ON company FOR EACH ROW "
        "WHEN (NEW.intermediary_type = 'adviser') EXECUTE FUNCTION guard_adviser()"
    )
    op.execute(
        "CREATE TRIGGER guard_own_change BEFORE UPDATE ON settlement_run FOR EACH ROW "
        "WHEN (NEW.state IN ('approved', 'closed') AND NEW.state <> OLD.state) "
        "EXECUTE FUNCTION guard_own_change()"
    )
    op.execute(
        "CREATE TRIGGER adviser AFTER INSERT ON producer_payee REFERENCING NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_adviser_payee()"
    )
    for table in OF_ADVISERS:
        op.execute(
            f"CREATE TRIGGER adviser AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_adviser()"
        )


def _own() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
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


def _links(table: str, *links: tuple[str, str]) -> tuple[sa.Constraint, ...]:
    return (
        *(
            sa.ForeignKeyConstraint(
                ["pool_id", column],
                [f"{to}.pool_id", f"{to}.id"],
                name=op.f(f"fk_{table}_pool_id_{column}"),
            )
            for column, to in links
        ),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f(f"pk_{table}")),
    )


def _columns(table: str) -> str:
    """The columns of a table an app may change: all but those of the account."""
    names = op.get_bind().execute(
        sa.text(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = :table ORDER BY ordinal_position"
        ),
        {"table": table},
    )
    return ", ".join(f'"{name}"' for name in names.scalars() if name not in OF_BANK)
