"""What was shipped leaves the shelf and what comes back returns to it, once per shipment and once per return."""

from alembic import op

revision = "0003"
down_revision = "0002"

KINDS = "'SET', 'ADJUST', 'HOLD', 'COMMIT', 'RELEASE', 'EXPIRE'"


def upgrade() -> None:
    op.execute("ALTER TABLE movements DROP CONSTRAINT movements_kind_check")
    op.execute(f"ALTER TABLE movements ADD CONSTRAINT movements_kind_check CHECK (kind IN ({KINDS}, 'SHIP', 'RETURN'))")
    # The shipment or the return; whoever told of it twice moves nothing the second time.
    op.execute("ALTER TABLE movements ADD COLUMN cause_id text")
    op.execute(
        "CREATE UNIQUE INDEX movements_cause ON movements (cause_id, sku, warehouse_id) WHERE cause_id IS NOT NULL"
    )
    op.execute("CREATE INDEX movements_reservation ON movements (reservation_id) WHERE reservation_id IS NOT NULL")
    # A purchase is what stands before the first colon of a key: orders hold again under <order id>:2.
    op.execute("CREATE INDEX reservations_purchase ON reservations (split_part(key, ':', 1))")


def downgrade() -> None:
    op.execute("DROP INDEX reservations_purchase")
    op.execute("DROP INDEX movements_reservation")
    op.execute("DROP INDEX movements_cause")
    op.execute("ALTER TABLE movements DROP COLUMN cause_id")
    op.execute("ALTER TABLE movements DROP CONSTRAINT movements_kind_check")
    op.execute(f"ALTER TABLE movements ADD CONSTRAINT movements_kind_check CHECK (kind IN ({KINDS}))")
