"""What must never be, refused by the database itself.

Books are append-only; every event's postings sum to zero; a run moves only along its allowed
transitions, is approved by a second person, and is booked by the transaction that closes it; the
shares of a contract sum to exactly one; a fact is superseded once and never changed.

Who adds postings to a run or takes them away holds its row (FOR SHARE), so that no run moves on
while that is being done.
"""

from alembic import op

revision = "guards"
down_revision = "walls"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "account_posting", "statement", "statement_withholding", "statement_line", "issue",
    "event", "adjustment", "audit_entry",
)  # fmt: skip

FUNCTIONS = {
    # written once: whoever needs another figure books a new entry
    "refuse_change()": """
        BEGIN
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END""",
    "check_postings()": """
        DECLARE bad record; run record; here text;
        BEGIN
            SELECT event_id, sum(amount) AS rest INTO bad FROM fresh
                GROUP BY pool_id, run_id, event_id, currency HAVING sum(amount) <> 0 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'postings of event % do not sum to zero: %', bad.event_id, bad.rest
                    USING ERRCODE = 'check_violation';
            END IF;
            FOR run IN SELECT DISTINCT pool_id, run_id FROM fresh LOOP
                SELECT state INTO here FROM settlement_run r
                    WHERE r.pool_id = run.pool_id AND r.id = run.run_id FOR SHARE;
                IF here IS DISTINCT FROM 'calculating' THEN
                    RAISE EXCEPTION 'run % is %: nothing can be added to it', run.run_id, here
                        USING ERRCODE = 'check_violation';
                END IF;
            END LOOP;
            RETURN NULL;
        END""",
    "check_posting_removal()": """
        DECLARE run record; here text;
        BEGIN
            FOR run IN SELECT DISTINCT pool_id, run_id FROM gone LOOP
                SELECT state INTO here FROM settlement_run r
                    WHERE r.pool_id = run.pool_id AND r.id = run.run_id FOR SHARE;
                IF here IS NULL OR here NOT IN ('calculating', 'dropped') THEN
                    RAISE EXCEPTION 'posting is append-only: run % is %', run.run_id, here
                        USING ERRCODE = 'restrict_violation';
                END IF;
            END LOOP;
            RETURN NULL;
        END""",
    "check_account_postings()": """
        DECLARE bad record;
        BEGIN
            SELECT company_id, sum(amount) AS rest INTO bad FROM fresh
                GROUP BY pool_id, run_id, company_id, currency HAVING sum(amount) <> 0 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'postings of payee % do not sum to zero: %',
                    bad.company_id, bad.rest USING ERRCODE = 'check_violation';
            END IF;
            SELECT f.run_id INTO bad FROM (SELECT DISTINCT pool_id, run_id FROM fresh) f
                LEFT JOIN settlement_run r ON r.pool_id = f.pool_id AND r.id = f.run_id
                    AND r.state = 'closed' AND r.closed_in = pg_current_xact_id()::text
                WHERE r.id IS NULL LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'run % is not being closed by this transaction', bad.run_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END""",
    "check_statements()": """
        DECLARE bad record;
        BEGIN
            SELECT f.run_id INTO bad FROM (SELECT DISTINCT pool_id, run_id FROM fresh) f
                LEFT JOIN settlement_run r ON r.pool_id = f.pool_id AND r.id = f.run_id
                    AND r.state = 'closed' AND r.closed_in = pg_current_xact_id()::text
                WHERE r.id IS NULL LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'run % is not being closed by this transaction', bad.run_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END""",
    "check_shares()": """
        DECLARE bad record;
        BEGIN
            SELECT contract_id, sum(share) AS total INTO bad FROM fresh
                GROUP BY pool_id, contract_id, valid
                -- from position 0: so two sets of shares on one day meet in the exclusion
                HAVING sum(share) <> 1 OR max(share_to) <> 1 OR min(position) <> 0 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'shares of contract % sum to %, not 1', bad.contract_id, bad.total
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END""",
    "check_shares_left()": """
        DECLARE bad record;
        BEGIN
            SELECT s.contract_id INTO bad FROM gone g JOIN contract_share s
                ON s.pool_id = g.pool_id AND s.contract_id = g.contract_id AND s.valid = g.valid
                WHERE s.superseded_at IS NULL LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'shares of contract % are superseded together', bad.contract_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END""",
    # after the update, because a generated key is not yet there before it
    "guard_fact()": """
        DECLARE bookkeeping text[] := ARRAY['superseded_at', 'superseded_by'];
        BEGIN
            IF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
                OR to_jsonb(OLD) - bookkeeping <> to_jsonb(NEW) - bookkeeping THEN
                RAISE EXCEPTION 'a row of % is superseded once, and never changed', TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NULL;
        END""",
    "guard_run()": """
        DECLARE allowed text[];
        BEGIN
            IF TG_OP = 'INSERT' THEN
                IF NEW.state <> 'calculating' OR NEW.approved_by IS NOT NULL THEN
                    RAISE EXCEPTION 'a run starts as calculating'
                        USING ERRCODE = 'check_violation';
                END IF;
                PERFORM 1 FROM settlement_run r WHERE r.pool_id = NEW.pool_id
                    AND r.state = 'closed' AND r.through >= NEW.through;
                IF FOUND THEN
                    RAISE EXCEPTION 'the period through % is closed', NEW.through
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END IF;
            allowed := CASE OLD.state
                WHEN 'calculating' THEN ARRAY['calculating', 'calculated', 'dropped']
                WHEN 'calculated' THEN ARRAY['calculated', 'calculating', 'approved', 'dropped']
                WHEN 'approved' THEN ARRAY['calculating', 'calculated', 'closed', 'dropped']
                ELSE ARRAY[]::text[] END;
            IF NOT NEW.state = ANY(allowed) THEN
                RAISE EXCEPTION 'a run that is % cannot become %', OLD.state, NEW.state
                    USING ERRCODE = 'check_violation';
            END IF;
            IF (NEW.pool_id, NEW.id, NEW.period_id, NEW.through)
                IS DISTINCT FROM (OLD.pool_id, OLD.id, OLD.period_id, OLD.through) THEN
                RAISE EXCEPTION 'a run keeps its period' USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.state <> 'calculating' AND (NEW.calculated_by, NEW.known_at)
                IS DISTINCT FROM (OLD.calculated_by, OLD.known_at) THEN
                RAISE EXCEPTION 'who calculated run % and what was known then stand', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.state = 'calculated' AND EXISTS (SELECT 1 FROM run_packet p
                WHERE p.pool_id = NEW.pool_id AND p.run_id = NEW.id AND p.done_at IS NULL) THEN
                RAISE EXCEPTION 'run % still has packets to calculate', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.state IN ('approved', 'closed') AND NEW.approved_by IS NULL THEN
                RAISE EXCEPTION 'run % needs a second person''s approval', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            IF OLD.state = 'approved' AND NEW.state = 'closed'
                AND NEW.approved_by IS DISTINCT FROM OLD.approved_by THEN
                RAISE EXCEPTION 'an approved run is closed as it was approved'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.state IN ('calculating', 'calculated') THEN
                NEW.approved_by := NULL;
                NEW.approved_at := NULL;
            END IF;
            IF NEW.state = 'closed' THEN
                NEW.closed_in := pg_current_xact_id()::text;
            END IF;
            RETURN NEW;
        END""",
    "guard_period()": """
        BEGIN
            IF OLD.state = 'closed' THEN
                RAISE EXCEPTION 'period % is closed', OLD.name USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END""",
}

FRESH, GONE = "REFERENCING NEW TABLE AS fresh", "REFERENCING OLD TABLE AS gone"
TRIGGERS = (
    ("balance", "posting", "AFTER INSERT", FRESH, "check_postings()"),
    ("kept", "posting", "AFTER DELETE", GONE, "check_posting_removal()"),
    ("balance", "account_posting", "AFTER INSERT", FRESH, "check_account_postings()"),
    ("closing", "statement", "AFTER INSERT", FRESH, "check_statements()"),
    ("whole", "contract_share", "AFTER INSERT", FRESH, "check_shares()"),
    ("together", "contract_share", "AFTER UPDATE", GONE, "check_shares_left()"),
)
# changed along their transitions, never removed: postings without foreign keys lean on them
KEPT = ("settlement_run", "period")
FACTS_GUARDED = """
    DO $$ DECLARE fact text; BEGIN
        FOR fact IN SELECT table_name FROM information_schema.columns
            WHERE table_schema = 'public' AND column_name = 'superseded_at' LOOP
            EXECUTE format('CREATE TRIGGER guard AFTER UPDATE ON %I '
                'FOR EACH ROW EXECUTE FUNCTION guard_fact()', fact);
        END LOOP;
    END $$"""
# the worker may take back what is still a draft, and nothing else: it has no DELETE of its own
FORGET = """
    CREATE FUNCTION forget_postings(run int, events bigint[], whole boolean) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH gone AS (
            DELETE FROM public.posting p USING public.settlement_run r
            WHERE p.pool_id = current_setting('app.pool_id')::int AND p.run_id = run
                AND r.pool_id = p.pool_id AND r.id = p.run_id
                AND r.state IN ('calculating', 'dropped')
                AND (whole OR p.event_id = ANY(events))
            RETURNING 1
        )
        SELECT count(*) FROM gone
    $$"""


# a run asks its questions of tables that may have been filled a moment ago: without statistics the
# planner guessed loops that took half a minute instead of half a second
STATISTICS = """
    CREATE FUNCTION fresh_statistics() RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE stale text; gathered int := 0;
        BEGIN
            FOR stale IN SELECT s.relname FROM pg_stat_user_tables s
                JOIN pg_class c ON c.oid = s.relid
                WHERE s.schemaname = 'public' AND pg_relation_size(s.relid) > 262144
                    AND (c.reltuples < 0 OR s.n_mod_since_analyze > greatest(c.reltuples, 1000))
                ORDER BY s.relname LOOP
                EXECUTE format('ANALYZE public.%I', stale);
                gathered := gathered + 1;
            END LOOP;
            RETURN gathered;
        END
    $$"""
# a block range index knows new pages only once they are summarized; until then every scan of a run
# reads all that was written since the last vacuum, months of it
SUMMARIZE = """
    CREATE FUNCTION summarize_postings() RETURNS int
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT brin_summarize_new_values('public.ix_posting_run_id'::regclass)
    $$"""
# which pools there are: the one thing a command must know before it acts in one
POOLS = """
    CREATE FUNCTION all_pools() RETURNS TABLE (code text, id int, time_zone text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT p.code, p.id, p.time_zone FROM public.pool p
    $$"""


def upgrade() -> None:
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name} RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(FACTS_GUARDED)
    for name, table, moment, tables, function in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {name} {moment} ON {table} {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}"
        )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON posting "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(FORGET)
    op.execute(POOLS)
    op.execute(STATISTICS)
    op.execute(SUMMARIZE)
    for function in ("forget_postings", "all_pools", "fresh_statistics", "summarize_postings"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO brokerpool_worker")
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON settlement_run "
        "FOR EACH ROW EXECUTE FUNCTION guard_run()"
    )
    op.execute(
        "CREATE TRIGGER guard BEFORE UPDATE ON period FOR EACH ROW EXECUTE FUNCTION guard_period()"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION all_pools")
    op.execute("DROP FUNCTION fresh_statistics")
    op.execute("DROP FUNCTION summarize_postings")
    op.execute("DROP FUNCTION forget_postings")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name} CASCADE")
