"""Categories, product types, products with their variants, bundles."""

from alembic import op

from chassis.outbox import create_event_tables, drop_event_tables

revision = "0001"
down_revision = None

# What a search looks through. Punctuation becomes space, so `LAPTOP-001` is two words here as in a query. Each text is
# kept as written ('simple') and by its English stems, so that half-typed words and other forms of a word both match.
WORDS = "regexp_replace(lower({0}), '[^[:alnum:]]+', ' ', 'g')"
NAMED = WORDS.format("name || ' ' || coalesce(brand, '') || ' ' || keywords")
TOLD = WORDS.format("description")

TABLES = f"""
CREATE TABLE categories (
    id text PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    parent_id text REFERENCES categories (id),
    position integer NOT NULL DEFAULT 0,
    CONSTRAINT categories_own_parent CHECK (parent_id <> id)
);
CREATE UNIQUE INDEX categories_slug ON categories (slug);
CREATE INDEX categories_parent ON categories (parent_id, position, id);

CREATE TABLE product_types (
    id text PRIMARY KEY,
    name text NOT NULL,
    definitions jsonb NOT NULL DEFAULT '[]'
);

CREATE TABLE products (
    id text PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    brand text,
    category_id text NOT NULL REFERENCES categories (id),
    type_id text NOT NULL REFERENCES product_types (id),
    status varchar(16) NOT NULL CHECK (status IN ('DRAFT', 'ACTIVE', 'ARCHIVED')),
    attributes jsonb NOT NULL DEFAULT '{{}}' CHECK (jsonb_typeof(attributes) = 'object'),
    facets jsonb NOT NULL DEFAULT '{{}}',
    keywords text NOT NULL DEFAULT '',
    price_min_minor bigint NOT NULL CHECK (price_min_minor >= 0),
    version integer NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', {NAMED}), 'A')
        || setweight(to_tsvector('english', {NAMED}), 'A')
        || setweight(to_tsvector('simple', {TOLD}), 'C')
        || setweight(to_tsvector('english', {TOLD}), 'C')
    ) STORED
);
CREATE UNIQUE INDEX products_slug ON products (slug) WHERE deleted_at IS NULL;
CREATE INDEX products_search ON products USING gin (search);
CREATE INDEX products_facets ON products USING gin (facets jsonb_path_ops);
CREATE INDEX products_newest ON products (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX products_price ON products (price_min_minor, id) WHERE deleted_at IS NULL;
CREATE INDEX products_name ON products (name, id) WHERE deleted_at IS NULL;
CREATE INDEX products_category ON products (category_id, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE variants (
    id text PRIMARY KEY,
    product_id text NOT NULL REFERENCES products (id),
    sku text NOT NULL,
    name text NOT NULL,
    position integer NOT NULL,
    price_minor bigint NOT NULL CHECK (price_minor >= 0),
    cost_minor bigint CHECK (cost_minor >= 0),
    currency varchar(3) NOT NULL,
    attributes jsonb NOT NULL DEFAULT '{{}}' CHECK (jsonb_typeof(attributes) = 'object'),
    weight_grams integer CHECK (weight_grams > 0),
    length_mm integer CHECK (length_mm > 0),
    width_mm integer CHECK (width_mm > 0),
    height_mm integer CHECK (height_mm > 0),
    stock_announced integer NOT NULL DEFAULT 0,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX variants_sku ON variants (sku);
CREATE INDEX variants_product ON variants (product_id, position);

CREATE TABLE bundles (
    id text PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    status varchar(16) NOT NULL CHECK (status IN ('DRAFT', 'ACTIVE', 'ARCHIVED')),
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX bundles_slug ON bundles (slug);
CREATE INDEX bundles_newest ON bundles (created_at, id);

CREATE TABLE bundle_items (
    bundle_id text REFERENCES bundles (id),
    sku text,
    quantity integer NOT NULL CHECK (quantity > 0),
    position integer NOT NULL,
    PRIMARY KEY (bundle_id, sku)
);
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    create_event_tables(op)


def downgrade() -> None:
    drop_event_tables(op)
    for table in ("bundle_items", "bundles", "variants", "products", "product_types", "categories"):
        op.execute(f"DROP TABLE {table}")
