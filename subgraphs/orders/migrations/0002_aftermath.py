"""What comes after a checkout: parcels, returns, refunds, links for guests, mails; and shares of each line."""

import sqlalchemy as sa
from alembic import op

from chassis.mail import create_mail_table, drop_mail_table

revision = "0002"
down_revision = "0001"

_STEPS = ("HOLD_STOCK", "TAKE_PAYMENT", "COMMIT_STOCK", "CAPTURE", "GIVE_UP", "DONE")
_RETURNS = ("REQUESTED", "DECLINED", "RECEIVED", "REFUNDED")
_SHARES = ("shipping_minor", "tax_minor", "discount_minor")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer, nullable=False)


def upgrade() -> None:
    _orders()
    _checkouts()
    _parcels()
    _returns()
    op.create_table(
        "order_tokens",
        sa.Column("token_digest", sa.Text, primary_key=True),
        sa.Column("order_id", sa.Text, sa.ForeignKey("orders.id"), nullable=False, index=True),
        sa.CheckConstraint("token_digest ~ '^[0-9a-f]{64}$'", name="order_tokens_digested"),
    )
    _add_up()
    create_mail_table(op)


def _orders() -> None:
    # What was bought so far had neither shipping nor tax nor discount; the default serves those rows alone.
    for share in _SHARES:
        op.add_column("order_lines", sa.Column(share, sa.BigInteger, nullable=False, server_default="0"))
        op.alter_column("order_lines", share, server_default=None)
    op.create_check_constraint(
        "order_lines_shares_possible",
        "order_lines",
        "shipping_minor >= 0 AND tax_minor >= 0 AND discount_minor BETWEEN 0 AND total_minor",
    )
    op.add_column("orders", sa.Column("refunded_minor", sa.BigInteger, nullable=False, server_default="0"))
    op.alter_column("orders", "refunded_minor", server_default=None)
    op.create_check_constraint("orders_refund_possible", "orders", "refunded_minor BETWEEN 0 AND total_minor")
    # An order that was cancelled before it was confirmed has bought nothing: its cart may be checked out again.
    op.drop_index("orders_once_per_cart_version", "orders")
    op.create_index(
        "orders_once_per_cart_version",
        "orders",
        ["cart_id", "cart_version"],
        unique=True,
        postgresql_where=sa.text(
            "status NOT IN ('FAILED', 'EXPIRED') AND NOT (status = 'CANCELLED' AND confirmed_at IS NULL)"
        ),
    )


def _checkouts() -> None:
    op.add_column("checkouts", sa.Column("hold", sa.Integer, nullable=False, server_default="1"))
    op.add_column("checkouts", sa.Column("attempt", sa.Integer, nullable=False, server_default="1"))
    op.add_column("checkouts", sa.Column("news", sa.Boolean, nullable=False, server_default="false"))
    for name in ("hold", "attempt", "news"):
        op.alter_column("checkouts", name, server_default=None)
    op.drop_constraint("checkouts_step_known", "checkouts", type_="check")
    op.create_check_constraint("checkouts_step_known", "checkouts", _one_of("step", (*_STEPS, "HOLD_AGAIN")))


def _parcels() -> None:
    op.create_table(
        "parcels",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("order_id", sa.Text, sa.ForeignKey("orders.id"), nullable=False),
        _text("idempotency_key"),
        sa.Column("tracking", sa.Text),
        _time("shipped_at"),
        sa.UniqueConstraint("order_id", "idempotency_key", name="parcels_once_per_key"),
    )
    op.create_table(
        "parcel_lines",
        sa.Column("parcel_id", sa.Text, sa.ForeignKey("parcels.id"), primary_key=True),
        sa.Column("line_id", sa.Text, sa.ForeignKey("order_lines.id"), primary_key=True),
        _number("quantity"),
        sa.CheckConstraint("quantity > 0", name="parcel_lines_possible"),
    )
    op.create_index("parcel_lines_of_line", "parcel_lines", ["line_id"])


def _returns() -> None:
    op.create_table(
        "returns",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("order_id", sa.Text, sa.ForeignKey("orders.id"), nullable=False),
        _text("idempotency_key"),
        _text("status"),
        _text("reason"),
        sa.Column("note", sa.Text),
        sa.Column("refund_minor", sa.BigInteger, nullable=False),
        _number("attempt"),
        _time("leased_until"),
        _time("requested_at"),
        _time("closed_at", nullable=True),
        sa.UniqueConstraint("order_id", "idempotency_key", name="returns_once_per_key"),
        sa.CheckConstraint(_one_of("status", _RETURNS), name="returns_status_known"),
        sa.CheckConstraint("refund_minor >= 0 AND attempt > 0", name="returns_possible"),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (status IN ('DECLINED', 'REFUNDED'))", name="returns_closed_when_over"
        ),
    )
    op.create_index(
        "returns_one_open", "returns", ["order_id"], unique=True, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index("returns_to_refund", "returns", ["leased_until"], postgresql_where=sa.text("status = 'RECEIVED'"))
    op.create_table(
        "return_lines",
        sa.Column("return_id", sa.Text, sa.ForeignKey("returns.id"), primary_key=True),
        sa.Column("line_id", sa.Text, sa.ForeignKey("order_lines.id"), primary_key=True),
        _number("quantity"),
        _number("restocked"),
        _number("scrapped"),
        sa.CheckConstraint(
            "restocked >= 0 AND scrapped >= 0 AND quantity > 0 AND restocked + scrapped <= quantity",
            name="return_lines_possible",
        ),
    )
    op.create_index("return_lines_of_line", "return_lines", ["line_id"])


def _add_up() -> None:
    """Each figure of an order is the sum of its lines'; nothing is shipped or accepted back more often than bought."""
    op.execute("""
        CREATE OR REPLACE FUNCTION check_order_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            lines RECORD;
        BEGIN
            SELECT COALESCE(sum(total_minor), 0) AS subtotal, COALESCE(sum(shipping_minor), 0) AS shipping,
                   COALESCE(sum(tax_minor), 0) AS tax, COALESCE(sum(discount_minor), 0) AS discount
            INTO lines FROM order_lines WHERE order_id = NEW.id;
            IF lines.subtotal <> NEW.subtotal_minor THEN
                RAISE EXCEPTION 'order % has a subtotal of % but lines of %', NEW.id, NEW.subtotal_minor, lines.subtotal
                    USING ERRCODE = 'check_violation';
            END IF;
            IF (lines.shipping, lines.tax, lines.discount)
                IS DISTINCT FROM (NEW.shipping_minor, NEW.tax_minor, NEW.discount_minor)
            THEN
                RAISE EXCEPTION 'the shares of the lines of order % do not add up', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("DROP TRIGGER orders_lines_add_up ON orders")
    op.execute("""
        CREATE CONSTRAINT TRIGGER orders_lines_add_up
        AFTER INSERT OR UPDATE OF subtotal_minor, shipping_minor, tax_minor, discount_minor ON orders
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_order_adds_up()
    """)
    op.execute("""
        CREATE FUNCTION check_pieces() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            bought INTEGER;
            moved INTEGER;
        BEGIN
            SELECT quantity INTO bought FROM order_lines WHERE id = NEW.line_id;
            IF TG_TABLE_NAME = 'parcel_lines' THEN
                SELECT sum(quantity) INTO moved FROM parcel_lines WHERE line_id = NEW.line_id;
            ELSE
                SELECT sum(restocked + scrapped) INTO moved FROM return_lines WHERE line_id = NEW.line_id;
            END IF;
            IF moved > bought THEN
                RAISE EXCEPTION '% pieces of line % in %, but only % were bought',
                    moved, NEW.line_id, TG_TABLE_NAME, bought USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    for table in ("parcel_lines", "return_lines"):
        op.execute(f"""
            CREATE CONSTRAINT TRIGGER {table}_within_bought AFTER INSERT OR UPDATE ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_pieces()
        """)


def downgrade() -> None:
    drop_mail_table(op)
    for table in ("order_tokens", "return_lines", "returns", "parcel_lines", "parcels"):
        op.drop_table(table)
    op.execute("DROP FUNCTION check_pieces()")
    op.execute("""
        CREATE OR REPLACE FUNCTION check_order_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
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
    op.execute("DROP TRIGGER orders_lines_add_up ON orders")
    op.execute("""
        CREATE CONSTRAINT TRIGGER orders_lines_add_up AFTER INSERT OR UPDATE OF subtotal_minor ON orders
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_order_adds_up()
    """)
    op.drop_constraint("checkouts_step_known", "checkouts", type_="check")
    op.create_check_constraint("checkouts_step_known", "checkouts", _one_of("step", _STEPS))
    for name in ("news", "attempt", "hold"):
        op.drop_column("checkouts", name)
    op.drop_index("orders_once_per_cart_version", "orders")
    op.create_index(
        "orders_once_per_cart_version",
        "orders",
        ["cart_id", "cart_version"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('FAILED', 'EXPIRED')"),
    )
    op.drop_constraint("orders_refund_possible", "orders", type_="check")
    op.drop_column("orders", "refunded_minor")
    op.drop_constraint("order_lines_shares_possible", "order_lines", type_="check")
    for share in _SHARES:
        op.drop_column("order_lines", share)
