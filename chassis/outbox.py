"""Events written in the transaction that caused them. What sends them on is chassis.relay.

    async with database.transaction() as session:
        order.cancel()
        await announce(session, OrderCancelled(order.id, ...))   # a row in the outbox, or nothing at all

Each subgraph's database has the tables `outbox`, `inbox`, `inbox_failures` and `inbox_listeners`; its first migration
calls `create_event_tables(op)`, and every later migration brings them to the shape of this file.

Order. Events are written at the very end of their transaction, under a lock for each of their aggregates. So positions
of one aggregate's events grow in the order of the commits, whether or not the use-case locks a row of its own; and as
nothing else is locked after it, no deadlock comes of it. `Envelope.sequence` is that position: it grows within an
aggregate, with gaps.

Waking. A process with a relay wakes it itself. One without (a command, a test) says NOTIFY in the transaction. Not
everyone does, because PostgreSQL lets transactions with a NOTIFY commit only one after another, on the whole server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from chassis import trace
from chassis.clock import Clock, now
from chassis.database import after_commit, require_transaction
from chassis.events import Event
from chassis.ids import new_id

EVENT_TABLES = sa.MetaData()

OUTBOX = sa.Table(
    "outbox",
    EVENT_TABLES,
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("aggregate_id", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("traceparent", sa.Text),
    sa.Column("payload", JSONB, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("dead_at", sa.DateTime(timezone=True)),
    # Kept after it was sent, so that it can be sent again.
    sa.Column("sent_at", sa.DateTime(timezone=True)),
    # Sent again for one consumer only.
    sa.Column("only_to", sa.Text),
    # When it was last asked for again; before that, it waits since it occurred.
    sa.Column("asked_again_at", sa.DateTime(timezone=True)),
)

INBOX = sa.Table(
    "inbox",
    EVENT_TABLES,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False, index=True),
)

FAILURES = sa.Table(
    "inbox_failures",
    EVENT_TABLES,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    # The envelope as it travelled.
    sa.Column("envelope", JSONB, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
    # Set aside; until then it is being tried again.
    sa.Column("dead_at", sa.DateTime(timezone=True)),
)

# What this database's consumer listens to, since when: how a listener that was added is told from one that was there.
LISTENERS = sa.Table(
    "inbox_listeners",
    EVENT_TABLES,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("type", sa.Text, primary_key=True),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
)

WAITING = OUTBOX.c.sent_at.is_(None) & OUTBOX.c.dead_at.is_(None)
sa.Index("outbox_unsent", OUTBOX.c.position, postgresql_where=WAITING)
sa.Index("outbox_unsent_of_aggregate", OUTBOX.c.aggregate_id, OUTBOX.c.position, postgresql_where=WAITING)
sa.Index("outbox_sent", OUTBOX.c.sent_at, postgresql_where=OUTBOX.c.sent_at.is_not(None))
sa.Index("outbox_dead", OUTBOX.c.dead_at, postgresql_where=OUTBOX.c.dead_at.is_not(None))

# From the shape before sent events were kept.
_SECOND_SHAPE = (
    "ALTER TABLE outbox ADD COLUMN sent_at timestamptz, ADD COLUMN only_to text, ADD COLUMN asked_again_at timestamptz",
    "DROP INDEX IF EXISTS outbox_waiting",
    "CREATE INDEX outbox_unsent ON outbox (position) WHERE sent_at IS NULL AND dead_at IS NULL",
    """
    CREATE INDEX outbox_unsent_of_aggregate ON outbox (aggregate_id, position) WHERE sent_at IS NULL AND dead_at IS NULL
    """,
    "CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL",
    "CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL",
)

# What NOTIFY and LISTEN call it.
CHANNEL = "outbox"
# How a session finds the relay to wake once it commits, and the rows it is yet to write.
WAKE = "chassis.outbox.wake"
_ANNOUNCED = "chassis.outbox.announced"

# Advisory locks are shared by the whole server, and there are few thousand: aggregates share these.
_LOCK_CLASS = int.from_bytes(b"outb", signed=True)
_LOCKS = 1_024
# One statement, because every use-case that announces pays for it. Rows are numbered as they are inserted, which is
# after the sort, which is after all locks were had.
_WRITE = sa.text("""
WITH locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(:class, key) FROM unnest(CAST(:keys AS int[])) AS key
)
INSERT INTO outbox (id, type, version, aggregate_id, occurred_at, traceparent, payload, not_before)
SELECT id, type, version, aggregate_id, occurred_at, traceparent, payload, occurred_at
FROM (SELECT count(*) FROM locked) AS locks, jsonb_to_recordset(CAST(:rows AS jsonb)) AS announced (
    turn int, id text, type text, version int, aggregate_id text, occurred_at timestamptz, traceparent text,
    payload jsonb
)
ORDER BY turn
""")


def create_event_tables(op: Any) -> None:
    """Create the event tables in an Alembic migration: `create_event_tables(op)` in the first upgrade()."""
    EVENT_TABLES.create_all(op.get_bind())


def drop_event_tables(op: Any) -> None:
    """Undo create_event_tables, in downgrade()."""
    EVENT_TABLES.drop_all(op.get_bind())


def upgrade_event_tables(connection: sa.Connection) -> None:
    """Bring event tables made by an earlier version to today's shape; nothing where there are none."""
    inspector = sa.inspect(connection)
    if not inspector.has_table(OUTBOX.name):
        return
    if not any(column["name"] == "sent_at" for column in inspector.get_columns(OUTBOX.name)):
        for statement in _SECOND_SHAPE:
            connection.execute(sa.text(statement))
    FAILURES.create(connection, checkfirst=True)
    if not inspector.has_table(LISTENERS.name):
        LISTENERS.create(connection)
        # Of what was handled before, somebody listened to it.
        heard = sa.select(INBOX.c.source, INBOX.c.type, sa.func.now()).distinct()
        connection.execute(sa.insert(LISTENERS).from_select(["source", "type", "since"], heard))


async def announce(session: AsyncSession, *events: Event, clock: Clock = now) -> None:
    """Announce events with the session's own transaction; they are sent once it commits, and never if it does not.

    The session must come from `database.transaction()`, else NoTransaction. The rows are written when it commits.
    """
    if not events:
        return
    require_transaction(session)
    moment = clock()
    rows = [
        {
            "id": new_id(),
            "type": type(event).__name__,
            "version": event.version,
            "aggregate_id": event.aggregate_id,
            "occurred_at": moment,
            "payload": event.payload(),
            "traceparent": trace.traceparent.get(),
        }
        for event in events
    ]
    if session.in_nested_transaction():
        # A savepoint may yet be rolled back, and its events with it.
        await session.run_sync(_write, rows)
        return
    if _ANNOUNCED not in session.info:
        session.info[_ANNOUNCED] = []
        sa.event.listen(session.sync_session, "before_commit", _write_announced)
    session.info[_ANNOUNCED] += rows


async def redact(session: AsyncSession, aggregate_id: str, **said: object) -> None:
    """Replace what the events of an aggregate say under these names of the payload, whether they were sent or not.

    For who must be forgotten: an event stays, so that it can be sent again, and no longer says who it was about.
    """
    row = OUTBOX.c.aggregate_id == aggregate_id
    for name, value in said.items():
        redacted = OUTBOX.c.payload.op("||")(sa.cast({name: value}, JSONB))
        says = OUTBOX.c.payload.has_key(name)
        await session.execute(sa.update(OUTBOX).where(row, says).values(payload=redacted))


def _write_announced(session: Session) -> None:
    if session.in_nested_transaction():
        return
    rows, session.info[_ANNOUNCED] = session.info[_ANNOUNCED], []
    if rows:
        session.flush()
        _write(session, rows)


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    keys = sorted({_key(row["aggregate_id"]) for row in rows})
    numbered = orjson.dumps([{"turn": turn, **row} for turn, row in enumerate(rows)]).decode()
    session.execute(_WRITE, {"class": _LOCK_CLASS, "keys": keys, "rows": numbered})
    wake: Callable[[], None] | None = session.info.get(WAKE)
    if wake is None:
        session.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
    else:
        after_commit(session, wake)


def _key(aggregate_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(aggregate_id.encode(), digest_size=4).digest()) % _LOCKS
