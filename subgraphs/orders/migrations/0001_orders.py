"""Orders, their lines and append-only events, and how far each checkout has come."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.outbox import create_event_tables, drop_event_tables

revision = "0001"
down_revision = None

_STATUSES = (
    *("PENDING", "RESERVED", "AWAITING_PAYMENT", "UNDER_REVIEW", "CONFIRMED", "PARTIALLY_SHIPPED", "SHIPPED"),
    *("DELIVERED", "RETURN_REQUESTED", "RETURNED", "REFUNDED", "FAILED", "EXPIRED", "CANCELLED"),
)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def _minor(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def upgrade() -> None:
    op.execute("CREATE SEQUENCE order_numbers START 100001")
    op.create_table(
        "orders",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False, unique=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("token_digest", sa.Text, unique=True),
        sa.Column("cart_id", sa.Text, nullable=False),
        sa.Column("cart_version", sa.Integer, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("request_digest", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        _minor("subtotal_minor"),
        _minor("shipping_minor"),
        _minor("tax_minor"),
        _minor("discount_minor"),
        _minor("total_minor"),
        sa.Column("shipping_address", JSONB, nullable=False),
        sa.Column("reservation_id", sa.Text),
        sa.Column("payment_id", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(_one_of("status", _STATUSES), name="orders_status_known"),
        sa.CheckConstraint(
            "total_minor = subtotal_minor + shipping_minor + tax_minor - discount_minor", name="orders_total_adds_up"
        ),
        sa.CheckConstraint(
            "subtotal_minor >= 0 AND shipping_minor >= 0 AND tax_minor >= 0 AND discount_minor >= 0"
            " AND total_minor >= 0",
            name="orders_amounts_possible",
        ),
        # Nothing is confirmed, or was, without its stock and its payment.
        sa.CheckConstraint(
            "confirmed_at IS NULL OR (reservation_id IS NOT NULL AND payment_id IS NOT NULL)",
            name="orders_confirmed_with_stock_and_payment",
        ),
        # Only a cancelled order may have been confirmed or not.
        sa.CheckConstraint(
            f"status = 'CANCELLED' OR (confirmed_at IS NOT NULL) = ({_one_of('status', _STATUSES[4:11])})",
            name="orders_confirmed_when_status_says_so",
        ),
        sa.CheckConstraint("token_digest ~ '^[0-9a-f]{64}$'", name="orders_token_digested"),
        sa.UniqueConstraint("owner", "idempotency_key", name="orders_once_per_key"),
    )
    op.create_index(
        "orders_once_per_cart_version",
        "orders",
        ["cart_id", "cart_version"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('FAILED', 'EXPIRED')"),
    )
    op.create_index("orders_newest", "orders", [sa.text("created_at DESC"), sa.text("id DESC")])
    op.create_index("orders_of_customer", "orders", ["customer_id", sa.text("created_at DESC"), sa.text("id DESC")])
    op.create_index(
        "orders_confirmed", "orders", ["confirmed_at"], postgresql_where=sa.text("confirmed_at IS NOT NULL")
    )
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("order_id", sa.Text, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("product_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        _minor("unit_price_minor"),
        sa.Column("quantity", sa.Integer, nullable=False),
        _minor("total_minor"),
        sa.UniqueConstraint("order_id", "position"),
        sa.UniqueConstraint("order_id", "sku"),
        sa.CheckConstraint("quantity > 0 AND unit_price_minor >= 0", name="order_lines_possible"),
        sa.CheckConstraint("total_minor = unit_price_minor * quantity", name="order_lines_total_adds_up"),
    )
    op.create_table(
        "order_events",
        sa.Column("order_id", sa.Text, sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.CheckConstraint("sequence > 0", name="order_events_numbered"),
    )
    op.create_table(
        "checkouts",
        sa.Column("order_id", sa.Text, sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ending", sa.Text),
        sa.Column("ending_code", sa.Text),
        sa.Column("ending_message", sa.Text),
        sa.Column("ending_skus", JSONB, nullable=False),
        sa.Column("action_url", sa.Text),
        sa.CheckConstraint(
            _one_of("step", ("HOLD_STOCK", "TAKE_PAYMENT", "COMMIT_STOCK", "CAPTURE", "GIVE_UP", "DONE")),
            name="checkouts_step_known",
        ),
    )
    op.create_index("checkouts_unfinished", "checkouts", ["leased_until"], postgresql_where=sa.text("step <> 'DONE'"))
    _keep_history()
    _add_up_lines()
    create_event_tables(op)


def _keep_history() -> None:
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
    """)
    for table in ("order_events", "order_lines"):
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)


def _add_up_lines() -> None:
    """An order's subtotal is the sum of its lines, checked when the transaction that wrote them commits."""
    op.execute("""
        CREATE FUNCTION check_order_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            lines BIGINT;
        BEGIN
            SELECT COALESCE(sum(total_minor), 0) INTO lines FROM order_lines WHERE order_id = NEW.id;
            IF lines <> NEW.subtotal_minor THEN
                RAISE EXCEPTION 'order % has a subtotal of % but lines of %', NEW.id, NEW.subtotal_minor, lines
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER orders_lines_add_up AFTER INSERT OR UPDATE OF subtotal_minor ON orders
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_order_adds_up()
    """)


def downgrade() -> None:
    drop_event_tables(op)
    for table in ("checkouts", "order_events", "order_lines", "orders"):
        op.drop_table(table)
    op.execute("DROP FUNCTION check_order_adds_up()")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP SEQUENCE order_numbers")
