"""Figures of a run, what a payee stands in liability with, and why an amount is what it is.

``why_entry`` answers one question for both portals. A broker reads no postings and no rules: for
him it first looks whether the entry is a line of his own firm's statement, names what is his firm's
alone, and gives what the insurer paid only where the pool shows it (docs/decisions/0011).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "figures"
down_revision = "workplace_walls"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
APPS = f"{INTRANET}, {EXTRANET}, {WORKER}"
POOL = "(SELECT current_setting('app.pool_id')::int)"
FIRMS = "ANY((SELECT app_firms())::int[])"
FIGURES = ("run_figure", "run_producer_figure")
TABLES = (*FIGURES, "entry_liability")
MONEY = sa.Numeric(14, 2)

# what is given back of an entry when its contract is cancelled on a day: the engine's arithmetic
GIVEN_BACK = """
    CREATE FUNCTION given_back(e entry_liability, day date) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT (e).sign * coalesce(sum(
            cents(p.gross, (e).earned, (e).earned_of) - cents(p.top, (e).earned, (e).earned_of)
            - cents(p.gross, r.rest, (e).earned_of) + cents(p.top, r.rest, (e).earned_of)), 0)
        FROM (SELECT greatest((e).earned - (e).in_force * CASE
                  WHEN d.day >= (e).liability_end THEN 0
                  WHEN complete_months((e).effective, d.day) < (e).full_months THEN d.base
                  WHEN (e).daily THEN d.base - (d.day - (e).effective)
                  ELSE (e).months - complete_months((e).effective, d.day) END, 0)::bigint AS rest
              FROM (SELECT greatest(day, (e).effective) AS day,
                           CASE WHEN (e).daily THEN (e).liability_end - (e).effective
                                ELSE (e).months END AS base) d) r,
             unnest((e).gross, (e).top) AS p (gross, top)
    $$"""
WHY = """
    CREATE FUNCTION why_entry(of_run int, of_event bigint, of_producer int) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        here int := current_setting('app.pool_id')::int;
        outside boolean := app_door() IS DISTINCT FROM 'intranet'
            AND app_door() IS DISTINCT FROM 'worker';
        firms int[];
        shown boolean;
        until date;
        answer jsonb;
    BEGIN
        IF outside THEN
            firms := app_firms();
            PERFORM 1 FROM statement_line l
                JOIN statement s ON s.pool_id = here AND s.id = l.statement_id AND s.run_id = of_run
                WHERE l.pool_id = here AND l.event_id = of_event AND l.producer_id = of_producer
                    AND l.firm_id = ANY(firms);
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
        END IF;
        SELECT NOT outside OR p.shows_income INTO shown FROM pool p WHERE p.id = here;
        SELECT r.through INTO until FROM settlement_run r WHERE r.pool_id = here AND r.id = of_run;
        WITH run AS (
            SELECT r.id, r.through, n.name AS period FROM settlement_run r
            JOIN period n ON n.pool_id = here AND n.id = r.period_id
            WHERE r.pool_id = here AND r.through <= until AND (r.state = 'closed' OR r.id = of_run)
        ), moved AS (
            SELECT q.*, r.period, r.through,
                   NOT outside OR coalesce(q.payee_id = ANY(firms), false) AS own
            FROM posting q JOIN run r ON r.id = q.run_id
            WHERE q.pool_id = here AND q.event_id = of_event
        ), booked AS (
            SELECT m.run_id, m.period, m.through, m.own,
                   CASE WHEN m.own THEN m.producer_id END AS producer_id,
                   sum(m.amount) FILTER (WHERE m.account = 2) AS payable,
                   sum(m.amount) FILTER (WHERE m.account = 3) AS reserve,
                   max(m.earned) FILTER (WHERE m.own) AS earned,
                   max(m.earned_of) FILTER (WHERE m.own) AS earned_of
            FROM moved m WHERE m.account IN (2, 3)
            GROUP BY m.run_id, m.period, m.through, m.own,
                     CASE WHEN m.own THEN m.producer_id END
        )
        SELECT jsonb_build_object(
            'shown', shown,
            'event', (SELECT jsonb_build_object(
                'ref', e.ref, 'kind', e.kind, 'effective', e.effective, 'due', e.due,
                'basis', e.basis, 'units', e.units,
                'received', CASE WHEN shown THEN e.received END, 'contract_id', c.id,
                'contract', c.number, 'product', p.name, 'insurer', i.name,
                'holder', concat_ws(', ', h.last_name, h.first_name),
                'currency', (SELECT m.currency FROM moved m LIMIT 1))
                FROM event e
                JOIN contract c ON c.pool_id = here AND c.id = e.contract_id
                LEFT JOIN product p ON p.pool_id = here AND p.id = c.product_id
                LEFT JOIN insurer i ON i.pool_id = here AND i.id = c.insurer_id
                LEFT JOIN customer h ON h.pool_id = here AND h.id = c.holder_id
                WHERE e.pool_id = here AND e.id = of_event),
            'source', (SELECT jsonb_build_object(
                'delivery_id', CASE WHEN NOT outside THEN d.id END, 'file', d.file_name,
                'row', l.row_number, 'booked_on', l.booked_on, 'came', d.recorded_at,
                'base', l.base, 'rate', CASE WHEN shown THEN l.rate END,
                'rate_unit', l.rate_unit, 'gross', CASE WHEN shown THEN l.gross END)
                FROM delivery_line l
                JOIN delivery d ON d.pool_id = here AND d.id = l.delivery_id
                WHERE l.pool_id = here AND l.event_id = of_event ORDER BY l.id LIMIT 1),
            'booked', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'run_id', b.run_id, 'period', b.period, 'through', b.through, 'own', b.own,
                'producer_id', b.producer_id, 'producer', d.name,
                'payable', coalesce(b.payable, 0), 'reserve', coalesce(b.reserve, 0),
                'earned', b.earned, 'earned_of', b.earned_of)
                ORDER BY b.through, b.producer_id), '[]')
                FROM booked b
                LEFT JOIN producer d ON d.pool_id = here AND d.id = b.producer_id),
            'kept', (SELECT CASE WHEN shown THEN jsonb_build_object(
                'received', -coalesce(sum(m.amount) FILTER (WHERE m.account = 1), 0),
                'margin', coalesce(sum(m.amount) FILTER (WHERE m.account = 4), 0)) END
                FROM moved m),
            'rule', (SELECT jsonb_build_object(
                'id', u.id, 'code', u.code, 'rate_of', u.rate_of, 'rate', u.rate,
                'begins', lower(u.valid), 'ends', upper(u.valid),
                'scope', CASE WHEN u.product_id IS NOT NULL THEN 'product'
                              WHEN u.line_id IS NOT NULL THEN 'line'
                              WHEN u.insurer_id IS NOT NULL THEN 'insurer' ELSE 'any' END,
                'who', CASE WHEN u.producer_id IS NOT NULL THEN 'producer'
                            WHEN u.group_id IS NOT NULL THEN 'group'
                            WHEN u.level_id IS NOT NULL THEN 'level' ELSE 'anyone' END)
                FROM moved m JOIN rule u ON u.pool_id = here AND u.id = m.rule_id
                WHERE m.producer_id = of_producer AND m.own
                ORDER BY m.through DESC LIMIT 1)
        ) INTO answer;
        RETURN answer;
    END $$"""


def upgrade() -> None:
    op.add_column(
        "pool", sa.Column("shows_income", sa.Boolean(), server_default="false", nullable=False)
    )
    run_key = (["pool_id", "run_id"], ["settlement_run.pool_id", "settlement_run.id"])
    op.create_table(
        "run_figure",
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("pool_id", "run_id", "insurer_id", "line_id", "product_id")
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *(sa.Column(name, MONEY, nullable=False) for name in ("received", "payable", "margin")),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "pool_id", "run_id", "insurer_id", "line_id", "product_id", "currency", "kind",
            name="pk_run_figure",
        ),
        sa.ForeignKeyConstraint(*run_key, name="fk_run_figure_pool_id_run_id"),
    )  # fmt: skip
    op.create_table(
        "run_producer_figure",
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("pool_id", "run_id", "producer_id")
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        *(sa.Column(name, MONEY, nullable=False) for name in ("received", "base")),
        sa.Column("units", sa.Numeric(16, 4), nullable=False),
        *(sa.Column(name, MONEY, nullable=False) for name in ("payable", "reserve")),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "pool_id", "run_id", "producer_id", "currency", name="pk_run_producer_figure"
        ),
        sa.ForeignKeyConstraint(*run_key, name="fk_run_producer_figure_pool_id_run_id"),
    )
    op.create_index(
        "ix_run_producer_figure_producer", "run_producer_figure", ["pool_id", "producer_id"]
    )
    op.create_table(
        "entry_liability",
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("producer_id", "firm_id", "company_id")
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("sign", sa.SmallInteger(), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("liability_end", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("full_months", sa.Integer(), nullable=False),
        sa.Column("daily", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("in_force", "earned", "earned_of")
        ),
        *(
            sa.Column(name, postgresql.ARRAY(sa.Numeric()), server_default="{}", nullable=False)
            for name in ("gross", "top")
        ),
        sa.PrimaryKeyConstraint(
            "pool_id", "run_id", "event_id", "producer_id", name="pk_entry_liability"
        ),
        sa.ForeignKeyConstraint(*run_key, name="fk_entry_liability_pool_id_run_id"),
        sa.ForeignKeyConstraint(
            ["pool_id", "firm_id"],
            ["company.pool_id", "company.id"],
            name="fk_entry_liability_pool_id_firm_id",
        ),
    )
    op.create_index("ix_entry_liability_pool_id_firm_id", "entry_liability", ["pool_id", "firm_id"])
    op.create_index(
        "ix_entry_liability_entry", "entry_liability", ["pool_id", "event_id", "producer_id"]
    )
    op.create_index(
        "ix_entry_liability_company", "entry_liability", ["pool_id", "company_id", "liability_end"]
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY floor ON {table} AS RESTRICTIVE TO {APPS} "
            f"USING (pool_id = {POOL}) WITH CHECK (pool_id = {POOL})"
        )
        op.execute(f"CREATE POLICY staff ON {table} TO {INTRANET} USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY jobs ON {table} TO {WORKER} USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT ON {table} TO {INTRANET}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON {', '.join(FIGURES)} TO {WORKER}")
    # with the statement's lines: written once, never changed
    op.execute(f"GRANT SELECT, INSERT ON entry_liability TO {WORKER}")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry_liability "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"GRANT SELECT ON entry_liability TO {EXTRANET}")
    op.execute(
        f"CREATE POLICY firm ON entry_liability FOR SELECT TO {EXTRANET} USING (firm_id = {FIRMS})"
    )
    op.execute(GIVEN_BACK)
    op.execute(WHY)
    op.execute("REVOKE EXECUTE ON FUNCTION why_entry FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION why_entry TO {APPS}")


def downgrade() -> None:
    op.execute("DROP FUNCTION why_entry(int, bigint, int)")
    op.execute("DROP FUNCTION given_back(entry_liability, date)")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("pool", "shows_income")
