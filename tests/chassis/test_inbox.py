"""The inbox: an effect once, a failure forgiven, a dead letter kept, an outage that costs nothing."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from chassis import trace
from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.events import Envelope, Listener, Postponed
from chassis.inbox import Consumer, dead_letter_count, dead_letters
from chassis.peers import PeerFailed, Reason
from tests.chassis.toy_events import Effects, column, envelope

pytestmark = pytest.mark.anyio


class Fragile:
    """A handler that raises while told to, after its effect."""

    def __init__(self, effects: Effects, error: Exception | None = None) -> None:
        self.effects = effects
        self.error = error

    async def __call__(self, session: Any, received: Envelope) -> None:
        await self.effects(session, received)
        if self.error is not None:
            raise self.error


def shelf(database: Database, handler: Any, **options: Any) -> Consumer:
    return Consumer("shelf", database, [Listener("toys", "ToyMoved", handler)], **options)


async def test_an_event_delivered_twice_has_its_effect_once(database: Database, effects):
    consumer = Consumer("shelf", database, [Listener("toys", "ToyMoved", effects)])

    await consumer.deliver(envelope())
    await consumer.deliver(envelope())
    await asyncio.gather(*(consumer.deliver(envelope("e2")) for _ in range(5)))

    assert await effects.count() == 2


async def test_a_handler_that_raises_leaves_no_trace_and_is_asked_again(database: Database, effects):
    failing = [True]

    async def fragile(session, received: Envelope) -> None:
        await effects(session, received)
        if failing:
            raise OSError("not now")

    consumer = Consumer("shelf", database, [Listener("toys", "ToyMoved", fragile)])
    with pytest.raises(Postponed):
        await consumer.deliver(envelope())
    assert await effects.count() == 0

    failing.clear()
    await consumer.deliver(envelope())

    assert await effects.count() == 1


async def test_ids_are_forgotten_only_when_no_transport_can_still_try(database: Database, effects):
    clock = StoppedClock(datetime.now(UTC))
    consumer = Consumer("shelf", database, [Listener("toys", "ToyMoved", effects)], clock=clock)
    await consumer.deliver(envelope())

    clock.advance(days=29)
    await consumer.forget_old()
    await consumer.deliver(envelope())
    assert await effects.count() == 1

    clock.advance(days=2)
    await consumer.forget_old()
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM inbox"))).scalar_one() == 0


async def test_events_nobody_listens_to_cost_nothing(database: Database, effects):
    consumer = Consumer("shelf", database, [Listener("toys", "ToyMoved", effects)])

    with database.counting() as statements:
        await consumer.deliver(envelope(type="ToyPainted"))
        await consumer.deliver(envelope(source="games"))

    assert statements == []
    assert consumer.sources == {"toys"}


async def test_what_fails_too_often_is_set_aside_once_and_left_alone(database: Database, effects: Effects):
    fragile = Fragile(effects, OSError("\0 not now"))
    consumer = shelf(database, fragile, attempts_max=3)

    for _ in range(2):
        with pytest.raises(Postponed):
            await consumer.deliver(envelope())
    await consumer.deliver(envelope())
    await consumer.deliver(envelope())

    (letter,) = await dead_letters(database)
    assert (letter.id, letter.source, letter.type, letter.attempts) == ("e1", "toys", "ToyMoved", 3)
    assert "not now" in letter.error
    assert await effects.count() == 0


async def test_a_dead_letter_is_revived_by_hand(database: Database, effects: Effects):
    fragile = Fragile(effects, OSError("not now"))
    consumer = shelf(database, fragile, attempts_max=1)
    await consumer.deliver(envelope())

    with pytest.raises(Postponed):
        await consumer.revive("e1")
    assert [letter.attempts for letter in await dead_letters(database)] == [2]
    fragile.error = None
    assert await consumer.revive("e1")

    assert (await effects.count(), await dead_letter_count(database)) == (1, 0)
    assert not await consumer.revive("e1")
    await consumer.deliver(envelope())
    assert await effects.count() == 1


async def test_failures_before_a_success_are_forgotten(database: Database, effects: Effects):
    fragile = Fragile(effects, OSError("not now"))
    consumer = shelf(database, fragile, attempts_max=2)
    with pytest.raises(Postponed):
        await consumer.deliver(envelope())

    fragile.error = None
    await consumer.deliver(envelope())

    assert await column(database, "SELECT id FROM inbox_failures") == []


async def test_failures_are_counted_across_processes(database: Database, effects: Effects):
    fragile = Fragile(effects, OSError("not now"))
    for _ in range(2):
        with pytest.raises(Postponed):
            await shelf(database, fragile, attempts_max=3).deliver(envelope())

    await shelf(database, fragile, attempts_max=3).deliver(envelope())

    assert await dead_letter_count(database) == 1


async def test_while_its_database_is_away_nothing_is_counted(database: Database, effects: Effects):
    away = shelf(Database("postgresql://postgres@127.0.0.1:1/nowhere"), effects, attempts_max=1)

    for _ in range(3):
        with pytest.raises(Postponed):
            await away.deliver(envelope())

    assert await dead_letter_count(database) == 0


@pytest.mark.parametrize("reason", ["refused", "slow", "cut_off"])
async def test_while_a_peer_is_away_nothing_is_counted(database: Database, effects: Effects, reason: Reason):
    consumer = shelf(database, Fragile(effects, PeerFailed("toys", reason, "…")), attempts_max=1)

    with pytest.raises(Postponed):
        await consumer.deliver(envelope())

    assert await column(database, "SELECT id FROM inbox_failures") == []


@pytest.mark.parametrize(
    "away",
    [NoConnectionFree("none within 5 s"), asyncpg.InternalClientError("another operation is in progress")],
    ids=["all connections are at work", "the server said farewell"],
)
async def test_what_a_database_that_is_away_fails_with_is_not_counted(
    database: Database, effects: Effects, away: Exception
):
    consumer = shelf(database, Fragile(effects, away), attempts_max=1)

    with pytest.raises(Postponed):
        await consumer.deliver(envelope())

    assert await column(database, "SELECT id FROM inbox_failures") == []


@pytest.mark.parametrize("state", ["57P01", "40P01", "40001", "53300", "08006"])
async def test_what_the_server_says_will_pass_is_not_counted(database: Database, effects: Effects, state: str):
    async def unlucky(session: Any, received: Envelope) -> None:
        await session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'later' USING ERRCODE = '{state}'; END $$"))

    with pytest.raises(Postponed):
        await shelf(database, unlucky, attempts_max=1).deliver(envelope())

    assert await column(database, "SELECT id FROM inbox_failures") == []


async def test_a_connection_that_ends_under_a_handler_is_not_counted(database: Database, effects: Effects):
    async def cut_off(session: Any, received: Envelope) -> None:
        await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Postponed):
        await shelf(database, cut_off, attempts_max=1).deliver(envelope())

    assert await column(database, "SELECT id FROM inbox_failures") == []


async def test_a_peer_that_answers_nonsense_is_a_failure(database: Database, effects: Effects):
    await shelf(database, Fragile(effects, PeerFailed("toys", "wrong", "…")), attempts_max=1).deliver(envelope())

    assert await dead_letter_count(database) == 1


async def test_an_event_sent_again_for_another_consumer_is_none_of_its_business(database: Database, effects: Effects):
    await shelf(database, effects).deliver(envelope(only_to="till"))
    assert await effects.count() == 0

    await shelf(database, effects).deliver(envelope(only_to="shelf"))

    assert await effects.count() == 1


async def test_a_handler_works_in_the_trace_of_what_caused_the_event(database: Database):
    seen: list[str | None] = []

    async def handle(session: Any, received: Envelope) -> None:
        seen.append(trace.traceparent.get())

    caused = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await shelf(database, handle).deliver(envelope(traceparent=caused))

    (span,) = seen
    assert span is not None
    assert span.split("-")[1] == "0af7651916cd43dd8448eb211c80319c"
    assert span != caused


async def test_events_that_arrive_together_share_a_transaction(database: Database, effects: Effects):
    consumer = shelf(database, effects)
    arrived = [envelope(f"e{number}", aggregate_id=f"toy-{number}") for number in range(5)]

    with database.counting() as statements:
        assert await consumer.deliver_all([*arrived, envelope("other", type="ToyPainted")]) == [None] * 6
    assert await consumer.deliver_all(arrived) == [None] * 5

    assert await effects.count() == 5
    # The inbox is asked once for all of them; the rest are the effects.
    assert len(statements) == 1 + 5


async def test_one_that_fails_takes_none_of_those_along_that_it_arrived_with(database: Database, effects: Effects):
    async def fragile(session: Any, received: Envelope) -> None:
        await effects(session, received)
        if received.id == "e2":
            raise OSError("not this one")

    consumer = shelf(database, fragile, attempts_max=2)
    arrived = [envelope(f"e{number}", aggregate_id=f"toy-{number}") for number in range(4)]

    outcomes = await consumer.deliver_all(arrived)
    assert [isinstance(each, Postponed) for each in outcomes] == [False, False, True, False]
    assert await effects.count() == 3

    assert await consumer.deliver_all(arrived) == [None] * 4
    assert (await effects.count(), await dead_letter_count(database)) == (3, 1)


async def test_those_that_arrive_together_step_back_from_who_is_in_their_way(database: Database, effects: Effects):
    """PostgreSQL would end one of two that wait for each other: it must never be somebody's request."""
    tried: list[str] = []
    again = asyncio.Event()

    async def locking(session: Any, received: Envelope) -> None:
        tried.append(received.id)
        if tried.count("e0") == 2:
            again.set()
        await session.execute(text("SELECT pg_advisory_xact_lock(4711)"))
        await effects(session, received)

    consumer = shelf(database, locking)
    async with database.transaction() as request:
        await request.execute(text("SELECT pg_advisory_xact_lock(4711)"))
        delivering = asyncio.create_task(consumer.deliver_all([envelope("e0"), envelope("e1", aggregate_id="b")]))
        async with asyncio.timeout(30):
            await again.wait()

    assert await delivering == [None, None]
    assert (await effects.count(), await dead_letter_count(database)) == (2, 0)


async def test_while_its_database_is_away_all_that_arrived_together_waits(database: Database, effects: Effects):
    away = shelf(Database("postgresql://postgres@127.0.0.1:1/nowhere"), effects, attempts_max=1)
    arrived = [envelope(f"e{number}", aggregate_id=f"toy-{number}") for number in range(3)]

    outcomes = await away.deliver_all([*arrived, envelope("other", type="ToyPainted")])

    assert [isinstance(each, Postponed) for each in outcomes] == [True, True, True, False]
