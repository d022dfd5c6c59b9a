"""What was bought by which order, so that a cancelled or claimed one counts rightly; who left; what is sold no more."""

from alembic import op

revision = "0002"
down_revision = "0001"

CHANGES = """
CREATE TABLE bought (
    order_id text,
    item_id text,
    user_id text,
    PRIMARY KEY (order_id, item_id)
);
CREATE INDEX bought_by ON bought (user_id, item_id);
INSERT INTO bought SELECT 'before:' || user_id, item_id, user_id FROM purchases;
DROP TABLE purchases;

ALTER TABLE authors ADD COLUMN left_at timestamptz;

CREATE TABLE gone_items (
    item_id text PRIMARY KEY,
    gone_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    for statement in CHANGES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("CREATE TABLE purchases (user_id text, item_id text, PRIMARY KEY (user_id, item_id))")
    op.execute("INSERT INTO purchases SELECT DISTINCT user_id, item_id FROM bought WHERE user_id IS NOT NULL")
    op.execute("DROP TABLE bought")
    op.execute("ALTER TABLE authors DROP COLUMN left_at")
    op.execute("DROP TABLE gone_items")
