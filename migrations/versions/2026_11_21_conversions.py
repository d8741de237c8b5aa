"""Contracts taken into a broker's own keeping, and what a broker asks of books that are not his.

The extranet has no grants on events, postings, cuts and runs. Functions answer exactly what his
portal shows him: how far his contracts' money is, what the run in progress would pay him, and whom
he calls. Each names his firms and his pool itself; the first also writes the only
change a broker makes to a pool contract.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "conversions"
down_revision = "proposals"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
APPS = f"{INTRANET}, {EXTRANET}, {WORKER}"
POOL = "(SELECT current_setting('app.pool_id')::int)"
FIRMS = "ANY((SELECT app_firms())::int[])"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
# signature, what it returns, body
FUNCTIONS = (
    (
        # the contract as the broker saw it (its version), the day, what he was shown, his own copy
        "convert_contract(taken bigint, seen int, day date, told jsonb, copy bigint, person int)",
        "bigint",
        "plpgsql",
        f"""
        DECLARE written bigint;
        BEGIN
            PERFORM 1 FROM contract c
                WHERE c.pool_id = {POOL} AND c.id = copy AND c.private AND c.firm_id = {FIRMS}
                    AND c.converted_from_id = taken;
            IF NOT FOUND THEN RETURN NULL; END IF;
            UPDATE contract c SET state = 'converted', converted_on = day
                WHERE c.pool_id = {POOL} AND c.id = taken AND c.version = seen
                    AND c.firm_id = {FIRMS} AND NOT c.private
                    AND c.state IN ('active', 'suspended', 'paid_up');
            IF NOT FOUND THEN RETURN NULL; END IF;
            INSERT INTO conversion (pool_id, firm_id, contract_id, private_contract_id,
                                    converted_on, account_id, consequences)
                SELECT c.pool_id, c.firm_id, c.id, copy, day, person, told FROM contract c
                WHERE c.pool_id = {POOL} AND c.id = taken
                RETURNING id INTO written;
            RETURN written;
        END""",
    ),
    (
        "contract_progress(wanted bigint[])",
        (
            "TABLE (contract_id bigint, issued_on date, settled_at timestamptz, in_run boolean, "
            "stated_on date, paid_on date)"
        ),
        "sql",
        # in a run: booked in one that is not closed yet; paid: on a statement that paid out
        f"""
        SELECT c.id, t.issued_on, e.first_at,
               EXISTS (SELECT FROM event v
                   JOIN posting p ON p.pool_id = v.pool_id AND p.event_id = v.id
                   JOIN settlement_run r ON r.pool_id = p.pool_id AND r.id = p.run_id
                       AND r.state IN ('calculating', 'calculated', 'approved')
                   WHERE v.pool_id = c.pool_id AND v.contract_id = c.id),
               s.stated_on, s.paid_on
        FROM contract c
        LEFT JOIN contract_terms t ON t.pool_id = c.pool_id AND t.contract_id = c.id
            AND t.superseded_at IS NULL
        CROSS JOIN LATERAL (SELECT min(v.recorded_at) AS first_at FROM event v
            WHERE v.pool_id = c.pool_id AND v.contract_id = c.id) e
        CROSS JOIN LATERAL (
            SELECT min(m.issue_date) AS stated_on,
                   min(m.issue_date) FILTER (WHERE m.payout > 0) AS paid_on
            FROM event v
            JOIN statement_line l ON l.pool_id = v.pool_id AND l.event_id = v.id
                AND l.firm_id = {FIRMS} AND l.payable > 0
            JOIN statement m ON m.pool_id = l.pool_id AND m.id = l.statement_id
            WHERE v.pool_id = c.pool_id AND v.contract_id = c.id) s
        WHERE c.pool_id = {POOL} AND c.id = ANY(wanted) AND c.firm_id = {FIRMS}
            AND NOT c.private""",
    ),
    (
        "contract_lines(wanted bigint[])",
        "TABLE (contract_id bigint, line_id bigint)",
        "sql",
        # statement lines of the firms' payees on the firms' contracts
        f"""
        SELECT c.id, l.id
        FROM contract c
        JOIN event e ON e.pool_id = c.pool_id AND e.contract_id = c.id
        JOIN statement_line l ON l.pool_id = e.pool_id AND l.event_id = e.id
            AND l.firm_id = {FIRMS}
        WHERE c.pool_id = {POOL} AND c.id = ANY(wanted) AND c.firm_id = {FIRMS}""",
    ),
    (
        # the rate of each active producer of the firms for a product, kind by kind, on a day: the
        # rule that wins (settlement rules, "Which rate applies"), without organisation or division
        "conditions_of_product(wanted int, day date)",
        (
            "TABLE (producer_id int, producer text, level text, level_de text, level_uk text, "
            "level_en text, kind text, rate_of text, rate numeric, currency text, ends date)"
        ),
        "sql",
        f"""
        SELECT DISTINCT ON (d.sort_key, d.id, u.kind) d.id, d.name, coalesce(v.name, v.code),
               v.name_de, v.name_uk, v.name_en, u.kind, u.rate_of, u.rate, u.currency,
               upper(u.valid)
        FROM producer d
        JOIN product p ON p.pool_id = d.pool_id AND p.id = wanted
        LEFT JOIN producer_status s ON s.pool_id = d.pool_id AND s.producer_id = d.id
            AND s.superseded_at IS NULL AND s.valid @> day
        LEFT JOIN career c ON c.pool_id = d.pool_id AND c.producer_id = d.id
            AND c.superseded_at IS NULL AND c.valid @> day
        LEFT JOIN career_level v ON v.pool_id = c.pool_id AND v.id = c.level_id
        LEFT JOIN producer_group g ON g.pool_id = d.pool_id AND g.producer_id = d.id
            AND g.superseded_at IS NULL AND g.valid @> day
        JOIN rule u ON u.pool_id = d.pool_id AND u.superseded_at IS NULL AND u.valid @> day
            AND (u.product_id IS NULL OR u.product_id = p.id)
            AND (u.line_id IS NULL OR u.line_id = p.line_id)
            AND (u.insurer_id IS NULL OR u.insurer_id = p.insurer_id)
            AND (u.producer_id IS NULL OR u.producer_id = d.id)
            AND (u.group_id IS NULL OR u.group_id = g.group_id)
            AND (u.level_id IS NULL OR u.level_id = c.level_id)
            AND num_nonnulls(u.organisation_id, u.division_id) = 0
        WHERE d.pool_id = {POOL} AND d.firm_id = {FIRMS} AND NOT d.house
            AND coalesce(s.active, true)
        ORDER BY d.sort_key, d.id, u.kind,
            CASE WHEN u.product_id IS NOT NULL THEN 3 WHEN u.line_id IS NOT NULL THEN 2
                 WHEN u.insurer_id IS NOT NULL THEN 1 ELSE 0 END DESC,
            CASE WHEN u.producer_id IS NOT NULL THEN 3 WHEN u.group_id IS NOT NULL THEN 2
                 WHEN u.level_id IS NOT NULL THEN 1 ELSE 0 END DESC,
            upper_inf(u.valid)""",
    ),
    (
        # whom a broker calls: the company that runs the pool
        "pool_contact()",
        "TABLE (name text, phone text, email text, city text)",
        "sql",
        f"""
        SELECT c.name, c.phone, c.email, c.city
        FROM pool p JOIN company c ON c.pool_id = p.id AND c.id = p.operator_id
        WHERE p.id = {POOL} AND app_firms() IS NOT NULL""",
    ),
    (
        # the run in progress, as far as it concerns the firms: what it would book for them
        "draft_of_firms()",
        (
            "TABLE (run_id int, period text, after date, through date, state text, "
            "calculated_at timestamptz, currency text, payable numeric, reserve numeric, "
            "adjustments numeric, withheld numeric, on_hold boolean, minimum numeric)"
        ),
        "sql",
        f"""
        WITH live AS (
            SELECT r.*, n.name, n.after FROM settlement_run r
            JOIN period n ON n.pool_id = r.pool_id AND n.id = r.period_id
            WHERE r.pool_id = {POOL} AND r.state IN ('calculating', 'calculated', 'approved')
        ), booked AS (
            SELECT b.payee_id, b.currency,
                   coalesce(sum(b.amount) FILTER (WHERE b.account = 2), 0) AS payable,
                   coalesce(sum(b.amount) FILTER (WHERE b.account = 3), 0) AS reserve
            FROM run_balance b JOIN live ON b.run_id = live.id
            WHERE b.pool_id = {POOL} AND b.payee_id = {FIRMS} AND live.state <> 'calculating'
            GROUP BY b.payee_id, b.currency
        ), adjusted AS (
            SELECT a.company_id, a.currency, sum(a.amount) AS amount
            FROM adjustment a, live
            WHERE a.pool_id = {POOL} AND a.company_id = {FIRMS} AND a.on_day <= live.through
                AND a.recorded_at <= live.known_at
                AND NOT EXISTS (SELECT FROM account_posting p
                    WHERE p.pool_id = a.pool_id AND p.adjustment_id = a.id)
            GROUP BY a.company_id, a.currency
        ), account AS (
            SELECT coalesce(b.payee_id, a.company_id) AS company_id,
                   coalesce(b.currency, a.currency) AS currency, coalesce(b.payable, 0) AS payable,
                   coalesce(b.reserve, 0) AS reserve, coalesce(a.amount, 0) AS adjustments
            FROM booked b
            FULL JOIN adjusted a ON a.company_id = b.payee_id AND a.currency = b.currency
        )
        SELECT live.id, live.name, live.after, live.through, live.state, live.calculated_at,
               x.currency, coalesce(x.payable, 0), coalesce(x.reserve, 0),
               coalesce(x.adjustments, 0),
               coalesce((SELECT sum(round(greatest(x.payable + x.adjustments, 0) * w.rate, 2))
                   FROM withholding w
                   WHERE w.pool_id = live.pool_id AND w.company_id = x.company_id
                       AND w.recorded_at <= live.known_at
                       AND (w.superseded_at IS NULL OR w.superseded_at > live.known_at)), 0),
               EXISTS (SELECT FROM payment_hold h
                   WHERE h.pool_id = live.pool_id AND h.company_id = x.company_id
                       AND h.valid @> live.through AND h.recorded_at <= live.known_at
                       AND (h.superseded_at IS NULL OR h.superseded_at > live.known_at)),
               coalesce((SELECT m.minimum_payout FROM payment_terms m
                   WHERE m.pool_id = live.pool_id AND m.currency = x.currency
                       AND m.valid @> live.through AND m.recorded_at <= live.known_at
                       AND (m.superseded_at IS NULL OR m.superseded_at > live.known_at)
                       AND (m.company_id IS NULL OR m.company_id = x.company_id)
                   ORDER BY m.company_id NULLS LAST LIMIT 1), 0)
        FROM live LEFT JOIN account x ON true""",
    ),
    (
        # what the run in progress would book for the firms on their own contracts
        "draft_lines()",
        (
            "TABLE (contract_id bigint, event_id bigint, kind text, effective date, "
            "currency text, own boolean, payable numeric, reserve numeric)"
        ),
        "sql",
        f"""
        SELECT e.contract_id, e.id, e.kind, e.effective, p.currency,
               EXISTS (SELECT FROM contract_share s WHERE s.pool_id = e.pool_id
                   AND s.contract_id = e.contract_id AND s.producer_id = p.producer_id
                   AND s.superseded_at IS NULL AND s.valid @> e.effective) AS own,
               coalesce(sum(p.amount) FILTER (WHERE p.account = 2), 0),
               coalesce(sum(p.amount) FILTER (WHERE p.account = 3), 0)
        FROM settlement_run r
        JOIN contract c ON c.pool_id = r.pool_id AND c.firm_id = {FIRMS} AND NOT c.private
        JOIN event e ON e.pool_id = c.pool_id AND e.contract_id = c.id
        JOIN posting p ON p.pool_id = e.pool_id AND p.event_id = e.id AND p.run_id = r.id
            AND p.account IN (2, 3) AND p.payee_id = {FIRMS}
        WHERE r.pool_id = {POOL} AND r.state IN ('calculated', 'approved')
        GROUP BY e.pool_id, e.contract_id, e.id, e.kind, e.effective, p.currency,
            p.producer_id""",
    ),
)


def upgrade() -> None:
    op.create_table(
        "conversion",
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("private_contract_id", sa.BigInteger(), nullable=False),
        sa.Column("converted_on", sa.Date(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("consequences", postgresql.JSONB(astext_type=Text()), nullable=False),
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
            ["account_id"], ["account.id"], name=op.f("fk_conversion_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "contract_id"],
            ["contract.pool_id", "contract.id"],
            name=op.f("fk_conversion_pool_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "firm_id"],
            ["company.pool_id", "company.id"],
            name=op.f("fk_conversion_pool_id_firm_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id", "private_contract_id"],
            ["contract.pool_id", "contract.id"],
            name=op.f("fk_conversion_pool_id_private_contract_id"),
        ),
        sa.PrimaryKeyConstraint("pool_id", "id", name=op.f("pk_conversion")),
        sa.UniqueConstraint(
            "pool_id", "contract_id", name=op.f("uq_conversion_pool_id_contract_id")
        ),
    )
    for column in ("firm_id", "contract_id", "private_contract_id"):
        op.create_index(op.f(f"ix_conversion_pool_id_{column}"), "conversion", ["pool_id", column])
    op.create_index(op.f("ix_conversion_account_id"), "conversion", ["account_id"])
    op.execute("ALTER TABLE conversion ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY floor ON conversion AS RESTRICTIVE TO {APPS} "
        f"USING (pool_id = {POOL}) WITH CHECK (pool_id = {POOL})"
    )
    op.execute(f"CREATE POLICY staff ON conversion FOR SELECT TO {INTRANET} USING (true)")
    op.execute(f"CREATE POLICY jobs ON conversion FOR SELECT TO {WORKER} USING (true)")
    op.execute(
        f"CREATE POLICY firm ON conversion FOR SELECT TO {EXTRANET} USING (firm_id = {FIRMS})"
    )
    op.execute(f"GRANT SELECT ON conversion TO {APPS}")
    # who of the firm sells what: the firm's people by name, nobody else's
    op.execute(f"GRANT SELECT ON producer TO {EXTRANET}")
    op.execute(f"CREATE POLICY firm ON producer FOR SELECT TO {EXTRANET} USING (firm_id = {FIRMS})")
    for signature, returns, language, body in FUNCTIONS:
        name = signature.partition("(")[0]
        stable = "" if name == "convert_contract" else "STABLE "
        op.execute(
            f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE {language} {stable}{DEFINER} "
            f"AS $${body}$$"
        )
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {EXTRANET}")


def downgrade() -> None:
    for signature, *_ in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    op.execute("DROP POLICY firm ON producer")
    op.execute(f"REVOKE SELECT ON producer FROM {EXTRANET}")
    op.drop_table("conversion")
