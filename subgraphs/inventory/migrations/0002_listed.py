"""Whether an item is on the shelf: what is not has no availability for shoppers."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("ALTER TABLE items ADD COLUMN listed boolean NOT NULL DEFAULT true")


def downgrade() -> None:
    op.execute("ALTER TABLE items DROP COLUMN listed")
