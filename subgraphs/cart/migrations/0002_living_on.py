"""What was in which version of a cart, where merged carts went, and which guests' carts are abandoned."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # What is there already may have been in any version.
    op.execute("ALTER TABLE cart_lines ADD COLUMN since_version integer NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE cart_lines ALTER COLUMN since_version DROP DEFAULT")
    op.execute(
        """
        CREATE TABLE merged_carts (
            id text PRIMARY KEY,
            cart_id text NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
            version integer NOT NULL,
            merged_at timestamptz NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX merged_carts_into ON merged_carts (cart_id)")
    op.execute("CREATE INDEX merged_carts_old ON merged_carts (merged_at)")
    op.execute("CREATE INDEX carts_of_guests ON carts (updated_at) WHERE customer_id IS NULL")


def downgrade() -> None:
    op.execute("DROP INDEX carts_of_guests")
    op.execute("DROP TABLE merged_carts")
    op.execute("ALTER TABLE cart_lines DROP COLUMN since_version")
