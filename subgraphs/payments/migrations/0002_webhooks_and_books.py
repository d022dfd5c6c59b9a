"""Webhooks as they came, what refunds under way need, ways to pay that are kept, and more books for the sandbox."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _one_of(column: str, *values: str) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("payments", sa.Column("customer_id", sa.Text))
    op.add_column("payments", sa.Column("saves_method", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("payments", sa.Column("method_token", sa.Text))
    op.add_column("payments", sa.Column("unsettled", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("payments", sa.Column("checked_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE payments SET checked_at = updated_at, unsettled = status IN ('PENDING', 'REQUIRES_ACTION')")
    op.alter_column("payments", "checked_at", nullable=False)
    op.drop_index("payments_unsettled", "payments")
    op.create_index("payments_unsettled", "payments", ["checked_at"], postgresql_where=sa.text("unsettled"))
    # A provider's name for a charge is what its webhooks speak of.
    op.create_index("payments_by_reference", "payments", ["provider", "reference"], unique=True)

    op.add_column("transactions", sa.Column("reference", sa.Text))
    op.drop_index("transactions_requested", "transactions")
    op.drop_constraint("transactions_outcome_known", "transactions", type_="check")
    op.create_check_constraint(
        "transactions_outcome_known",
        "transactions",
        _one_of(
            *("outcome", "REQUESTED", "PENDING", "SUCCEEDED", "ACTION_REQUIRED"),
            *("DECLINED", "TOO_LATE", "REVERSED"),
        ),
    )

    op.create_table(
        "provider_customers",
        sa.Column("provider", sa.Text, primary_key=True),
        sa.Column("customer_id", sa.Text, primary_key=True),
        sa.Column("reference", sa.Text, nullable=False),
    )
    op.add_column("saved_methods", sa.Column("provider", sa.Text, nullable=False, server_default=sa.text("'sandbox'")))

    op.create_table(
        "webhook_events",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("reference", sa.Text),
        # As it came, byte for byte: what was signed.
        sa.Column("payload", sa.LargeBinary, nullable=False),
        _moment("received_at"),
        _moment("not_before"),
        _moment("handled_at", nullable=True),
        _moment("dead_at", nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("provider", "event_id"),
    )
    op.create_index(
        "webhook_events_waiting",
        "webhook_events",
        ["not_before"],
        postgresql_where=sa.text("handled_at IS NULL AND dead_at IS NULL"),
    )
    op.create_index(
        "webhook_events_handled", "webhook_events", ["handled_at"], postgresql_where=sa.text("handled_at IS NOT NULL")
    )

    op.add_column("sandbox_charges", sa.Column("behaviour", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("sandbox_charges", _moment("settles_at", nullable=True))
    op.add_column("sandbox_charges", sa.Column("saves_method", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("sandbox_charges", sa.Column("method_token", sa.Text))
    op.execute("UPDATE sandbox_charges SET state = 'OPEN' WHERE state = 'MISSED'")
    op.add_column("sandbox_operations", sa.Column("state", sa.Text, nullable=False, server_default="SUCCEEDED"))
    op.add_column("sandbox_operations", _moment("settles_at", nullable=True))
    op.execute("UPDATE sandbox_operations SET state = 'FAILED' WHERE code <> ''")
    op.create_index("sandbox_operations_by_reference", "sandbox_operations", ["reference"])
    op.create_table(
        "sandbox_methods",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("behaviour", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("last4", sa.Text, nullable=False),
        sa.Column("exp_month", sa.Integer),
        sa.Column("exp_year", sa.Integer),
        sa.Column("holder", sa.Text),
        sa.CheckConstraint("last4 ~ '^[0-9]{4}$'", name="sandbox_methods_card_masked"),
    )
    op.create_table(
        "sandbox_webhooks",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        _moment("not_before"),
        _moment("delivered_at", nullable=True),
        _moment("dead_at", nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
    )
    op.create_index(
        "sandbox_webhooks_waiting",
        "sandbox_webhooks",
        ["not_before"],
        postgresql_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("sandbox_webhooks", "sandbox_methods", "webhook_events", "provider_customers"):
        op.drop_table(table)
    op.drop_index("sandbox_operations_by_reference", "sandbox_operations")
    op.drop_column("saved_methods", "provider")
    for column in ("state", "settles_at"):
        op.drop_column("sandbox_operations", column)
    for column in ("behaviour", "settles_at", "saves_method", "method_token"):
        op.drop_column("sandbox_charges", column)
    # An open charge that nobody heard of is what was called missed.
    op.execute("UPDATE sandbox_charges SET state = 'MISSED' WHERE state = 'OPEN'")
    op.drop_column("transactions", "reference")
    op.drop_constraint("transactions_outcome_known", "transactions", type_="check")
    op.create_check_constraint(
        "transactions_outcome_known",
        "transactions",
        _one_of("outcome", "REQUESTED", "SUCCEEDED", "ACTION_REQUIRED", "DECLINED"),
        # Rows with the newer words stay: the ledger is never rewritten.
        postgresql_not_valid=True,
    )
    op.create_index(
        "transactions_requested", "transactions", ["occurred_at"], postgresql_where=sa.text("outcome = 'REQUESTED'")
    )
    op.drop_index("payments_by_reference", "payments")
    op.drop_index("payments_unsettled", "payments")
    op.create_index("payments_unsettled", "payments", ["created_at"], postgresql_where=sa.text("status = 'PENDING'"))
    for column in ("checked_at", "unsettled", "method_token", "saves_method", "customer_id"):
        op.drop_column("payments", column)
