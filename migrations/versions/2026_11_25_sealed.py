"""What was written about nothing before there were organisations is the default one's.

As everything that names none. It had been everybody's: free text of the whole house. A task stays
seen by the person it is given to; who gives it on takes it into his organisation. What a broker
writes about nothing is of the only unit his firm is limited to, else the default one's. A file of a
message lies in the folder of the division its thread is about.
"""

from alembic import op

revision = "sealed"
down_revision = "proofing"
branch_labels = None
depends_on = None

DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
POOL = "(SELECT current_setting('app.pool_id')::int)"
# as the migration ``quick`` has it
WITHIN = """(SELECT CASE current_setting('app.organisations')
        WHEN '*' THEN NULL
        WHEN 'none' THEN '{}'::int[]
        WHEN '' THEN ARRAY[current_setting('app.organisations')::int]
        ELSE string_to_array(current_setting('app.organisations'), ',')::int[] END)"""
MINE = f"COALESCE((COALESCE(organisation_id, 0) = ANY ({WITHIN}::integer[])), true)"
KINDS = (
    "'customer', 'contract', 'application', 'application_change', 'premium_due', "
    "'statement_line', 'thread', 'message', 'task', 'document'"
)
BEFORE = f"((organisation_id IS NULL AND coalesce(subject, '') NOT IN ({KINDS})) OR {MINE})"
ABOUT = f"((organisation_id IS NULL AND coalesce(subject, '') NOT IN ('', {KINDS})) OR {MINE}"
GIVEN = (
    f"{ABOUT} OR organisation_id IS NULL AND subject IS NULL "
    "AND assignee_id = (SELECT nullif(current_setting('app.account', true), '')::int))"
)
WALLS = {"thread": f"{ABOUT})", "task": GIVEN}

END = "        END IF;\n        RETURN NEW;\n    END"
OF_FIRM = """        END IF;
        IF NEW.subject IS NULL AND NEW.organisation_id IS NULL AND NEW.firm_id IS NOT NULL THEN
            NEW.organisation_id := (SELECT u.organisation_id
                FROM unit_of_firm(NEW.pool_id, NEW.firm_id) u);
        END IF;
        RETURN NEW;
    END"""
# a task about nothing, from before: whoever gives it on has it in his organisation
GOES_OVER = """
    BEGIN
        NEW.organisation_id := (SELECT d.organisation_id FROM team t
            JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id
            WHERE t.pool_id = NEW.pool_id
                AND t.id = nullif(current_setting('app.team', true), '')::int);
        RETURN NEW;
    END"""
CASE = f"""
            SELECT c.division_id, c.firm_id FROM customer c
            WHERE about = 'customer' AND c.pool_id = {POOL} AND c.id = which
            UNION ALL SELECT c.division_id, c.firm_id FROM contract c
            WHERE about = 'contract' AND c.pool_id = {POOL} AND c.id = which
            UNION ALL SELECT a.division_id, a.firm_id FROM application a
            WHERE about = 'application' AND a.pool_id = {POOL} AND a.id = which"""
STORE = f"""
    CREATE OR REPLACE FUNCTION document_store_of(about text, which bigint) RETURNS text
    LANGUAGE sql STABLE {DEFINER} AS $$
        SELECT d.document_store FROM ({{case}}
        ) it
        JOIN division d ON d.pool_id = {POOL} AND d.id = it.division_id
        WHERE app_door() <> 'extranet' OR it.firm_id = ANY ((SELECT app_firms())::int[])
        $$"""
OF_THREAD = f"""
            UNION ALL SELECT coalesce(c.division_id, k.division_id, a.division_id), t.firm_id
            FROM message m
            JOIN thread t ON t.pool_id = m.pool_id AND t.id = m.thread_id
            LEFT JOIN customer c ON t.subject = 'customer'
                AND c.pool_id = t.pool_id AND c.id = t.subject_id
            LEFT JOIN contract k ON t.subject = 'contract'
                AND k.pool_id = t.pool_id AND k.id = t.subject_id
            LEFT JOIN application a ON t.subject = 'application'
                AND a.pool_id = t.pool_id AND a.id = t.subject_id
            WHERE about = 'message' AND m.pool_id = {POOL} AND m.id = which"""

# staff reach no person of a company that is limited to others
REACHED = """
    CREATE OR REPLACE FUNCTION reached(membership int) RETURNS SETOF membership
    LANGUAGE plpgsql AS $$
        BEGIN
            IF app_door() = 'extranet' THEN
                RETURN QUERY SELECT m.* FROM membership m
                WHERE m.pool_id = current_setting('app.pool_id')::int AND m.id = membership
                    AND m.door = 'extranet' AND m.company_id = ANY(app_firms());
            ELSE
                RETURN QUERY SELECT m.* FROM membership m
                WHERE m.pool_id = current_setting('app.pool_id')::int
                    AND m.id = membership{within};
            END IF;
        END$$"""
NOT_HIDDEN = " AND m.company_id <> ALL (hidden_companies())"


def reworded(old: str, new: str) -> str:
    """Put other words into the trigger that says whose a thread is; they must be there."""
    old, new = (text.replace("'", "''") for text in (old, new))
    return f"""
    DO $$ DECLARE said text := pg_get_functiondef('unit_of_thread'::regproc); BEGIN
        ASSERT position('{old}' IN said) > 0;
        EXECUTE replace(said, '{old}', '{new}');
    END $$"""


def upgrade() -> None:
    for table, here in WALLS.items():
        op.execute(f"ALTER POLICY wall ON {table} USING ({here}) WITH CHECK ({here})")
    op.execute(reworded(END, OF_FIRM))
    op.execute(
        f"CREATE FUNCTION task_goes_over() RETURNS trigger LANGUAGE plpgsql {DEFINER} "
        f"AS $${GOES_OVER}$$"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION task_goes_over() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER goes_over BEFORE UPDATE OF assignee_id ON task FOR EACH ROW "
        "WHEN (current_setting('app.layer', true) = 'on' AND OLD.subject IS NULL "
        "AND OLD.organisation_id IS NULL AND NEW.organisation_id IS NULL "
        "AND NEW.assignee_id IS DISTINCT FROM OLD.assignee_id) "
        "EXECUTE FUNCTION task_goes_over()"
    )
    op.execute(STORE.format(case=CASE + OF_THREAD))
    op.execute(REACHED.format(within=NOT_HIDDEN))


def downgrade() -> None:
    op.execute(REACHED.format(within=""))
    op.execute(STORE.format(case=CASE))
    op.execute("DROP FUNCTION task_goes_over() CASCADE")
    op.execute(reworded(OF_FIRM, END))
    for table in WALLS:
        op.execute(f"ALTER POLICY wall ON {table} USING ({BEFORE}) WITH CHECK ({BEFORE})")
