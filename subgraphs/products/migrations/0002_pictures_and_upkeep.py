"""Pictures, and categories, types and bundles that may change; which products were ever on the shelf."""

from alembic import op

revision = "0002"
down_revision = "0001"

CHANGES = """
CREATE TABLE uploads (
    id text PRIMARY KEY,
    product_id text NOT NULL REFERENCES products (id),
    file_name text NOT NULL,
    content_type text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attached_at timestamptz
);
CREATE INDEX uploads_forgotten ON uploads (expires_at) WHERE attached_at IS NULL;
CREATE INDEX uploads_product ON uploads (product_id);

CREATE TABLE images (
    id text PRIMARY KEY,
    product_id text NOT NULL REFERENCES products (id),
    alt_text text NOT NULL,
    position integer NOT NULL,
    width integer NOT NULL CHECK (width > 0),
    height integer NOT NULL CHECK (height > 0),
    sizes jsonb NOT NULL CHECK (jsonb_typeof(sizes) = 'array'),
    created_at timestamptz NOT NULL
);
CREATE INDEX images_product ON images (product_id, position, id);

CREATE TABLE discarded_objects (
    prefix text PRIMARY KEY,
    discarded_at timestamptz NOT NULL
);

ALTER TABLE categories ADD COLUMN version integer NOT NULL DEFAULT 1, ADD COLUMN deleted_at timestamptz;
DROP INDEX categories_slug;
CREATE UNIQUE INDEX categories_slug ON categories (slug) WHERE deleted_at IS NULL;
ALTER TABLE product_types ADD COLUMN version integer NOT NULL DEFAULT 1, ADD COLUMN deleted_at timestamptz;
CREATE INDEX products_type ON products (type_id);
ALTER TABLE bundles ADD COLUMN version integer NOT NULL DEFAULT 1, ADD COLUMN deleted_at timestamptz;
DROP INDEX bundles_slug;
CREATE UNIQUE INDEX bundles_slug ON bundles (slug) WHERE deleted_at IS NULL;
ALTER TABLE products ADD COLUMN published_at timestamptz;
UPDATE products SET published_at = created_at WHERE status <> 'DRAFT';
"""


def upgrade() -> None:
    for statement in CHANGES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("ALTER TABLE products DROP COLUMN published_at")
    op.execute("DROP INDEX products_type")
    for table in ("bundles", "categories"):
        op.execute(f"DROP INDEX {table}_slug")
        op.execute(f"CREATE UNIQUE INDEX {table}_slug ON {table} (slug)")
    for table in ("bundles", "product_types", "categories"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN version, DROP COLUMN deleted_at")
    for table in ("discarded_objects", "images", "uploads"):
        op.execute(f"DROP TABLE {table}")
