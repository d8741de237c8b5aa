"""The house itself: organisations with what stands on their paper, who works in which team, what
roles may and which modules companies have, and what a session knows of it all.

``auth_session`` tells everything a page asks of its reader, in one call: what his role may where he
works (the narrowest word wins: his company, its kind, everywhere), which modules his company has,
where he works and where else he may.
"""

import sqlalchemy as sa
from alembic import op

revision = "house"
down_revision = "conversions"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
APPS = f"{INTRANET}, {EXTRANET}, {WORKER}"
POOL = "(SELECT current_setting('app.pool_id')::int)"
# replaced, never changed
REPLACED = ("role_permission", "company_module")
NEW = (*REPLACED, "membership_team")
LIVE = """
        WITH live AS (
            SELECT * FROM web_session s
            WHERE s.token_hash = token AND s.door = app_door() AND s.revoked_at IS NULL
                AND s.created_at > clock_timestamp() - interval '12 hours'
                AND s.last_seen_at > clock_timestamp() - interval '30 minutes'
        ), seen AS (
            UPDATE web_session s SET last_seen_at = clock_timestamp() FROM live
            WHERE s.id = live.id AND live.last_seen_at < clock_timestamp() - interval '1 minute'
        )"""
KNOWN = """account_id int, email text, name text, language text, role text, pool_id int,
            pool_name text, time_zone text, company_name text, firm_ids int[], theme text,
            density text, shortcuts boolean, bell_seen_at timestamptz, company_id int"""
FIRMS_OF = """(SELECT array_agg(DISTINCT f.company_id) FROM membership f
                WHERE f.pool_id = m.pool_id AND f.account_id = m.account_id AND f.active
                    AND f.door = m.door)"""
PREFERS = "w.theme, w.density, coalesce(w.shortcuts, true), w.bell_seen_at, m.company_id"
JOINED = """
        FROM live
        JOIN account a ON a.id = live.account_id AND a.active
        JOIN membership m ON m.pool_id = live.pool_id AND m.id = live.membership_id AND m.active
            AND m.door = live.door
        JOIN pool p ON p.id = m.pool_id
        JOIN company c ON c.pool_id = m.pool_id AND c.id = m.company_id
        LEFT JOIN preference w ON w.pool_id = m.pool_id AND w.account_id = m.account_id"""
BEFORE = f"""
        CREATE FUNCTION auth_session(token bytea) RETURNS TABLE ({KNOWN})
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        {LIVE}
        SELECT a.id, a.email, a.name, coalesce(w.language, a.language), m.role, p.id, p.name,
               p.time_zone, c.name, {FIRMS_OF}, {PREFERS}
        {JOINED} $$"""
# teams of active parts alone; the one chosen for the session, else the default, else the first
AFTER = f"""
        CREATE FUNCTION auth_session(token bytea) RETURNS TABLE ({KNOWN}, session_id bigint,
            factor_at timestamptz, stepped_up_at timestamptz, company_state text,
            modules_off text[], rights jsonb, teams jsonb)
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        {LIVE}
        SELECT a.id, a.email, a.name, coalesce(w.language, a.language), m.role, p.id, p.name,
               p.time_zone, c.name, {FIRMS_OF}, {PREFERS},
               live.id, live.factor_at, live.stepped_up_at, c.state,
               ARRAY(SELECT o.module FROM company_module o WHERE o.pool_id = m.pool_id
                     AND o.company_id = m.company_id AND NOT o.enabled
                     AND o.superseded_at IS NULL),
               (SELECT coalesce(jsonb_object_agg(r.permission, r.allowed), '{{}}') FROM (
                    SELECT DISTINCT ON (g.permission) g.permission, g.allowed
                    FROM role_permission g
                    WHERE g.pool_id = m.pool_id AND g.role = m.role AND g.superseded_at IS NULL
                        AND coalesce(g.company_id, m.company_id) = m.company_id
                        AND coalesce(g.company_kind, c.kind) = c.kind
                    ORDER BY g.permission, g.company_id NULLS LAST, g.company_kind NULLS LAST) r),
               (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'id', t.id, 'name', t.name, 'division_id', d.id, 'division', d.name,
                        'organisation_id', o.id, 'organisation', o.name, 'whole', o.is_default)
                        ORDER BY t.id = live.team_id DESC NULLS LAST, x.is_default DESC, t.name),
                        '[]')
                FROM membership_team x
                JOIN team t ON t.pool_id = x.pool_id AND t.id = x.team_id AND t.active
                JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id AND d.active
                JOIN organisation o ON o.pool_id = d.pool_id AND o.id = d.organisation_id
                    AND o.active
                WHERE p.organisations_on AND x.pool_id = m.pool_id AND x.membership_id = m.id
                    AND x.active)
        {JOINED} $$"""


def upgrade() -> None:
    op.create_table(
        "company_module",
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Text(), nullable=True),
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
            ["pool_id", "company_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_company_module_pool_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_company_module")),
    )
    op.create_index(
        op.f("ix_company_module_pool_id_company_id"),
        "company_module",
        ["pool_id", "company_id"],
        unique=False,
    )
    op.create_index(
        "uq_company_module_standing",
        "company_module",
        ["pool_id", "company_id", "module"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "role_permission",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("company_kind", sa.Text(), nullable=True),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "scope",
            sa.Text(),
            sa.Computed(
                "coalesce('c' || company_id::text, 'k' || company_kind, '*')", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Text(), nullable=True),
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
            "num_nonnulls(company_id, company_kind) <= 1", name=op.f("ck_role_permission_scope")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "company_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_role_permission_pool_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_role_permission_pool_id")),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_role_permission")),
    )
    op.create_index(
        op.f("ix_role_permission_pool_id_company_id"),
        "role_permission",
        ["pool_id", "company_id"],
        unique=False,
    )
    op.create_index(
        "uq_role_permission_standing",
        "role_permission",
        ["pool_id", "role", "permission", "scope"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "membership_team",
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
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
            ["pool_id", "membership_id"],
            ["membership.pool_id", "membership.id"],
            name=op.f("fk_membership_team_pool_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "team_id"],
            ["team.pool_id", "team.id"],
            name=op.f("fk_membership_team_pool_id_team_id"),
        ),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_membership_team")),
        sa.UniqueConstraint(
            "pool_id",
            "membership_id",
            "team_id",
            name=op.f("uq_membership_team_pool_id_membership_id_team_id"),
        ),
    )
    op.create_index(
        op.f("ix_membership_team_pool_id_membership_id"),
        "membership_team",
        ["pool_id", "membership_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_membership_team_pool_id_team_id"),
        "membership_team",
        ["pool_id", "team_id"],
        unique=False,
    )
    op.add_column("company", sa.Column("state", sa.Text(), server_default="active", nullable=False))
    op.add_column("company", sa.Column("exit_on", sa.Date(), nullable=True))
    op.add_column("company", sa.Column("reads_until", sa.Date(), nullable=True))
    op.add_column("division", sa.Column("remit_to", sa.Text(), nullable=True))
    op.add_column("division", sa.Column("document_store", sa.Text(), nullable=True))
    op.add_column("division", sa.Column("street", sa.Text(), nullable=True))
    op.add_column("division", sa.Column("postcode", sa.Text(), nullable=True))
    op.add_column("division", sa.Column("city", sa.Text(), nullable=True))
    op.add_column("division", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("division", sa.Column("fax", sa.Text(), nullable=True))
    op.add_column("division", sa.Column("logo_sha256", sa.Text(), nullable=True))
    op.add_column(
        "division", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("organisation", sa.Column("street", sa.Text(), nullable=True))
    op.add_column("organisation", sa.Column("postcode", sa.Text(), nullable=True))
    op.add_column("organisation", sa.Column("city", sa.Text(), nullable=True))
    op.add_column("organisation", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("organisation", sa.Column("fax", sa.Text(), nullable=True))
    op.add_column("organisation", sa.Column("logo_sha256", sa.Text(), nullable=True))
    op.add_column(
        "organisation", sa.Column("active", sa.Boolean(), server_default="true", nullable=False)
    )
    op.add_column(
        "organisation", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )
    op.create_index(
        "uq_organisation_default",
        "organisation",
        ["pool_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.add_column(
        "pool", sa.Column("organisations_on", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("team", sa.Column("entity", sa.Text(), nullable=True))
    op.add_column("team", sa.Column("cost_centre", sa.Text(), nullable=True))
    op.add_column("team", sa.Column("street", sa.Text(), nullable=True))
    op.add_column("team", sa.Column("postcode", sa.Text(), nullable=True))
    op.add_column("team", sa.Column("city", sa.Text(), nullable=True))
    op.add_column("team", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("team", sa.Column("fax", sa.Text(), nullable=True))
    op.add_column("team", sa.Column("logo_sha256", sa.Text(), nullable=True))
    op.add_column("team", sa.Column("active", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("team", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("web_session", sa.Column("factor_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "web_session", sa.Column("stepped_up_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("web_session", sa.Column("team_id", sa.Integer(), nullable=True))
    op.add_column("web_session", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("web_session", sa.Column("agent", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_company_state"), "company", "state IN ('active','exit','closed')"
    )
    for table in NEW:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY floor ON {table} AS RESTRICTIVE TO {APPS} "
            f"USING (pool_id = {POOL}) WITH CHECK (pool_id = {POOL})"
        )
        op.execute(f"CREATE POLICY staff ON {table} TO {INTRANET} USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY jobs ON {table} TO {WORKER} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON membership_team TO {INTRANET}, {WORKER}")
    for table in REPLACED:
        op.execute(
            f"GRANT SELECT, INSERT, UPDATE (superseded_at, superseded_by) ON {table} "
            f"TO {INTRANET}, {WORKER}"
        )
        op.execute(
            f"CREATE TRIGGER guard AFTER UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION guard_fact()"
        )
    session_knows(AFTER)


def downgrade() -> None:
    session_knows(BEFORE)
    op.drop_constraint(op.f("ck_company_state"), "company", type_="check")
    op.drop_column("web_session", "agent")
    op.drop_column("web_session", "address")
    op.drop_column("web_session", "team_id")
    op.drop_column("web_session", "stepped_up_at")
    op.drop_column("web_session", "factor_at")
    op.drop_column("team", "version")
    op.drop_column("team", "active")
    op.drop_column("team", "logo_sha256")
    op.drop_column("team", "fax")
    op.drop_column("team", "phone")
    op.drop_column("team", "city")
    op.drop_column("team", "postcode")
    op.drop_column("team", "street")
    op.drop_column("team", "cost_centre")
    op.drop_column("team", "entity")
    op.drop_column("pool", "organisations_on")
    op.drop_index(
        "uq_organisation_default", table_name="organisation", postgresql_where=sa.text("is_default")
    )
    op.drop_column("organisation", "version")
    op.drop_column("organisation", "active")
    op.drop_column("organisation", "logo_sha256")
    op.drop_column("organisation", "fax")
    op.drop_column("organisation", "phone")
    op.drop_column("organisation", "city")
    op.drop_column("organisation", "postcode")
    op.drop_column("organisation", "street")
    op.drop_column("division", "version")
    op.drop_column("division", "logo_sha256")
    op.drop_column("division", "fax")
    op.drop_column("division", "phone")
    op.drop_column("division", "city")
    op.drop_column("division", "postcode")
    op.drop_column("division", "street")
    op.drop_column("division", "document_store")
    op.drop_column("division", "remit_to")
    op.drop_column("company", "reads_until")
    op.drop_column("company", "exit_on")
    op.drop_column("company", "state")
    op.drop_index(op.f("ix_membership_team_pool_id_team_id"), table_name="membership_team")
    op.drop_index(op.f("ix_membership_team_pool_id_membership_id"), table_name="membership_team")
    op.drop_table("membership_team")
    op.drop_index(
        "uq_role_permission_standing",
        table_name="role_permission",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(op.f("ix_role_permission_pool_id_company_id"), table_name="role_permission")
    op.drop_table("role_permission")
    op.drop_index(
        "uq_company_module_standing",
        table_name="company_module",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(op.f("ix_company_module_pool_id_company_id"), table_name="company_module")
    op.drop_table("company_module")


def session_knows(function: str) -> None:
    op.execute("DROP FUNCTION auth_session(bytea)")
    op.execute(function)
    op.execute("REVOKE EXECUTE ON FUNCTION auth_session FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION auth_session TO {INTRANET}, {EXTRANET}")
