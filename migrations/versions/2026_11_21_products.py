"""Tariff generations of a product never overlap, whoever writes them; a product has a known state.

Two versions on one day would give one contract two valuation sums.
"""

from alembic import op

revision = "products"
down_revision = "cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE product_version ADD CONSTRAINT ex_product_version_valid "
        "EXCLUDE USING gist (pool_id WITH =, product_id WITH =, valid WITH &&)"
    )
    op.execute(
        "ALTER TABLE product ADD CONSTRAINT ck_product_state "
        "CHECK (state IN ('draft','active','withdrawn'))"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE product DROP CONSTRAINT ck_product_state")
    op.execute("ALTER TABLE product_version DROP CONSTRAINT ex_product_version_valid")
