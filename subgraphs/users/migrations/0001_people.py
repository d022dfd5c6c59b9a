"""People, their addresses, sessions, wishes, and failed sign-ins."""

import sqlalchemy as sa
from alembic import op

from chassis.outbox import create_event_tables, drop_event_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def of_user(*, unique: bool = False, index: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("users.id", ondelete="CASCADE")
    return sa.Column("user_id", sa.Text, key, nullable=False, unique=unique, index=index)


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("email", sa.Text, unique=True),
        sa.Column("password_hash", sa.Text),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("first_name", sa.Text, nullable=False),
        sa.Column("last_name", sa.Text, nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("roles", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    op.create_index("users_by_age", "users", ["created_at", "id"])
    op.create_table(
        "addresses",
        sa.Column("id", sa.Text, primary_key=True),
        of_user(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("line1", sa.Text, nullable=False),
        sa.Column("line2", sa.Text),
        sa.Column("city", sa.Text, nullable=False),
        sa.Column("region", sa.Text),
        sa.Column("postal_code", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("addresses_of_user", "addresses", ["user_id", "created_at"])
    op.create_index("addresses_one_default", "addresses", ["user_id"], unique=True, postgresql_where="is_default")
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        of_user(index=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, index=True),
        sa.Column("address", sa.Text),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("session_id", sa.Text, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
    )
    op.create_table(
        "wishes",
        sa.Column("id", sa.Text, primary_key=True),
        of_user(),
        sa.Column("item_id", sa.Text, nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
    )
    op.create_index("wishes_once", "wishes", ["user_id", "item_id", "sku"], unique=True)
    op.create_table(
        "wishlist_links",
        sa.Column("token", sa.Text, primary_key=True),
        of_user(unique=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_at", MOMENT, nullable=False),
        sa.Column("blocked_until", MOMENT),
    )
    create_event_tables(op)


def downgrade() -> None:
    drop_event_tables(op)
    for table in ("sign_in_attempts", "wishlist_links", "wishes", "refresh_tokens", "sessions", "addresses", "users"):
        op.drop_table(table)
