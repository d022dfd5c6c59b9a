"""Carts and their lines."""

import sqlalchemy as sa
from alembic import op

from chassis.outbox import create_event_tables, drop_event_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "carts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("customer_id", sa.Text, unique=True),
        sa.Column("token_digest", sa.Text, unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(customer_id IS NULL) <> (token_digest IS NULL)", name="carts_one_owner"),
        # SHA-256 in hex: a token itself can never end up here.
        sa.CheckConstraint("token_digest ~ '^[0-9a-f]{64}$'", name="carts_token_digested"),
    )
    op.create_table(
        "cart_lines",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("cart_id", sa.Text, sa.ForeignKey("carts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("product_id", sa.Text, nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("price_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        # Also the index that finds a cart's lines.
        sa.UniqueConstraint("cart_id", "sku"),
        sa.CheckConstraint("quantity BETWEEN 1 AND 99", name="cart_lines_quantity_possible"),
        sa.CheckConstraint("price_minor >= 0", name="cart_lines_price_possible"),
    )
    create_event_tables(op)


def downgrade() -> None:
    drop_event_tables(op)
    op.drop_table("cart_lines")
    op.drop_table("carts")
