"""Orders by status: what the figures of the shop count, and its administrators list."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("orders_of_status", "orders", ["status"])


def downgrade() -> None:
    op.drop_index("orders_of_status", "orders")
