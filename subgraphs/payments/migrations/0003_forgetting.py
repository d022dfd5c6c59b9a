"""Ways to pay that are kept no longer, until their provider knows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "forgotten_methods",
        sa.Column("provider", sa.Text, primary_key=True),
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("payments_by_customer", "payments", ["customer_id"])


def downgrade() -> None:
    op.drop_index("payments_by_customer", "payments")
    op.drop_table("forgotten_methods")
