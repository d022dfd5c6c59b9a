"""Announcing: with what caused it, in the order of the commits, and heard of at once."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import text

from chassis import trace
from chassis.database import Database
from chassis.events import Envelope
from chassis.outbox import announce, upgrade_event_tables
from chassis.relay import Relay
from tests.chassis.toy_events import WAITS_FOR_A_LOCK, Recorder, ToyMoved, column, drain, say

pytestmark = pytest.mark.anyio

STEPS = "SELECT (payload->>'step')::int FROM outbox ORDER BY position"


async def test_an_event_is_kept_or_dropped_with_what_caused_it(database: Database):
    relay = Relay("toys", database, Recorder())
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            await announce(session, ToyMoved("a"))
            raise ZeroDivisionError
    assert (await relay.backlog()).waiting == 0

    await say(database, ToyMoved("a"))

    assert (await relay.backlog()).waiting == 1


async def test_the_envelope_says_what_happened_to_what_and_when(database: Database):
    sent = Recorder()
    trace.accept("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    span = trace.traceparent.get()
    await say(database, ToyMoved("a", 7))
    trace.accept(None)

    await drain(Relay("toys", database, sent))

    (envelope,) = sent.published
    assert (envelope.source, envelope.type, envelope.version) == ("toys", "ToyMoved", 1)
    assert envelope.payload == {"toyId": "a", "step": 7}
    assert envelope.occurred_at.tzinfo is not None
    assert envelope.topic == "toys-events"
    assert envelope.traceparent == span
    assert Envelope.from_json(envelope.to_json()) == envelope


async def test_positions_follow_the_commits_and_not_the_announcements(database: Database):
    async with database.transaction() as slow:
        await announce(slow, ToyMoved("a", 2))
        await say(database, ToyMoved("a", 1))

    assert await column(database, STEPS) == [1, 2]


async def test_events_of_one_transaction_keep_their_order(database: Database):
    async with database.transaction() as session:
        await announce(session, ToyMoved("b", 1), ToyMoved("a", 2))
        await announce(session, ToyMoved("b", 3))

    assert await column(database, STEPS) == [1, 2, 3]


async def test_a_commit_waits_for_one_that_has_already_written_of_its_aggregate(database: Database):
    async with database.transaction() as first:
        async with first.begin_nested():
            await announce(first, ToyMoved("a", 1))
        second = asyncio.create_task(say(database, ToyMoved("a", 2)))
        while not await column(database, WAITS_FOR_A_LOCK):
            assert not second.done()

    await second
    assert await column(database, STEPS) == [1, 2]


async def test_transactions_that_announce_in_opposite_order_do_not_block_each_other(database: Database):
    toys = [f"toy-{number}" for number in range(6)]

    async def move(order: list[str], step: int) -> None:
        async with database.transaction() as session:
            for toy in order:
                await announce(session, ToyMoved(toy, step))

    await asyncio.gather(*(move(toys[:: 1 if turn % 2 else -1], turn) for turn in range(20)))

    assert len(await column(database, STEPS)) == 120


async def test_what_a_savepoint_takes_back_was_not_announced(database: Database):
    async with database.transaction() as session:
        await announce(session, ToyMoved("a", 1))
        with pytest.raises(ZeroDivisionError):
            async with session.begin_nested():
                await announce(session, ToyMoved("a", 99))
                raise ZeroDivisionError
        async with session.begin_nested():
            await announce(session, ToyMoved("a", 2))

    assert sorted(await column(database, STEPS)) == [1, 2]


async def test_a_process_that_does_not_relay_wakes_one_that_does(
    database: Database, database_url: Callable[[str], str]
):
    elsewhere, sent = Database(database_url("events")), Recorder()
    relay = Relay("toys", database, sent, poll_ms=600_000)
    await relay.start()
    try:
        await relay._wakeups.listening.wait()
        await say(elsewhere, ToyMoved("a", 1))
        await sent.until(1)
    finally:
        await relay.stop()
        await elsewhere.close()


async def test_a_lost_connection_is_made_again_and_what_was_said_meanwhile_is_heard(
    database: Database, database_url: Callable[[str], str]
):
    sent, elsewhere = Recorder(), Database(database_url("events"))
    relay = Relay("toys", database, sent, poll_ms=600_000)
    await relay.start()
    # One of an earlier relay may not have noticed yet that its client is gone.
    end_listeners = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query ILIKE 'LISTEN%'"
    )
    try:
        await relay._wakeups.listening.wait()
        relay._wakeups.listening.clear()
        assert await column(elsewhere, end_listeners)
        await say(elsewhere, ToyMoved("a", 1))
        async with asyncio.timeout(30):
            await relay._wakeups.listening.wait()
        await sent.until(1)
    finally:
        await relay.stop()
        await elsewhere.close()


FIRST_SHAPE = """
CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, type text NOT NULL,
    version int NOT NULL, aggregate_id text NOT NULL, occurred_at timestamptz NOT NULL, traceparent text,
    payload jsonb NOT NULL, attempts int NOT NULL DEFAULT 0, not_before timestamptz NOT NULL, error text,
    dead_at timestamptz);
CREATE INDEX outbox_waiting ON outbox (aggregate_id, position) WHERE dead_at IS NULL;
INSERT INTO outbox (id, type, version, aggregate_id, occurred_at, payload, not_before)
    VALUES ('e1', 'ToyMoved', 1, 'a', now(), '{"toyId": "a", "step": 7}', now());
"""


async def test_tables_of_an_earlier_version_are_brought_to_todays_shape(database: Database):
    async with database.engine.begin() as connection:
        for statement in ("DROP TABLE outbox, inbox_failures", *filter(str.strip, FIRST_SHAPE.split(";"))):
            await connection.execute(text(statement))
        for _ in range(2):
            await connection.run_sync(upgrade_event_tables)
    sent = Recorder()

    await drain(Relay("toys", database, sent))

    assert sent.steps == [("a", 7)]
    indexes = await column(database, "SELECT indexname FROM pg_indexes WHERE tablename = 'outbox'")
    assert {"outbox_unsent", "outbox_unsent_of_aggregate", "outbox_sent"} <= set(indexes)
    assert "outbox_waiting" not in indexes


async def test_a_database_without_events_stays_without(database: Database):
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE outbox, inbox_failures"))
        await connection.run_sync(upgrade_event_tables)

    assert await column(database, "SELECT 1 WHERE to_regclass('inbox_failures') IS NOT NULL") == []
