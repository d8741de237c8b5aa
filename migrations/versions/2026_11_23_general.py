"""What is about nothing of an organisation is dealt with in whichever.

A task about an insurer or a question about a product is everybody's. What the journal says of it
belongs to who did it (it was taken for the default organisation's, and refused anybody else), and
a file that comes with a message is seen by who sees the message.
"""

from alembic import op

revision = "general"
down_revision = "quick"
branch_labels = None
depends_on = None

OLD = "IF NEW.subject IS NULL THEN"
# who reaches such a thing of no organisation works in the default one, or it is everybody's
NEW = (
    "IF NEW.subject IS NULL OR NEW.organisation_id IS NULL "
    "AND NEW.subject IN ('task', 'thread', 'message', 'document') THEN"
)
WITHIN = """(SELECT CASE current_setting('app.organisations')
        WHEN '*' THEN NULL
        WHEN 'none' THEN '{}'::int[]
        WHEN '' THEN ARRAY[current_setting('app.organisations')::int]
        ELSE string_to_array(current_setting('app.organisations'), ',')::int[] END)"""
MINE = f"COALESCE((COALESCE(organisation_id, 0) = ANY ({WITHIN}::integer[])), true)"
KINDS = (
    "('customer', 'contract', 'application', 'application_change', 'premium_due', "
    "'statement_line', 'thread', 'message', 'task', 'document')"
)
ABOUT = f"((organisation_id IS NULL AND coalesce(subject, '') NOT IN {KINDS}) OR {MINE}"
WITH_ITS_MESSAGE = (
    f"{ABOUT} OR organisation_id IS NULL AND subject = 'message' AND EXISTS (SELECT FROM message m "
    "WHERE m.pool_id = document.pool_id AND m.id = document.subject_id))"
)


def reworded(old: str, new: str) -> str:
    """Put other words into the trigger that says whose a row of the journal is."""
    old, new = (text.replace("'", "''") for text in (old, new))
    return f"""
    DO $$ BEGIN
        EXECUTE replace(pg_get_functiondef('unit_of_audit_entry'::regproc), '{old}', '{new}');
    END $$"""


def upgrade() -> None:
    op.execute(reworded(OLD, NEW))
    op.execute(
        f"ALTER POLICY wall ON document USING ({WITH_ITS_MESSAGE}) WITH CHECK ({WITH_ITS_MESSAGE})"
    )


def downgrade() -> None:
    op.execute(f"ALTER POLICY wall ON document USING ({ABOUT})) WITH CHECK ({ABOUT}))")
    op.execute(reworded(NEW, OLD))
