"""Payments, their append-only transactions, saved methods, and the sandbox provider's books."""

import sqlalchemy as sa
from alembic import op

from chassis.outbox import create_event_tables, drop_event_tables

revision = "0001"
down_revision = None


def _one_of(column: str, *values: str) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _minor(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def upgrade() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        _minor("amount_minor"),
        _minor("authorized_minor"),
        _minor("captured_minor"),
        _minor("refunding_minor"),
        _minor("refunded_minor"),
        sa.Column("idempotency_key", sa.Text, nullable=False, unique=True),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("reference", sa.Text),
        sa.Column("decline_code", sa.Text),
        sa.Column("action_url", sa.Text),
        sa.Column("method_kind", sa.Text, nullable=False),
        sa.Column("method_brand", sa.Text, nullable=False),
        sa.Column("method_last4", sa.Text),
        sa.Column("method_exp_month", sa.Integer),
        sa.Column("method_exp_year", sa.Integer),
        sa.Column("method_holder", sa.Text),
        sa.Column("method_account", sa.Text),
        sa.Column("saved_method_id", sa.Text),
        sa.Column("sequence", sa.Integer, nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.CheckConstraint(
            _one_of(
                "status",
                *("PENDING", "REQUIRES_ACTION", "AUTHORIZED", "CAPTURED", "PARTIALLY_REFUNDED", "REFUNDED"),
                *("VOIDED", "DECLINED"),
            ),
            name="payments_status_known",
        ),
        sa.CheckConstraint(_one_of("method_kind", "CARD", "WALLET"), name="payments_method_kind_known"),
        sa.CheckConstraint("amount_minor > 0", name="payments_amount_positive"),
        sa.CheckConstraint(
            "0 <= authorized_minor AND authorized_minor <= amount_minor", name="payments_authorized_within_amount"
        ),
        sa.CheckConstraint(
            "0 <= captured_minor AND captured_minor <= authorized_minor", name="payments_captured_within_authorized"
        ),
        sa.CheckConstraint(
            "0 <= refunded_minor AND 0 <= refunding_minor AND refunded_minor + refunding_minor <= captured_minor",
            name="payments_refunds_within_captured",
        ),
        # A card number has at least twelve digits: a whole one can never end up here.
        sa.CheckConstraint("method_last4 ~ '^[0-9]{4}$'", name="payments_card_masked"),
    )
    op.create_index("payments_by_order", "payments", ["order_id"])
    op.create_index("payments_unsettled", "payments", ["created_at"], postgresql_where=sa.text("status = 'PENDING'"))
    op.create_table(
        "transactions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("payment_id", sa.Text, sa.ForeignKey("payments.id"), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("code", sa.Text),
        _moment("occurred_at"),
        sa.UniqueConstraint("payment_id", "sequence"),
        sa.UniqueConstraint("idempotency_key", "operation", "outcome"),
        sa.CheckConstraint(
            _one_of("operation", "AUTHORIZATION", "CAPTURE", "VOID", "REFUND"), name="transactions_operation_known"
        ),
        sa.CheckConstraint(
            _one_of("outcome", "REQUESTED", "SUCCEEDED", "ACTION_REQUIRED", "DECLINED"),
            name="transactions_outcome_known",
        ),
    )
    op.create_index(
        "transactions_requested", "transactions", ["occurred_at"], postgresql_where=sa.text("outcome = 'REQUESTED'")
    )
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER transactions_append_only BEFORE UPDATE OR DELETE ON transactions
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.create_table(
        "payable_orders",
        sa.Column("order_id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
    )
    op.create_table(
        "abandoned_keys",
        sa.Column("idempotency_key", sa.Text, primary_key=True),
        _moment("abandoned_at"),
    )
    op.create_table(
        "saved_methods",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("last4", sa.Text),
        sa.Column("exp_month", sa.Integer),
        sa.Column("exp_year", sa.Integer),
        sa.Column("holder", sa.Text),
        sa.Column("account", sa.Text),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        _moment("created_at"),
        sa.CheckConstraint(_one_of("kind", "CARD", "WALLET"), name="saved_methods_kind_known"),
        sa.CheckConstraint("last4 ~ '^[0-9]{4}$'", name="saved_methods_card_masked"),
    )
    op.create_index("saved_methods_by_customer", "saved_methods", ["customer_id"])
    op.create_index(
        "saved_methods_one_default",
        "saved_methods",
        ["customer_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "sandbox_charges",
        sa.Column("idempotency_key", sa.Text, primary_key=True),
        sa.Column("reference", sa.Text, nullable=False, unique=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        _minor("amount_minor"),
        _minor("captured_minor"),
        _minor("refunded_minor"),
        sa.Column("silences", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "0 <= refunded_minor AND refunded_minor <= captured_minor AND captured_minor <= amount_minor",
            name="sandbox_charges_balanced",
        ),
    )
    op.create_table(
        "sandbox_operations",
        sa.Column("idempotency_key", sa.Text, primary_key=True),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
    )
    create_event_tables(op)


def downgrade() -> None:
    drop_event_tables(op)
    for table in (
        *("sandbox_operations", "sandbox_charges", "saved_methods", "abandoned_keys", "payable_orders"),
        *("transactions", "payments"),
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")
