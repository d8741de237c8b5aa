"""What a statement line says in words: from whom the difference is, what is corrected and why."""

import sqlalchemy as sa
from alembic import op

revision = "statement_wording"
down_revision = "outbox_lease"
branch_labels = None
depends_on = None

COLUMNS = {
    "difference_from": sa.Text,
    "cause": sa.Text,
    "cause_on": sa.Date,
    "cause_factor": lambda: sa.Numeric(7, 6),
    "cause_text": sa.Text,
    "corrects_from": sa.Date,
    "corrects_through": sa.Date,
    "corrects_number": sa.Text,
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("statement_line", sa.Column(name, kind(), nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("statement_line", name)
