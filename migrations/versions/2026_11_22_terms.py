"""Payment terms with what is payable and receivable by them, system parameters and regional
defaults, and who looks after a company.

``role_holders`` tells the staff how many people hold a role in which company, and nothing of who
they are: nobody may take the right to give rights from the last one who has it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "terms"
down_revision = "layer"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
APPS = f"{INTRANET}, {EXTRANET}, {WORKER}"
POOL = "(SELECT current_setting('app.pool_id')::int)"
FIRMS = "ANY((SELECT app_firms())::int[])"
SET = ("parameter_value", "regional_default")
NEW = ("due_terms", "invoice", *SET)
LOOKED_AFTER = ("company", "insurer")
MONEY = sa.Numeric(14, 2)
BASES = "('issue','month_end','period_end')"
OF_WHOM = "coalesce('c' || company_id::text, 'i' || insurer_id::text, 't' || team_id::text)"
ITEMS_LINKS = (
    ("firm_id", "company"), ("statement_id", "statement"), ("delivery_id", "delivery"),
    ("company_id", "company"), ("insurer_id", "insurer"), ("producer_firm_id", "company"),
    ("organisation_id", "organisation"), ("team_id", "team"), ("terms_id", "due_terms"),
)  # fmt: skip
TERMS_LINKS = (
    ("company_id", "company"), ("insurer_id", "insurer"), ("team_id", "team"),
    ("organisation_id", "organisation"), ("copied_from_id", "due_terms"),
)  # fmt: skip


def upgrade() -> None:
    for table in LOOKED_AFTER:
        op.add_column(table, sa.Column("team_id", sa.Integer(), nullable=True))
        link(table, (("team_id", "team"),))
    # of a company the apps change named columns alone: its account takes another way
    op.execute("GRANT UPDATE (team_id) ON company TO brokerpool_intranet, brokerpool_worker")
    op.create_table(
        "due_terms",
        *row(sa.Integer()),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("insurer_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("payable_days", sa.Integer(), nullable=True),
        sa.Column("payable_from", sa.Text(), server_default="issue", nullable=False),
        sa.Column("receivable_days", sa.Integer(), nullable=True),
        sa.Column("receivable_from", sa.Text(), server_default="issue", nullable=False),
        sa.Column("overrides", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            sa.Computed(
                f"party || '/' || {OF_WHOM} || '/' || coalesce(organisation_id::text, '*')",
                persisted=True,
            ),
            nullable=False,
        ),
        *noted("due_terms"),
        sa.CheckConstraint(
            "num_nonnulls(company_id, insurer_id, team_id) = 1", name=op.f("ck_due_terms_of_one")
        ),
        sa.CheckConstraint(
            "num_nonnulls(payable_days, receivable_days) > 0", name=op.f("ck_due_terms_agreed")
        ),
        sa.CheckConstraint(
            "party IN ('company','producer','team')", name=op.f("ck_due_terms_party")
        ),
        sa.CheckConstraint(
            f"payable_from IN {BASES} AND receivable_from IN {BASES}",
            name=op.f("ck_due_terms_basis"),
        ),
    )
    link("due_terms", TERMS_LINKS)
    op.create_index(
        "uq_due_terms_active",
        "due_terms",
        ["pool_id", "key"],
        unique=True,
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "invoice",
        *row(sa.BigInteger()),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("insurer_id", sa.Integer(), nullable=True),
        sa.Column("producer_firm_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column(
            "amount_cents",
            sa.BigInteger(),
            sa.Computed("(amount * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("settled", MONEY, server_default="0", nullable=False),
        sa.Column("arose_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.Text(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *noted("invoice"),
        sa.UniqueConstraint("pool_id", "number", name=op.f("uq_invoice_pool_id_number")),
        sa.CheckConstraint("side IN ('payable','receivable')", name=op.f("ck_invoice_side")),
        sa.CheckConstraint(
            "num_nonnulls(company_id, insurer_id) = 1", name=op.f("ck_invoice_of_one")
        ),
        sa.CheckConstraint(
            "num_nonnulls(statement_id, delivery_id) <= 1", name=op.f("ck_invoice_source")
        ),
        sa.CheckConstraint(
            "amount >= 0 AND settled BETWEEN 0 AND amount", name=op.f("ck_invoice_settled")
        ),
    )
    link("invoice", ITEMS_LINKS)
    op.create_index("uq_invoice_of_statement", "invoice", ["pool_id", "statement_id"], unique=True)
    op.create_index("ix_invoice_due_on", "invoice", ["pool_id", "due_on", "id"])
    settings("parameter_value", sa.Column("name", sa.Text(), nullable=False), (
        sa.Column("value", postgresql.JSONB(), nullable=False),
    ))  # fmt: skip
    settings("regional_default", sa.Column("region", sa.Text(), nullable=False), (
        sa.Column("licence_needed", sa.Boolean(), nullable=False),
        sa.Column("form_set", sa.Text(), nullable=False),
    ))  # fmt: skip
    walls()
    op.execute("""
        CREATE FUNCTION role_holders()
        RETURNS TABLE (role text, company_id int, company_kind text, people int)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT m.role, c.id, c.kind, count(*)::int
            FROM membership m
            JOIN account a ON a.id = m.account_id AND a.active
            JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id
            WHERE m.pool_id = current_setting('app.pool_id')::int AND m.active
                AND c.state = 'active'
            GROUP BY m.role, c.id, c.kind $$""")
    op.execute("REVOKE EXECUTE ON FUNCTION role_holders FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION role_holders TO {INTRANET}")


def downgrade() -> None:
    op.execute("DROP FUNCTION role_holders()")
    for table in ("regional_default", "parameter_value", "invoice", "due_terms"):
        op.drop_table(table)
    for table in LOOKED_AFTER:
        op.drop_column(table, "team_id")


def row(number: sa.types.TypeEngine[int]) -> tuple[sa.Column[int], ...]:
    """The key of a table of pools."""
    return (
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", number, sa.Identity(always=False), nullable=False),
    )


def noted(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """Who wrote a row and when; its pool and its key."""
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
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f(f"fk_{table}_pool_id")),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f(f"pk_{table}")),
    )


def settings(table: str, name: sa.Column[str], values: tuple[sa.Column[object], ...]) -> None:
    """A table of what an organisation, or the whole pool, set something to."""
    op.create_table(
        table,
        *row(sa.Integer()),
        name,
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        *values,
        sa.Column(
            "scope",
            sa.Text(),
            sa.Computed("coalesce('o' || organisation_id::text, '*')", persisted=True),
            nullable=False,
        ),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        *noted(table),
    )
    link(table, (("organisation_id", "organisation"),))
    op.create_index(
        f"uq_{table}_standing",
        table,
        ["pool_id", name.name, "scope"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def link(table: str, links: tuple[tuple[str, str], ...]) -> None:
    """Point columns at rows of the same pool, each with its index."""
    for column, other in links:
        op.create_foreign_key(
            op.f(f"fk_{table}_pool_id_{column}"),
            table,
            other,
            ["pool_id", column],
            ["pool_id", "id"],
        )
        op.create_index(op.f(f"ix_{table}_pool_id_{column}"), table, ["pool_id", column])


def walls() -> None:
    for table in NEW:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY floor ON {table} AS RESTRICTIVE TO {APPS} "
            f"USING (pool_id = {POOL}) WITH CHECK (pool_id = {POOL})"
        )
        op.execute(f"CREATE POLICY staff ON {table} TO {INTRANET} USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY jobs ON {table} TO {WORKER} USING (true) WITH CHECK (true)")
    for table in SET:
        op.execute(
            f"GRANT SELECT, INSERT, UPDATE (superseded_at, superseded_by) ON {table} "
            f"TO {INTRANET}, {WORKER}"
        )
        op.execute(
            f"CREATE TRIGGER guard AFTER UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION guard_fact()"
        )
        # what holds in the pool holds for a broker's submission too
        op.execute(f"GRANT SELECT ON {table} TO {EXTRANET}")
        op.execute(f"CREATE POLICY range ON {table} FOR SELECT TO {EXTRANET} USING (true)")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON due_terms TO {INTRANET}, {WORKER}")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (settled, settled_on, settled_by, version) ON invoice "
        f"TO {INTRANET}, {WORKER}"
    )
    # a broker sees when he is paid, and when he pays
    op.execute(f"GRANT SELECT ON invoice TO {EXTRANET}")
    op.execute(f"CREATE POLICY firm ON invoice FOR SELECT TO {EXTRANET} USING (firm_id = {FIRMS})")
