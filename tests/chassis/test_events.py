"""Events: what an envelope carries, and how one travels inside a process."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.events import Envelope, Event, InProcess, Listener, plain
from chassis.inbox import Consumer
from chassis.money import Amount, Currency
from chassis.relay import Relay
from tests.chassis.toy_events import ToyMoved, drain, envelope, say

pytestmark = pytest.mark.anyio


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


async def test_in_process_an_event_sent_again_for_one_consumer_reaches_only_that_one():
    transport, heard = InProcess(), []
    for name in ("shelf", "till"):

        async def deliver(received: Envelope, *, name: str = name) -> None:
            heard.append((name, received.id))

        transport.subscribe(name, frozenset({"toys"}), deliver)

    await transport.publish(envelope("e1", only_to="till"))
    await transport.publish(envelope("e2"))

    assert heard == [("till", "e1"), ("shelf", "e2"), ("till", "e2")]


def test_whom_an_event_is_for_travels_with_it_and_only_then():
    everyone, one = envelope(), envelope(only_to="till")

    assert b"onlyTo" not in everyone.to_json()
    assert Envelope.from_json(one.to_json()) == one
