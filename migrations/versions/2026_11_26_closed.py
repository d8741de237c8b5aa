"""What tells what somebody looked for is his organisation's: files taken out, and shared views.

A row of the journal that names no thing was everybody's, with the search words of an export. It is
the writer's now; a file taken out before stands with what names no organisation: the default one's.
A shared view says what is looked for as well: it is shared within the organisation it was made in,
and one from before the layer is the default one's. Whoever made either keeps seeing it.
"""

import sqlalchemy as sa
from alembic import op

revision = "closed"
down_revision = "expired"
branch_labels = None
depends_on = None

INTRANET = "brokerpool_intranet"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
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
LOOSE = f"organisation_id IS NULL AND coalesce(subject, '') NOT IN ({KINDS})"
BY_ME = "account_id = (SELECT nullif(current_setting('app.account', true), '')::int)"
BEFORE = f"(({LOOSE}) OR {MINE})"
# who works in no team writes down what he takes out too
JOURNAL = f"(({LOOSE} AND (action <> 'exported' OR {BY_ME})) OR {MINE})"
VIEWS = f"(firm_id IS NOT NULL OR {BY_ME} OR {MINE})"

OLD = "IF NEW.subject IS NULL OR NEW.organisation_id IS NULL AND"
# what the pool set for itself is the whole pool's
NEW = (
    "IF NEW.subject IS NULL OR NEW.organisation_id IS NULL AND NEW.subject_id IS NULL "
    "AND NEW.subject NOT IN ('parameter_value', 'regional_default', 'payment_terms') "
    "OR NEW.organisation_id IS NULL AND"
)
END = "        END IF;\n        RETURN NEW;\n    END"
# a broker's is of the only unit his firm is limited to
OF_FIRM = """        END IF;
        IF NEW.subject_id IS NULL AND NEW.organisation_id IS NULL AND NEW.door = 'extranet' THEN
            NEW.organisation_id := (SELECT u.organisation_id FROM unit_of_firm(NEW.pool_id,
                nullif(split_part(current_setting('app.firms', true), ',', 1), '')::int) u);
        END IF;
        RETURN NEW;
    END"""
OF_WRITER = """
    BEGIN
        NEW.organisation_id := (SELECT d.organisation_id FROM team t
            JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id
            WHERE t.pool_id = NEW.pool_id
                AND t.id = nullif(current_setting('app.team', true), '')::int);
        RETURN NEW;
    END"""


def reworded(old: str, new: str) -> str:
    """Put other words into the trigger that says whose a row of the journal is."""
    old, new = (text.replace("'", "''") for text in (old, new))
    return f"""
    DO $$ DECLARE said text := pg_get_functiondef('unit_of_audit_entry'::regproc); BEGIN
        ASSERT position('{old}' IN said) > 0;
        EXECUTE replace(said, '{old}', '{new}');
    END $$"""


def upgrade() -> None:
    op.execute(reworded(OLD, NEW))
    op.execute(reworded(END, OF_FIRM))
    op.execute(f"ALTER POLICY wall ON audit_entry USING ({JOURNAL}) WITH CHECK ({JOURNAL})")
    op.add_column("saved_view", sa.Column("organisation_id", sa.Integer))
    op.create_foreign_key(
        op.f("fk_saved_view_pool_id_organisation_id"),
        "saved_view",
        "organisation",
        ["pool_id", "organisation_id"],
        ["pool_id", "id"],
    )
    op.create_index(
        op.f("ix_saved_view_pool_id_organisation_id"),
        "saved_view",
        ["pool_id", "organisation_id"],
        postgresql_where=sa.text("organisation_id IS NOT NULL"),
    )
    op.execute(
        f"CREATE FUNCTION unit_of_saved_view() RETURNS trigger LANGUAGE plpgsql {DEFINER} "
        f"AS $${OF_WRITER}$$"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION unit_of_saved_view() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER unit BEFORE INSERT ON saved_view FOR EACH ROW "
        "WHEN (current_setting('app.layer', true) = 'on' AND NEW.firm_id IS NULL) "
        "EXECUTE FUNCTION unit_of_saved_view()"
    )
    op.execute(
        f"CREATE POLICY wall ON saved_view AS RESTRICTIVE TO {INTRANET} "
        f"USING ({VIEWS}) WITH CHECK ({VIEWS})"
    )


def downgrade() -> None:
    op.execute("DROP POLICY wall ON saved_view")
    op.execute("DROP FUNCTION unit_of_saved_view() CASCADE")
    op.drop_index(op.f("ix_saved_view_pool_id_organisation_id"), "saved_view")
    op.drop_constraint(
        op.f("fk_saved_view_pool_id_organisation_id"), "saved_view", type_="foreignkey"
    )
    op.drop_column("saved_view", "organisation_id")
    op.execute(f"ALTER POLICY wall ON audit_entry USING ({BEFORE}) WITH CHECK ({BEFORE})")
    op.execute(reworded(OF_FIRM, END))
    op.execute(reworded(NEW, OLD))
