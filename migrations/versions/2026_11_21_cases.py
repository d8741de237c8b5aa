"""Cases: contracts ordered by names, numbers of cases, who works here.

A list of 200,000 contracts ordered by its holders' names must not look at each holder: contracts
keep the sort keys, and triggers keep them true.
"""

import sqlalchemy as sa
from alembic import op

revision = "cases"
down_revision = "search"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
# so many characters of a sort key: forty letters decide the order of names
KEPT = 160
INDEXES = (
    ("contract", "ix_contract_holder_key", ("pool_id", "holder_key", "id")),
    ("contract", "ix_contract_producer_key", ("pool_id", "producer_key", "id")),
    (
        "contract",
        "ix_contract_state",
        ("pool_id", "state", sa.text("begin_on DESC NULLS LAST"), sa.text("id DESC")),
    ),
    ("customer", "ix_customer_birth_date", ("pool_id", "birth_date")),
    ("customer", "ix_customer_postcode", ("pool_id", "postcode")),
    ("statement_line", "ix_statement_line_event_id", ("pool_id", "event_id")),
    ("premium_due", "ix_premium_due_due_on", ("pool_id", "due_on", "contract_id")),
)
NAMES = (("holder", "customer"), ("producer", "producer"))


def upgrade() -> None:
    for name, _ in NAMES:
        op.add_column(
            "contract",
            sa.Column(f"{name}_key", sa.Text(), server_default="~", nullable=False),
        )
    for name, table in NAMES:
        op.execute(f"""
            CREATE FUNCTION {name}_key_of(pool int, whose bigint) RETURNS text
            LANGUAGE sql STABLE AS $$
                SELECT coalesce((SELECT nullif(left(n.sort_key, {KEPT}), '') FROM {table} n
                    WHERE n.pool_id = pool AND n.id = whose), '~') $$""")
        op.execute(f"""
            UPDATE contract SET {name}_key = {name}_key_of(pool_id, {name}_id)
            WHERE {name}_id IS NOT NULL""")
        # a broker's own contract has his customer; of producers he reads nothing
        shown = "" if name == "holder" else "NOT NEW.private AND "
        op.execute(f"""
            CREATE FUNCTION keep_{name}_key() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.{name}_key := {name}_key_of(NEW.pool_id, NEW.{name}_id);
                RETURN NEW;
            END $$""")
        op.execute(f"""
            CREATE TRIGGER {name}_key BEFORE INSERT OR UPDATE OF {name}_id ON contract
            FOR EACH ROW WHEN ({shown}NEW.{name}_id IS NOT NULL)
            EXECUTE FUNCTION keep_{name}_key()""")
        op.execute(f"""
            CREATE FUNCTION spread_{name}_key() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE contract c SET {name}_key = coalesce(nullif(left(NEW.sort_key, {KEPT}), ''),
                    '~') WHERE c.pool_id = NEW.pool_id AND c.{name}_id = NEW.id;
                RETURN NULL;
            END $$""")
        op.execute(f"""
            CREATE TRIGGER {name}_key AFTER UPDATE OF sort_key ON {table} FOR EACH ROW
            WHEN (OLD.sort_key IS DISTINCT FROM NEW.sort_key)
            EXECUTE FUNCTION spread_{name}_key()""")
    for table, name, columns in INDEXES:
        op.create_index(name, table, list(columns))
    op.execute("CREATE SEQUENCE case_number_seq")
    op.execute(f"GRANT USAGE ON SEQUENCE case_number_seq TO {INTRANET}, {EXTRANET}, {WORKER}")
    # who may be given a task: names alone, of the staff of the context's pool
    op.execute("""
        CREATE FUNCTION pool_staff() RETURNS TABLE (account_id int, name text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT DISTINCT a.id, a.name FROM membership m JOIN account a ON a.id = m.account_id
            WHERE m.pool_id = current_setting('app.pool_id')::int AND m.door = 'intranet'
                AND m.active AND a.active $$""")
    op.execute("REVOKE EXECUTE ON FUNCTION pool_staff FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION pool_staff TO {INTRANET}")


def downgrade() -> None:
    op.execute("DROP FUNCTION pool_staff()")
    op.execute("DROP SEQUENCE case_number_seq")
    for table, name, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    for name, table in NAMES:
        op.execute(f"DROP TRIGGER {name}_key ON {table}")
        op.execute(f"DROP FUNCTION spread_{name}_key()")
        op.execute(f"DROP TRIGGER {name}_key ON contract")
        op.execute(f"DROP FUNCTION keep_{name}_key()")
        op.execute(f"DROP FUNCTION {name}_key_of(int, bigint)")
        op.drop_column("contract", f"{name}_key")
