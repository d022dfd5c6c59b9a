"""An order's stock is known by the order's id alone: the index of keys already finds it."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("DROP INDEX reservations_purchase")


def downgrade() -> None:
    op.execute("CREATE INDEX reservations_purchase ON reservations (split_part(key, ':', 1))")
