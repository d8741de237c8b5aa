"""What the portals work with: preferences, views, notices, tasks, long jobs, threads; and what is
the broker's own.

A row that people edit counts its versions: who saves over a newer one is told so.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "workplace"
down_revision = "doors"
branch_labels = None
depends_on = None

VERSIONED = (
    "application", "company", "contract", "customer", "insurer", "producer", "product", "thread",
)  # fmt: skip
CHECKS = (
    ("contract", "ck_contract_pool_contract",
     "private OR num_nulls(insurer_id, line_id, product_id) = 0"),
    ("contract", "ck_contract_private_has_firm", "NOT private OR firm_id IS NOT NULL"),
    ("customer", "ck_customer_private_has_firm", "NOT private OR firm_id IS NOT NULL"),
)  # fmt: skip


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION next_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.version := OLD.version + 1; RETURN NEW; END $$""")
    op.create_table(
        "long_job",
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=True),
        sa.Column(
            "values", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "result", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_by", sa.Text(), server_default=sa.text("fact_author()"), nullable=False
        ),
        sa.CheckConstraint(
            "state IN ('waiting','running','done','failed','cancelled')",
            name=op.f("ck_long_job_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_long_job_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "firm_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_long_job_pool_id_firm_id"),
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_long_job_pool_id")),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_long_job")),
    )
    op.create_index(
        "ix_long_job_account", "long_job", ["pool_id", "account_id", "id"], unique=False
    )
    op.create_index(op.f("ix_long_job_account_id"), "long_job", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_long_job_pool_id_firm_id"), "long_job", ["pool_id", "firm_id"], unique=False
    )
    op.create_index(
        "ix_long_job_subject", "long_job", ["pool_id", "subject", "subject_id"], unique=False
    )
    op.create_table(
        "notification",
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("permission", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "values", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False
        ),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("tone", sa.Text(), server_default="info", nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_by", sa.Text(), server_default=sa.text("fact_author()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notification_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "firm_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_notification_pool_id_firm_id"),
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_notification_pool_id")),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_notification")),
    )
    op.create_index(
        op.f("ix_notification_account_id"), "notification", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_notification_pool_id_firm_id"),
        "notification",
        ["pool_id", "firm_id"],
        unique=False,
    )
    op.create_index(
        "ix_notification_recorded_at", "notification", ["pool_id", "recorded_at"], unique=False
    )
    op.create_table(
        "preference",
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("density", sa.Text(), nullable=True),
        sa.Column("shortcuts", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("bell_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "settings", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False
        ),
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
        sa.CheckConstraint(
            "density IN ('compact','comfortable')", name=op.f("ck_preference_density")
        ),
        sa.CheckConstraint("theme IN ('light','dark')", name=op.f("ck_preference_theme")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_preference_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "firm_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_preference_pool_id_firm_id"),
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_preference_pool_id")),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_preference")),
        sa.UniqueConstraint("pool_id", "account_id", name=op.f("uq_preference_pool_id_account_id")),
    )
    op.create_index(op.f("ix_preference_account_id"), "preference", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_preference_pool_id_firm_id"), "preference", ["pool_id", "firm_id"], unique=False
    )
    op.create_table(
        "saved_view",
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_saved_view_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "firm_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_saved_view_pool_id_firm_id"),
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_saved_view_pool_id")),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_saved_view")),
    )
    op.create_index(op.f("ix_saved_view_account_id"), "saved_view", ["account_id"], unique=False)
    op.create_index(
        "ix_saved_view_list", "saved_view", ["pool_id", "list", "account_id"], unique=False
    )
    op.create_index(
        op.f("ix_saved_view_pool_id_firm_id"), "saved_view", ["pool_id", "firm_id"], unique=False
    )
    op.create_table(
        "task",
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_by", sa.Text(), server_default=sa.text("fact_author()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["account.id"], name=op.f("fk_task_assignee_id")),
        sa.ForeignKeyConstraint(
            ["pool_id", "firm_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_task_pool_id_firm_id"),
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_task_pool_id")),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_assignee_id"), "task", ["assignee_id"], unique=False)
    op.create_index(
        "ix_task_open",
        "task",
        ["pool_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(op.f("ix_task_pool_id_firm_id"), "task", ["pool_id", "firm_id"], unique=False)
    op.create_index("ix_task_subject", "task", ["pool_id", "subject", "subject_id"], unique=False)
    op.create_table(
        "product_authorisation",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.Boolean(), server_default="true", nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            sa.Computed("product_id::text || '/' || firm_id::text", persisted=True),
            nullable=False,
        ),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("fact_moment()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_by", sa.Text(), server_default=sa.text("fact_author()"), nullable=False
        ),
        postgresql.ExcludeConstraint(
            (sa.column("pool_id"), "="),
            (sa.column("key"), "="),
            (sa.column("valid"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_product_authorisation_key_valid",
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "firm_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_product_authorisation_pool_id_firm_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "product_id"],
            ["product.pool_id", "product.id"],
            name=op.f("fk_product_authorisation_pool_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_product_authorisation")),
    )
    op.create_index(
        op.f("ix_product_authorisation_pool_id_firm_id"),
        "product_authorisation",
        ["pool_id", "firm_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_product_authorisation_pool_id_product_id"),
        "product_authorisation",
        ["pool_id", "product_id"],
        unique=False,
    )
    op.create_table(
        "thread",
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("insurer_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="message", nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_side", sa.Text(), nullable=False),
        sa.Column("pool_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("firm_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome_line_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_by", sa.Text(), server_default=sa.text("fact_author()"), nullable=False
        ),
        sa.CheckConstraint("kind IN ('message','question')", name=op.f("ck_thread_kind")),
        sa.CheckConstraint(
            "last_side IN ('pool','firm','insurer')", name=op.f("ck_thread_last_side")
        ),
        sa.CheckConstraint(
            "state IN ('open','answered','correction_booked','rejected','closed')",
            name=op.f("ck_thread_state"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "firm_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_thread_pool_id_firm_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "insurer_id"],
            ["insurer.pool_id", "insurer.id"],
            name=op.f("fk_thread_pool_id_insurer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "outcome_line_id"],
            ["statement_line.pool_id", "statement_line.id"],
            name=op.f("fk_thread_pool_id_outcome_line_id"),
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_thread_pool_id")),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_thread")),
    )
    op.create_index("ix_thread_last_at", "thread", ["pool_id", "last_at", "id"], unique=False)
    op.create_index(
        op.f("ix_thread_pool_id_firm_id"), "thread", ["pool_id", "firm_id"], unique=False
    )
    op.create_index(
        op.f("ix_thread_pool_id_insurer_id"), "thread", ["pool_id", "insurer_id"], unique=False
    )
    op.create_index(
        op.f("ix_thread_pool_id_outcome_line_id"),
        "thread",
        ["pool_id", "outcome_line_id"],
        unique=False,
    )
    op.create_index(
        "ix_thread_subject", "thread", ["pool_id", "subject", "subject_id"], unique=False
    )
    op.create_table(
        "message",
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "recorded_by", sa.Text(), server_default=sa.text("fact_author()"), nullable=False
        ),
        sa.CheckConstraint("NOT internal OR side = 'pool'", name=op.f("ck_message_internal")),
        sa.CheckConstraint("side IN ('pool','firm','insurer')", name=op.f("ck_message_side")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_account_id")),
        sa.ForeignKeyConstraint(
            ["pool_id", "firm_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_message_pool_id_firm_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "thread_id"],
            ["thread.pool_id", "thread.id"],
            name=op.f("fk_message_pool_id_thread_id"),
        ),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_account_id"), "message", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_message_pool_id_firm_id"), "message", ["pool_id", "firm_id"], unique=False
    )
    op.create_index(
        op.f("ix_message_pool_id_thread_id"), "message", ["pool_id", "thread_id"], unique=False
    )
    op.add_column("application", sa.Column("begin_on", sa.Date(), nullable=True))
    op.add_column("application", sa.Column("frequency", sa.Text(), nullable=True))
    op.add_column("application", sa.Column("product_version_id", sa.Integer(), nullable=True))
    op.add_column(
        "application", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("application", sa.Column("submitted_by", sa.Text(), nullable=True))
    op.add_column("application", sa.Column("query", sa.Text(), nullable=True))
    op.add_column("application", sa.Column("note", sa.Text(), nullable=True))
    op.add_column(
        "application", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )
    op.create_index(
        op.f("ix_application_pool_id_product_version_id"),
        "application",
        ["pool_id", "product_version_id"],
        unique=False,
    )
    op.create_index("ix_application_state", "application", ["pool_id", "state", "id"], unique=False)
    op.create_foreign_key(
        op.f("fk_application_pool_id_product_version_id"),
        "application",
        "product_version",
        ["pool_id", "product_version_id"],
        ["pool_id", "id"],
    )
    op.add_column("career_level", sa.Column("name_de", sa.Text(), nullable=True))
    op.add_column("career_level", sa.Column("name_uk", sa.Text(), nullable=True))
    op.add_column("career_level", sa.Column("name_en", sa.Text(), nullable=True))
    op.add_column("company", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("contract", sa.Column("own_insurer", sa.Text(), nullable=True))
    op.add_column("contract", sa.Column("own_product", sa.Text(), nullable=True))
    op.add_column("contract", sa.Column("converted_from_id", sa.BigInteger(), nullable=True))
    op.add_column("contract", sa.Column("converted_on", sa.Date(), nullable=True))
    op.add_column("contract", sa.Column("note", sa.Text(), nullable=True))
    op.add_column(
        "contract", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )
    op.alter_column("contract", "insurer_id", existing_type=sa.INTEGER(), nullable=True)
    op.alter_column("contract", "line_id", existing_type=sa.INTEGER(), nullable=True)
    op.alter_column("contract", "product_id", existing_type=sa.INTEGER(), nullable=True)
    op.drop_constraint(
        op.f("uq_contract_pool_id_insurer_id_number_key_line_id_sequence"),
        "contract",
        type_="unique",
    )
    op.create_index(
        "ix_contract_begin_on",
        "contract",
        ["pool_id", sa.literal_column("begin_on DESC NULLS LAST"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_contract_net_premium",
        "contract",
        [
            "pool_id",
            sa.literal_column("net_premium_cents DESC NULLS LAST"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index(
        op.f("ix_contract_pool_id_converted_from_id"),
        "contract",
        ["pool_id", "converted_from_id"],
        unique=False,
    )
    op.create_index(
        "uq_contract_number",
        "contract",
        ["pool_id", "insurer_id", "number_key", "line_id", "sequence"],
        unique=True,
        postgresql_where=sa.text("NOT private"),
    )
    op.create_foreign_key(
        op.f("fk_contract_pool_id_converted_from_id"),
        "contract",
        "contract",
        ["pool_id", "converted_from_id"],
        ["pool_id", "id"],
    )
    op.add_column("customer", sa.Column("note", sa.Text(), nullable=True))
    op.add_column(
        "customer", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column(
        "document", sa.Column("private", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("document", sa.Column("title", sa.Text(), nullable=True))
    op.add_column("document", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("insurer", sa.Column("street", sa.Text(), nullable=True))
    op.add_column("insurer", sa.Column("postcode", sa.Text(), nullable=True))
    op.add_column("insurer", sa.Column("city", sa.Text(), nullable=True))
    op.add_column("insurer", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("insurer", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("insurer", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("insurer", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "premium_due", sa.Column("private", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column(
        "producer", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("product", sa.Column("offered_from", sa.Date(), nullable=True))
    op.add_column("product", sa.Column("offered_until", sa.Date(), nullable=True))
    op.add_column(
        "product", sa.Column("restricted", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("product", sa.Column("summary", sa.Text(), nullable=True))
    op.add_column(
        "product",
        sa.Column(
            "features", postgresql.JSONB(astext_type=Text()), server_default="{}", nullable=False
        ),
    )
    op.add_column("product", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("rule", sa.Column("copied_from_id", sa.Integer(), nullable=True))
    for table, name, condition in CHECKS:
        op.create_check_constraint(op.f(name), table, condition)
    for table in VERSIONED:
        op.execute(
            f"CREATE TRIGGER version BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION next_version()"
        )


def downgrade() -> None:
    for table in VERSIONED:
        op.execute(f"DROP TRIGGER version ON {table}")
    op.execute("DROP FUNCTION next_version()")
    for table, name, _ in CHECKS:
        op.drop_constraint(op.f(name), table, type_="check")
    op.drop_column("rule", "copied_from_id")
    op.drop_column("product", "version")
    op.drop_column("product", "features")
    op.drop_column("product", "summary")
    op.drop_column("product", "restricted")
    op.drop_column("product", "offered_until")
    op.drop_column("product", "offered_from")
    op.drop_column("producer", "version")
    op.drop_column("premium_due", "private")
    op.drop_column("insurer", "version")
    op.drop_column("insurer", "note")
    op.drop_column("insurer", "phone")
    op.drop_column("insurer", "email")
    op.drop_column("insurer", "city")
    op.drop_column("insurer", "postcode")
    op.drop_column("insurer", "street")
    op.drop_column("document", "valid_from")
    op.drop_column("document", "title")
    op.drop_column("document", "private")
    op.drop_column("customer", "version")
    op.drop_column("customer", "note")
    op.drop_constraint(
        op.f("fk_contract_pool_id_converted_from_id"), "contract", type_="foreignkey"
    )
    op.drop_index(
        "uq_contract_number", table_name="contract", postgresql_where=sa.text("NOT private")
    )
    op.drop_index(op.f("ix_contract_pool_id_converted_from_id"), table_name="contract")
    op.drop_index("ix_contract_net_premium", table_name="contract")
    op.drop_index("ix_contract_begin_on", table_name="contract")
    op.create_unique_constraint(
        op.f("uq_contract_pool_id_insurer_id_number_key_line_id_sequence"),
        "contract",
        ["pool_id", "insurer_id", "number_key", "line_id", "sequence"],
        postgresql_nulls_not_distinct=False,
    )
    op.alter_column("contract", "product_id", existing_type=sa.INTEGER(), nullable=False)
    op.alter_column("contract", "line_id", existing_type=sa.INTEGER(), nullable=False)
    op.alter_column("contract", "insurer_id", existing_type=sa.INTEGER(), nullable=False)
    op.drop_column("contract", "version")
    op.drop_column("contract", "note")
    op.drop_column("contract", "converted_on")
    op.drop_column("contract", "converted_from_id")
    op.drop_column("contract", "own_product")
    op.drop_column("contract", "own_insurer")
    op.drop_column("company", "version")
    op.drop_column("career_level", "name_en")
    op.drop_column("career_level", "name_uk")
    op.drop_column("career_level", "name_de")
    op.drop_constraint(
        op.f("fk_application_pool_id_product_version_id"), "application", type_="foreignkey"
    )
    op.drop_index("ix_application_state", table_name="application")
    op.drop_index(op.f("ix_application_pool_id_product_version_id"), table_name="application")
    op.drop_column("application", "version")
    op.drop_column("application", "note")
    op.drop_column("application", "query")
    op.drop_column("application", "submitted_by")
    op.drop_column("application", "submitted_at")
    op.drop_column("application", "product_version_id")
    op.drop_column("application", "frequency")
    op.drop_column("application", "begin_on")
    op.drop_index(op.f("ix_message_pool_id_thread_id"), table_name="message")
    op.drop_index(op.f("ix_message_pool_id_firm_id"), table_name="message")
    op.drop_index(op.f("ix_message_account_id"), table_name="message")
    op.drop_table("message")
    op.drop_index("ix_thread_subject", table_name="thread")
    op.drop_index(op.f("ix_thread_pool_id_outcome_line_id"), table_name="thread")
    op.drop_index(op.f("ix_thread_pool_id_insurer_id"), table_name="thread")
    op.drop_index(op.f("ix_thread_pool_id_firm_id"), table_name="thread")
    op.drop_index("ix_thread_last_at", table_name="thread")
    op.drop_table("thread")
    op.drop_index(
        op.f("ix_product_authorisation_pool_id_product_id"), table_name="product_authorisation"
    )
    op.drop_index(
        op.f("ix_product_authorisation_pool_id_firm_id"), table_name="product_authorisation"
    )
    op.drop_table("product_authorisation")
    op.drop_index("ix_task_subject", table_name="task")
    op.drop_index(op.f("ix_task_pool_id_firm_id"), table_name="task")
    op.drop_index("ix_task_open", table_name="task", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_index(op.f("ix_task_assignee_id"), table_name="task")
    op.drop_table("task")
    op.drop_index(op.f("ix_saved_view_pool_id_firm_id"), table_name="saved_view")
    op.drop_index("ix_saved_view_list", table_name="saved_view")
    op.drop_index(op.f("ix_saved_view_account_id"), table_name="saved_view")
    op.drop_table("saved_view")
    op.drop_index(op.f("ix_preference_pool_id_firm_id"), table_name="preference")
    op.drop_index(op.f("ix_preference_account_id"), table_name="preference")
    op.drop_table("preference")
    op.drop_index("ix_notification_recorded_at", table_name="notification")
    op.drop_index(op.f("ix_notification_pool_id_firm_id"), table_name="notification")
    op.drop_index(op.f("ix_notification_account_id"), table_name="notification")
    op.drop_table("notification")
    op.drop_index("ix_long_job_subject", table_name="long_job")
    op.drop_index(op.f("ix_long_job_pool_id_firm_id"), table_name="long_job")
    op.drop_index(op.f("ix_long_job_account_id"), table_name="long_job")
    op.drop_index("ix_long_job_account", table_name="long_job")
    op.drop_table("long_job")
