"""Warehouses, items with their levels and ledger, reservations with their allocations."""

from alembic import op

from chassis.outbox import create_event_tables, drop_event_tables

revision = "0001"
down_revision = None

# Invariant I1, once for the sums and once for each warehouse: the database refuses what the guards let slip.
COUNTED = """
    on_hand integer NOT NULL DEFAULT 0,
    held integer NOT NULL DEFAULT 0 CHECK (held >= 0),
    committed integer NOT NULL DEFAULT 0 CHECK (committed >= 0),
    CHECK (held + committed <= on_hand)
"""

TABLES = f"""
CREATE TABLE warehouses (
    id text PRIMARY KEY,
    name text NOT NULL,
    priority integer NOT NULL
);

CREATE TABLE items (
    sku text PRIMARY KEY,
    product_id text NOT NULL,
    low_stock_threshold integer NOT NULL DEFAULT 5 CHECK (low_stock_threshold >= 0),
    {COUNTED}
);
CREATE INDEX items_product ON items (product_id);
CREATE INDEX items_low ON items (sku) WHERE on_hand - held - committed <= low_stock_threshold;

CREATE TABLE levels (
    sku text REFERENCES items (sku),
    warehouse_id text REFERENCES warehouses (id),
    updated_at timestamptz NOT NULL,
    {COUNTED},
    PRIMARY KEY (sku, warehouse_id)
);

CREATE TABLE movements (
    id text PRIMARY KEY,
    sku text NOT NULL,
    warehouse_id text NOT NULL,
    kind varchar(16) NOT NULL CHECK (kind IN ('SET', 'ADJUST', 'HOLD', 'COMMIT', 'RELEASE', 'EXPIRE')),
    on_hand integer NOT NULL,
    held integer NOT NULL,
    committed integer NOT NULL,
    reason text,
    idempotency_key text,
    reservation_id text,
    actor_id text,
    at timestamptz NOT NULL,
    FOREIGN KEY (sku, warehouse_id) REFERENCES levels (sku, warehouse_id)
);
CREATE INDEX movements_sku ON movements (sku, at, id);
CREATE UNIQUE INDEX movements_key ON movements (idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE reservations (
    id text PRIMARY KEY,
    key text NOT NULL,
    status varchar(16) NOT NULL CHECK (status IN ('HELD', 'COMMITTED', 'RELEASED', 'EXPIRED')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    closed_at timestamptz,
    CHECK ((closed_at IS NULL) = (status IN ('HELD', 'COMMITTED')))
);
CREATE UNIQUE INDEX reservations_key ON reservations (key);
CREATE INDEX reservations_overdue ON reservations (expires_at) WHERE status = 'HELD';

CREATE TABLE allocations (
    reservation_id text REFERENCES reservations (id),
    sku text,
    warehouse_id text,
    quantity integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (reservation_id, sku, warehouse_id)
);
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    create_event_tables(op)


def downgrade() -> None:
    drop_event_tables(op)
    for table in ("allocations", "reservations", "movements", "levels", "items", "warehouses"):
        op.execute(f"DROP TABLE {table}")
