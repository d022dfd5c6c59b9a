"""Events: written with what caused them, sent in order, their effect once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from chassis import trace
from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.events import Envelope, Event, InProcess, Listener, plain
from chassis.inbox import Consumer
from chassis.money import Amount, Currency
from chassis.outbox import Backlog, Relay, announce

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class ToyMoved(Event):
    toy_id: str
    step: int = 0

    @property
    def aggregate_id(self) -> str:
        return self.toy_id


@dataclass
class Recorder:
    """A transport that keeps what it is given, and fails when told to."""

    published: list[Envelope] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)

    async def publish(self, envelope: Envelope) -> None:
        if envelope.aggregate_id in self.failing:
            raise OSError("the transport is away")
        self.published.append(envelope)

    def subscribe(self, *_: object) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    @property
    def steps(self) -> list[tuple[str, int]]:
        return [(each.aggregate_id, each.payload["step"]) for each in self.published]


async def say(database: Database, *events: Event) -> None:
    async with database.transaction() as session:
        await announce(session, *events)


async def drain(relay: Relay) -> None:
    while await relay.relay_once():
        pass


async def test_an_event_is_kept_or_dropped_with_what_caused_it(database: Database):
    relay = Relay("toys", database, Recorder())
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            await announce(session, ToyMoved("a"))
            raise ZeroDivisionError
    assert await relay.backlog() == Backlog(waiting=0, dead=0)

    await say(database, ToyMoved("a"))

    assert await relay.backlog() == Backlog(waiting=1, dead=0)


async def test_the_envelope_says_what_happened_to_what_and_when(database: Database):
    sent = Recorder()
    trace.accept("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    await say(database, ToyMoved("a", 7))
    trace.accept(None)

    await drain(Relay("toys", database, sent))

    (envelope,) = sent.published
    assert (envelope.source, envelope.type, envelope.version) == ("toys", "ToyMoved", 1)
    assert envelope.payload == {"toyId": "a", "step": 7}
    assert envelope.occurred_at.tzinfo is not None
    assert envelope.topic == "toys-events"
    assert envelope.traceparent == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert Envelope.from_json(envelope.to_json()) == envelope


async def test_events_of_one_aggregate_go_in_order(database: Database):
    sent = Recorder()
    for step in range(5):
        await say(database, ToyMoved("a", step), ToyMoved("b", step))

    await drain(Relay("toys", database, sent))

    for toy in ("a", "b"):
        assert [step for each, step in sent.steps if each == toy] == list(range(5))
    sequences = [each.sequence for each in sent.published if each.aggregate_id == "a"]
    assert sequences == sorted(sequences)


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
    assert await relay.backlog() == Backlog(waiting=0, dead=1)
    async with database.reading() as session:
        error = (await session.execute(text("SELECT error FROM outbox WHERE dead_at IS NOT NULL"))).scalar_one()
    assert "the transport is away" in error


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


@pytest.fixture
async def effects(database: Database) -> Callable:
    """A handler whose effect is a row, and how many there are."""
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE IF NOT EXISTS effects (event text)"))
        await session.execute(text("TRUNCATE effects"))

    async def handle(session, envelope: Envelope) -> None:
        await session.execute(text("INSERT INTO effects VALUES (:id)"), {"id": envelope.id})

    async def count() -> int:
        async with database.reading() as session:
            return (await session.execute(text("SELECT count(*) FROM effects"))).scalar_one()

    handle.count = count  # type: ignore[attr-defined]
    return handle


def envelope(id: str = "e1", **changed: object) -> Envelope:
    fields = {
        "id": id,
        "source": "toys",
        "type": "ToyMoved",
        "version": 1,
        "occurred_at": datetime.now(UTC),
        "aggregate_id": "a",
        "sequence": 1,
        "payload": {},
    }
    return Envelope(**{**fields, **changed})  # type: ignore[arg-type]


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
    with pytest.raises(OSError):
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


async def test_in_process_one_failing_consumer_starves_nobody_and_is_tried_again(database: Database, effects):
    transport, clock, failing = InProcess(), StoppedClock(datetime.now(UTC)), [True]

    async def fragile(session, received: Envelope) -> None:
        if failing:
            raise OSError("not now")

    steady = Consumer("steady", database, [Listener("toys", "ToyMoved", effects)])
    transport.subscribe("steady", steady.sources, steady.deliver)
    heard: list[str] = []

    async def shaky(received: Envelope) -> None:
        await fragile(None, received)
        heard.append(received.id)

    transport.subscribe("shaky", frozenset({"toys"}), shaky)
    relay = Relay("toys", database, transport, clock=clock)
    await say(database, ToyMoved("a", 1))
    clock.advance(seconds=1)

    await drain(relay)
    assert (await effects.count(), heard) == (1, [])
    failing.clear()
    clock.advance(seconds=1)
    await drain(relay)

    assert await effects.count() == 1
    assert len(heard) == 1


def test_a_payload_is_plain_json():
    @dataclass(frozen=True)
    class Line:
        unit_price: Amount

    @dataclass(frozen=True)
    class Rich(Event):
        at: datetime
        lines: tuple[Line, ...]
        rate: Decimal
        currency: Currency
        skus: frozenset[str]
        nothing: None = None

    event = Rich(
        datetime(2025, 1, 1, tzinfo=UTC), (Line(Amount(150)),), Decimal("0.10"), Currency.USD, frozenset({"A"})
    )

    assert event.payload() == {
        "at": "2025-01-01T00:00:00+00:00",
        "lines": [{"unitPrice": {"amount": "1.50", "currency": "USD"}}],
        "rate": "0.10",
        "currency": "USD",
        "skus": ["A"],
        "nothing": None,
    }


@pytest.mark.parametrize("value", [object(), 1.5, b"bytes"])
def test_what_has_no_plain_form_is_refused(value: object):
    with pytest.raises(TypeError):
        plain(value)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": 1}', b"null"])
def test_what_is_no_envelope_is_refused(body: bytes):
    with pytest.raises(ValueError):
        Envelope.from_json(body)


def test_an_event_must_name_its_aggregate():
    with pytest.raises(TypeError, match="aggregate_id"):
        _ = Event().aggregate_id
    with pytest.raises(TypeError, match="dataclass"):
        Event().payload()
