"""Changes of the hierarchy into closed periods, proposed and decided by two people; in which way
somebody is not active.

Who proposed stands, and what was decided stands: both are checked here, not in the portals alone.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "proposals"
down_revision = "uploads"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
APPS = f"{INTRANET}, {EXTRANET}, {WORKER}"
POOL = "(SELECT current_setting('app.pool_id')::int)"
NEW = ("proposal", "proposal_line")
LINKS = (("producer_id", "producer"), ("parent_id", "producer"), ("level_id", "career_level"))
STATE = (
    "state IS NULL OR state = 'active' AND active "
    "OR state IN ('paused','terminated','deceased') AND NOT active"
)


def upgrade() -> None:
    op.add_column("producer_status", sa.Column("state", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_producer_status_state"), "producer_status", STATE)
    op.create_table(
        "proposal",
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
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("level_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="calculating", nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calculation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("through", sa.Date(), nullable=True),
        sa.Column("last_run_id", sa.Integer(), nullable=True),
        sa.Column("watched", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("totals", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("facts_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('placement','career','status')", name=op.f("ck_proposal_kind")
        ),
        sa.CheckConstraint(
            "state IN ('calculating','ready','failed','sent','approved','rejected','withdrawn')",
            name=op.f("ck_proposal_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved','rejected') "
            "OR (decided_by IS NOT NULL AND decided_by <> proposed_by)",
            name=op.f("ck_proposal_two_people"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR facts_at IS NOT NULL", name=op.f("ck_proposal_recorded")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_proposal_pool_id")),
        *(
            sa.ForeignKeyConstraint(
                ["pool_id", column],
                [f"{table}.pool_id", f"{table}.id"],
                name=op.f(f"fk_proposal_pool_id_{column}"),
            )
            for column, table in LINKS
        ),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_proposal")),
    )
    for column, _ in LINKS:
        op.create_index(op.f(f"ix_proposal_pool_id_{column}"), "proposal", ["pool_id", column])
    op.create_index("ix_proposal_state", "proposal", ["pool_id", "state", "id"])
    money = sa.Numeric(14, 2)
    op.create_table(
        "proposal_line",
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("calculation", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("payee_id", sa.Integer(), nullable=True),
        sa.Column("account", sa.SmallInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_old", money, nullable=False),
        sa.Column("amount_new", money, nullable=False),
        sa.Column("reserve_old", money, nullable=False),
        sa.Column("reserve_new", money, nullable=False),
        sa.Column(
            "difference", money, sa.Computed("amount_new - amount_old", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "difference_cents",
            sa.BigInteger(),
            sa.Computed("((amount_new - amount_old) * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "proposal_id"],
            ["proposal.pool_id", "proposal.id"],
            name=op.f("fk_proposal_line_pool_id_proposal_id"),
        ),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_proposal_line")),
        sa.UniqueConstraint(
            "pool_id", "proposal_id", "calculation", "event_id", "producer_id", "account",
            name="uq_proposal_line_entry",
        ),
    )  # fmt: skip
    op.create_index(
        op.f("ix_proposal_line_pool_id_proposal_id"), "proposal_line", ["pool_id", "proposal_id"]
    )
    op.execute("""
        CREATE FUNCTION guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state IN ('approved', 'rejected', 'withdrawn') THEN
                RAISE EXCEPTION 'proposal % was decided: it is %', OLD.id, OLD.state
                    USING ERRCODE = 'check_violation';
            END IF;
            IF (NEW.kind, NEW.producer_id, NEW.parent_id, NEW.level_id, NEW.status, NEW.from_day,
                NEW.reason, NEW.proposed_by) IS DISTINCT FROM (OLD.kind, OLD.producer_id,
                OLD.parent_id, OLD.level_id, OLD.status, OLD.from_day, OLD.reason,
                OLD.proposed_by) THEN
                RAISE EXCEPTION 'what proposal % asks for, and who asks, stands', OLD.id
                    USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.state = 'approved' AND OLD.state <> 'sent' THEN
                RAISE EXCEPTION 'proposal % was not sent for approval', OLD.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute(
        "CREATE TRIGGER guard BEFORE UPDATE ON proposal "
        "FOR EACH ROW EXECUTE FUNCTION guard_proposal()"
    )
    for table in NEW:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY floor ON {table} AS RESTRICTIVE TO {APPS} "
            f"USING (pool_id = {POOL}) WITH CHECK (pool_id = {POOL})"
        )
        op.execute(f"CREATE POLICY staff ON {table} TO {INTRANET} USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY jobs ON {table} TO {WORKER} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON proposal TO {INTRANET}, {WORKER}")
    op.execute(f"GRANT SELECT ON proposal_line TO {INTRANET}")
    op.execute(f"GRANT SELECT, INSERT ON proposal_line TO {WORKER}")


def downgrade() -> None:
    op.drop_table("proposal_line")
    op.drop_table("proposal")
    op.execute("DROP FUNCTION guard_proposal")
    op.drop_column("producer_status", "state")
