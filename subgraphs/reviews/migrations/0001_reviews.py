"""Reviews, votes, ratings, and what reviews knows of authors and purchases."""

from alembic import op

from chassis.outbox import create_event_tables, drop_event_tables

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE reviews (
    id text PRIMARY KEY,
    item_id text NOT NULL,
    author_id text NOT NULL,
    rating integer NOT NULL CHECK (rating BETWEEN 1 AND 5),
    title text NOT NULL,
    body text NOT NULL,
    status varchar(16) NOT NULL CHECK (status IN ('PENDING', 'APPROVED', 'REJECTED', 'REMOVED')),
    verified_purchase boolean NOT NULL,
    helpful_count integer NOT NULL DEFAULT 0 CHECK (helpful_count >= 0),
    unhelpful_count integer NOT NULL DEFAULT 0 CHECK (unhelpful_count >= 0),
    moderation_note text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX reviews_one_each ON reviews (author_id, item_id) WHERE status <> 'REMOVED';
CREATE INDEX reviews_of_item ON reviews (item_id, created_at, id) WHERE status = 'APPROVED';
CREATE INDEX reviews_helpful ON reviews (item_id, helpful_count, id) WHERE status = 'APPROVED';
CREATE INDEX reviews_of_author ON reviews (author_id, created_at, id) WHERE status <> 'REMOVED';
CREATE INDEX reviews_waiting ON reviews (updated_at, id) WHERE status = 'PENDING';

CREATE TABLE votes (
    review_id text REFERENCES reviews (id),
    voter_id text,
    helpful boolean NOT NULL,
    PRIMARY KEY (review_id, voter_id)
);

CREATE TABLE ratings (
    item_id text PRIMARY KEY,
    stars integer[] NOT NULL CHECK (array_length(stars, 1) = 5 AND 0 <= ALL (stars))
);

CREATE TABLE authors (
    user_id text PRIMARY KEY,
    display_name text NOT NULL
);

CREATE TABLE purchases (
    user_id text,
    item_id text,
    PRIMARY KEY (user_id, item_id)
);
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    create_event_tables(op)


def downgrade() -> None:
    drop_event_tables(op)
    for table in ("purchases", "authors", "ratings", "votes", "reviews"):
        op.execute(f"DROP TABLE {table}")
