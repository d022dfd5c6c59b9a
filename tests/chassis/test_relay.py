"""The relay: in order per aggregate, at least once, patient with what is away, and able to send again."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.events import Envelope, Postponed
from chassis.relay import Backlog, Relay, dead_events, forget_sent, kept_events, revive_sending, send_again
from tests.chassis.toy_events import WAITS_FOR_A_LOCK, Recorder, ToyMoved, column, drain, say

pytestmark = pytest.mark.anyio


async def test_events_of_one_aggregate_go_in_order(database: Database):
    sent = Recorder()
    for step in range(5):
        await say(database, ToyMoved("a", step), ToyMoved("b", step))

    await drain(Relay("toys", database, sent))

    for toy in ("a", "b"):
        assert [step for each, step in sent.steps if each == toy] == list(range(5))
    sequences = [each.sequence for each in sent.published if each.aggregate_id == "a"]
    assert sequences == sorted(sequences)


async def test_a_burst_is_claimed_and_marked_as_a_whole(database: Database):
    sent = Recorder()
    for step in range(4):
        await say(database, *(ToyMoved(f"toy-{number}", step) for number in range(5)))
    relay = Relay("toys", database, sent)

    with database.counting() as statements:
        assert await relay.relay_once() == 20

    assert len(statements) == 3
    for number in range(5):
        assert [step for toy, step in sent.steps if toy == f"toy-{number}"] == list(range(4))


async def test_what_follows_a_failed_event_waits_untried(database: Database):
    sent = Recorder(failing={"a"})
    await say(database, ToyMoved("a", 1), ToyMoved("a", 2), ToyMoved("b", 1), ToyMoved("b", 2))

    await Relay("toys", database, sent).relay_once()

    assert sent.steps == [("b", 1), ("b", 2)]
    assert await column(database, "SELECT attempts FROM outbox WHERE aggregate_id = 'a' ORDER BY position") == [1, 0]


async def test_a_relay_with_nothing_to_send_asks_one_question(database: Database):
    relay = Relay("toys", database, Recorder())
    with database.counting() as statements:
        assert not await relay._anything_due()
    await say(database, ToyMoved("a", 1))

    assert len(statements) == 1
    assert await relay._anything_due()


async def test_two_relays_share_the_work_and_send_nothing_twice(database: Database):
    for step in range(10):
        await say(database, *(ToyMoved(f"toy-{number}", step) for number in range(5)))
    first, second = Recorder(), Recorder()

    await asyncio.gather(drain(Relay("toys", database, first)), drain(Relay("toys", database, second)))
    await drain(Relay("toys", database, first))

    everything = first.published + second.published
    assert len(everything) == len({each.id for each in everything}) == 50


async def test_a_relay_never_overtakes_another_within_an_aggregate(database: Database):
    await say(database, ToyMoved("a", 1), ToyMoved("a", 2), ToyMoved("b", 1))
    sending, release = asyncio.Event(), asyncio.Event()

    class Stuck(Recorder):
        async def publish(self, envelope: Envelope) -> None:
            if envelope.aggregate_id == "a":
                sending.set()
                await release.wait()
            await super().publish(envelope)

    slow, quick = Stuck(), Recorder()
    stuck = asyncio.create_task(Relay("toys", database, slow, batch=1).relay_once())
    await sending.wait()
    await drain(Relay("toys", database, quick))
    assert quick.steps == [("b", 1)]

    release.set()
    await stuck
    await drain(Relay("toys", database, quick))

    assert slow.steps == [("a", 1)]
    assert quick.steps == [("b", 1), ("a", 2)]


async def test_a_failed_delivery_waits_longer_each_time_and_holds_only_its_own_aggregate(database: Database):
    clock, sent = StoppedClock(datetime.now(UTC)), Recorder(failing={"a"})
    relay = Relay("toys", database, sent, clock=clock)
    await say(database, ToyMoved("a", 1), ToyMoved("a", 2), ToyMoved("b", 1))
    clock.advance(seconds=1)

    await drain(relay)
    assert sent.steps == [("b", 1)]

    sent.failing.clear()
    await drain(relay)
    assert sent.steps == [("b", 1)]

    clock.advance(milliseconds=250)
    await drain(relay)
    assert sent.steps == [("b", 1), ("a", 1), ("a", 2)]


async def test_an_event_nobody_can_take_is_set_aside_and_the_next_goes(database: Database):
    clock, sent = StoppedClock(datetime.now(UTC)), Recorder(failing={"a"})
    relay = Relay("toys", database, sent, attempts_max=3, clock=clock)
    await say(database, ToyMoved("a", 1))

    for _ in range(3):
        clock.advance(minutes=10)
        await relay.relay_once()
    sent.failing.clear()
    await say(database, ToyMoved("a", 2))
    clock.advance(minutes=10)
    await drain(relay)

    assert sent.steps == [("a", 2)]
    assert (await relay.backlog()).dead == 1
    async with database.reading() as session:
        error = (await session.execute(text("SELECT error FROM outbox WHERE dead_at IS NOT NULL"))).scalar_one()
    assert "will not have it" in error


async def test_a_commit_wakes_the_relay(database: Database):
    arrived = asyncio.Event()

    class Announcing(Recorder):
        async def publish(self, envelope: Envelope) -> None:
            await super().publish(envelope)
            arrived.set()

    sent = Announcing()
    relay = Relay("toys", database, sent, poll_ms=60_000)
    await relay.start()
    try:
        await say(database, ToyMoved("a", 1))
        async with asyncio.timeout(30):
            await arrived.wait()
    finally:
        await relay.stop()

    assert sent.steps == [("a", 1)]


async def test_a_relay_outlives_its_database_being_away(database: Database, monkeypatch: pytest.MonkeyPatch):
    arrived, failures = asyncio.Event(), 0

    class Announcing(Recorder):
        async def publish(self, envelope: Envelope) -> None:
            await super().publish(envelope)
            arrived.set()

    relay = Relay("toys", database, Announcing(), poll_ms=10)
    due = relay._due

    async def failing_first(*arguments):
        nonlocal failures
        failures += 1
        if failures < 3:
            raise OSError("the database is away")
        return await due(*arguments)

    monkeypatch.setattr(relay, "_due", failing_first)
    await say(database, ToyMoved("a", 1))
    await relay.start()
    try:
        async with asyncio.timeout(30):
            await arrived.wait()
    finally:
        await relay.stop()


async def test_two_relays_and_a_slow_transport_keep_each_aggregates_order(database: Database):
    for step in range(8):
        await say(database, *(ToyMoved(f"toy-{number}", step) for number in range(4)))
    sent = Recorder()

    class Slow(Recorder):
        """Takes its time over each event, so that the relays are always in each other's way."""

        async def publish(self, envelope: Envelope) -> None:
            for _ in range(hash(envelope.id) % 7):
                await asyncio.sleep(0)
            await sent.publish(envelope)

    relays = [Relay("toys", database, Slow(), poll_ms=10, batch=3) for _ in range(3)]
    for relay in relays:
        await relay.start()
    try:
        await sent.until(32)
        # One that is stopped before it has marked what it published leaves that for another to send again.
        async with asyncio.timeout(60):
            while (await relays[0].backlog()).waiting:
                pass
    finally:
        for relay in relays:
            await relay.stop()

    for number in range(4):
        assert [step for toy, step in sent.steps if toy == f"toy-{number}"] == list(range(8))


async def test_a_slow_aggregate_does_not_keep_the_others_waiting(database: Database):
    class Waiting(Recorder):
        async def publish(self, envelope: Envelope) -> None:
            if envelope.aggregate_id == "a":
                await self.until(1)
            await super().publish(envelope)

    sent = Waiting()
    await say(database, ToyMoved("a", 1), ToyMoved("b", 1))

    await drain(Relay("toys", database, sent))

    assert sent.steps == [("b", 1), ("a", 1)]


async def test_a_consumer_that_asks_for_time_costs_its_event_nothing(database: Database):
    clock = StoppedClock(datetime.now(UTC))

    class Busy(Recorder):
        async def publish(self, envelope: Envelope) -> None:
            raise Postponed("its database restarts")

    await say(database, ToyMoved("a", 1))
    relay = Relay("toys", database, Busy(), attempts_max=2, clock=clock)
    for _ in range(20):
        clock.advance(minutes=1)
        await relay.relay_once()

    waiting = await relay.backlog()
    assert (waiting.waiting, waiting.dead) == (1, 0)
    not_before = await column(database, "SELECT not_before FROM outbox")
    assert (not_before[0] - clock.at).total_seconds() == 5


async def test_a_transport_that_is_away_costs_its_events_nothing_and_is_asked_once(database: Database):
    clock, sent = StoppedClock(datetime.now(UTC)), Recorder(away=True)
    await say(database, ToyMoved("a", 1), ToyMoved("b", 1))
    relay = Relay("toys", database, sent, attempts_max=1, clock=clock)
    clock.advance(seconds=1)

    await relay.relay_once()
    assert await column(database, "SELECT attempts FROM outbox") == [0, 0]
    sent.away = False
    await drain(relay)

    assert sent.steps == [("a", 1), ("b", 1)]


async def test_sent_events_are_kept_for_as_long_as_they_may_be_asked_for_again(database: Database):
    clock = StoppedClock(datetime.now(UTC))
    relay = Relay("toys", database, Recorder(), clock=clock)
    await say(database, ToyMoved("a", 1))
    clock.advance(seconds=1)
    await drain(relay)
    await say(database, ToyMoved("a", 2))

    clock.advance(days=13)
    await forget_sent(database, days=14, clock=clock)
    assert len(await column(database, "SELECT 1 FROM outbox")) == 2
    clock.advance(days=2)
    await forget_sent(database, days=14, clock=clock)

    (left,) = await kept_events(database, count=10)
    assert left.state == "waiting"


async def test_a_large_table_is_swept_in_parts(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("chassis.relay.SWEEP_MAX", 3)
    for step in range(7):
        await say(database, ToyMoved("a", step))
    clock = StoppedClock(datetime.now(UTC))
    await drain(Relay("toys", database, Recorder(), clock=clock))

    clock.advance(days=15)
    await forget_sent(database, days=14, clock=clock)

    assert await column(database, "SELECT 1 FROM outbox") == []


async def test_events_are_sent_again_from_a_position_in_their_order(database: Database):
    sent = Recorder()
    relay = Relay("toys", database, sent)
    for step in range(4):
        await say(database, ToyMoved("a", step))
    await drain(relay)
    first = list(sent.published)
    sent.published.clear()

    assert await send_again(database, position=first[2].sequence) == 2
    await say(database, ToyMoved("a", 4))
    await drain(relay)

    assert sent.steps == [("a", 2), ("a", 3), ("a", 4)]
    assert sent.published[:2] == first[2:]


async def test_what_is_sent_again_takes_nothing_past_an_event_that_waits_for_its_next_try(database: Database):
    clock, sent = StoppedClock(datetime.now(UTC) + timedelta(seconds=1)), Recorder()
    relay = Relay("toys", database, sent, clock=clock)
    await say(database, ToyMoved("a", 1))
    await drain(relay)
    sent.failing.add("a")
    await say(database, ToyMoved("a", 2))
    await relay.relay_once()
    sent.failing.clear()
    await say(database, ToyMoved("a", 3))

    await send_again(database, position=0, clock=clock)
    await drain(relay)
    clock.advance(hours=1)
    await drain(relay)

    assert sent.steps == [("a", 1), ("a", 1), ("a", 2), ("a", 3)]


async def test_events_are_sent_again_for_one_consumer_and_afterwards_for_everyone(database: Database):
    sent = Recorder()
    relay = Relay("toys", database, sent)
    await say(database, ToyMoved("a", 1))
    await drain(relay)

    await send_again(database, position=0, to="shelf")
    await drain(relay)
    await send_again(database, position=0)
    await drain(relay)

    assert [each.only_to for each in sent.published] == [None, "shelf", None]


async def test_what_the_transport_forgot_is_sent_again_as_far_as_it_may_have_been_lost(database: Database):
    clock, sent = StoppedClock(datetime.now(UTC)), Recorder()
    relay = Relay("toys", database, sent, resend_hours=24, clock=clock)
    for step in range(3):
        await say(database, ToyMoved("a", step))
        clock.advance(hours=20)
        await drain(relay)
    sent.published.clear()
    await relay.mend()
    await drain(relay)
    assert sent.steps == []

    sent.gaps.append("flushed")
    await relay.mend()
    await drain(relay)

    assert sent.steps == [("a", 1), ("a", 2)]
    assert sent.mending == ["flushed"]


async def test_what_is_being_sent_while_the_transport_forgets_is_sent_again_too(database: Database):
    await say(database, ToyMoved("a", 1))
    sending, release = asyncio.Event(), asyncio.Event()

    class Stuck(Recorder):
        async def publish(self, envelope: Envelope) -> None:
            await super().publish(envelope)
            sending.set()
            await release.wait()

    stuck, sent = asyncio.create_task(Relay("toys", database, Stuck()).relay_once()), Recorder(gaps=["flushed"])
    await sending.wait()
    mending = asyncio.create_task(Relay("toys", database, sent).mend())
    while not await column(database, WAITS_FOR_A_LOCK):
        assert not mending.done()
    release.set()
    await stuck
    await mending

    await drain(Relay("toys", database, sent))

    assert sent.steps == [("a", 1)]


async def test_the_backlog_says_how_many_wait_and_how_long(database: Database):
    clock, sent = StoppedClock(datetime.now(UTC)), Recorder(failing={"a"})
    relay = Relay("toys", database, sent, clock=clock)
    assert await relay.backlog() == Backlog(waiting=0, dead=0, oldest_s=0)
    async with database.transaction() as session:
        from chassis.outbox import announce

        await announce(session, ToyMoved("a", 1), ToyMoved("b", 1), clock=clock)

    clock.advance(seconds=90)
    await drain(relay)

    assert await relay.backlog() == Backlog(waiting=1, dead=0, oldest_s=90)


async def test_what_is_sent_again_has_not_waited_since_it_happened(database: Database):
    clock = StoppedClock(datetime.now(UTC))
    relay = Relay("toys", database, Recorder(), clock=clock)
    await say(database, ToyMoved("a", 1))
    clock.advance(days=1)
    await drain(relay)

    await send_again(database, position=0, clock=clock)
    clock.advance(seconds=3)

    assert (await relay.backlog()).oldest_s == 3


async def test_an_event_set_aside_is_listed_and_can_be_revived(database: Database):
    sent = Recorder(failing={"a"})
    await say(database, ToyMoved("a", 1), ToyMoved("b", 1))
    relay = Relay("toys", database, sent, attempts_max=1)
    await drain(relay)
    (dead,) = await dead_events(database, "toys")
    assert (dead.type, dead.attempts) == ("ToyMoved", 1)
    assert "will not have it" in dead.error

    sent.failing.clear()
    assert await revive_sending(database, dead.id)
    assert not await revive_sending(database, dead.id)
    await drain(relay)

    assert sent.steps == [("b", 1), ("a", 1)]
    assert await dead_events(database, "toys") == []
