"""What subgraphs tell each other: the envelope, the listener, and the transports that carry envelopes.

    @dataclass(frozen=True)
    class OrderCancelled(Event):                  # subgraphs/orders/events.py: ids and facts, past tense
        order_id: str
        skus: list[str]

        @property
        def aggregate_id(self) -> str:
            return self.order_id

    await announce(session, OrderCancelled(order.id, skus))  # chassis.outbox, in the transaction that caused it

    # In another subgraph's app.py. The handler runs once per event, in a transaction of its own.
    listens=[Listener("orders", "OrderCancelled", stock.release_cancelled)]
    async def release_cancelled(self, session: AsyncSession, event: Envelope) -> None: ...

A transport delivers at least once and in order per aggregate; the inbox (chassis.inbox) makes the effect happen once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Protocol

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.money import Amount


class Event:
    """Base of the frozen dataclasses a subgraph announces. The class's name is the event's type."""

    version: ClassVar[int] = 1

    @property
    def aggregate_id(self) -> str:
        """The id of what changed: events of one aggregate arrive in order."""
        raise TypeError(f"{type(self).__name__} must define aggregate_id")

    def payload(self) -> dict[str, Any]:
        """The event's fields as plain JSON under camelCase names; amounts as {amount, currency}."""
        if not is_dataclass(self):
            raise TypeError(f"{type(self).__name__} must be a dataclass")
        return {camel(item.name): plain(getattr(self, item.name)) for item in fields(self)}


def camel(name: str) -> str:
    """order_id → orderId."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def plain(value: Any) -> Any:
    """A value as JSON has it. TypeError for what has no plain form."""
    match value:
        case Amount():
            return {"amount": str(value.decimal), "currency": value.currency}
        case Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case Decimal():
            return str(value)
        case None | bool() | int() | str():
            return value
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {camel(item.name): plain(getattr(value, item.name)) for item in fields(value)}
        case _:
            raise TypeError(f"an event cannot carry a {type(value).__name__}")


class Postponed(Exception):
    """Not now, and not the event's fault: the consumer, or something it needs, is away. Deliver again later."""


class TransportAway(Exception):
    """The transport takes nothing at the moment."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event on its way. `sequence` grows within an aggregate, with gaps; times are aware UTC.

    `only_to` names the one consumer an event is sent again for; the others pay no heed.
    """

    id: str
    source: str
    type: str
    version: int
    occurred_at: datetime
    aggregate_id: str
    sequence: int
    payload: Mapping[str, Any]
    traceparent: str | None = None
    only_to: str | None = None

    @property
    def topic(self) -> str:
        """The stream all events of one subgraph travel on: `orders-events`."""
        return f"{self.source}-events"

    def to_json(self) -> bytes:
        """The plain JSON body every transport carries."""
        value = {
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "version": self.version,
            "occurredAt": self.occurred_at.isoformat(),
            "aggregateId": self.aggregate_id,
            "sequence": self.sequence,
            "traceparent": self.traceparent,
            "payload": dict(self.payload),
        }
        if self.only_to is not None:
            value["onlyTo"] = self.only_to
        return orjson.dumps(value)

    @classmethod
    def from_json(cls, body: bytes | str) -> Envelope:
        """Read a body back; ValueError when it is not an envelope."""
        try:
            value = orjson.loads(body)
            return cls(
                id=value["id"],
                source=value["source"],
                type=value["type"],
                version=value["version"],
                occurred_at=datetime.fromisoformat(value["occurredAt"]),
                aggregate_id=value["aggregateId"],
                sequence=value["sequence"],
                payload=value["payload"],
                traceparent=value.get("traceparent"),
                only_to=value.get("onlyTo"),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not an event envelope: {error!r}") from error


Handler = Callable[[AsyncSession, Envelope], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Listener:
    """Interest in one type of event of one subgraph."""

    source: str
    type: str
    handle: Handler


Deliver = Callable[[Envelope], Awaitable[None]]
# Envelopes of different aggregates, and what came of each: None, or what `Deliver` would have raised.
DeliverAll = Callable[[Sequence[Envelope]], Awaitable[list[Exception | None]]]

# Events of different aggregates handed over at the same time: each may cost its consumers a connection.
SIDE_BY_SIDE = 4


class Transport(Protocol):
    """Carries envelopes from relays to consumers, at least once."""

    async def publish(self, envelope: Envelope) -> None:
        """Hand over one envelope; raises when it must be published again later.

        TransportAway when nothing can be published now, Postponed when a consumer asks for time, anything else when
        this event is the trouble.
        """
        ...

    async def publish_all(self, envelopes: Sequence[Envelope]) -> list[Exception | None]:
        """Hand over envelopes of different aggregates; what `publish` raised for each, or None.

        Once the transport is away no more are tried.
        """
        turns = asyncio.Semaphore(SIDE_BY_SIDE)
        away: TransportAway | None = None

        async def publish(envelope: Envelope) -> Exception | None:
            nonlocal away
            async with turns:
                if away is not None:
                    return away
                try:
                    await self.publish(envelope)
                except TransportAway as gone:
                    away = gone
                    return gone
                except Exception as error:  # noqa: BLE001 -- whatever it was, the others are still to go
                    return error
                return None

        return await asyncio.gather(*map(publish, envelopes))

    async def gap(self, source: str) -> str | None:
        """None when everything published for this source is still known; else a name for what is missing.

        Then what was published lately is to be published again, and `mended` called. TransportAway when unknown.
        """
        ...

    async def mended(self, source: str, gap: str) -> None:
        """Note that it is on its way again; a gap that came since stays one."""
        ...

    async def behind(self, consumer: str) -> Mapping[str, int]:
        """By source, how many events were published that a consumer here has not settled; roughly."""
        ...

    def subscribe(
        self, consumer: str, sources: frozenset[str], deliver: Deliver, deliver_all: DeliverAll | None = None
    ) -> None:
        """Register a consumer before `start`; `deliver` raises when it could not make the effect happen.

        With `deliver_all`, what arrives together is delivered together.
        """
        ...

    async def start(self) -> None:
        """Begin delivering."""
        ...

    async def stop(self) -> None:
        """Stop delivering; what was not acknowledged is delivered again after the next start."""
        ...


@dataclass(frozen=True, slots=True)
class _Subscription:
    consumer: str
    sources: frozenset[str]
    deliver: Deliver
    deliver_all: DeliverAll | None

    def wants(self, envelope: Envelope) -> bool:
        return envelope.source in self.sources and envelope.only_to in {None, self.consumer}

    async def take(self, envelopes: Sequence[Envelope]) -> list[Exception | None]:
        if self.deliver_all is not None:
            return await self.deliver_all(envelopes)
        outcomes: list[Exception | None] = []
        for envelope in envelopes:
            try:
                await self.deliver(envelope)
                outcomes.append(None)
            except Exception as error:  # noqa: BLE001 -- one event's fault must not keep the others
                outcomes.append(error)
        return outcomes


class InProcess(Transport):
    """Delivers straight to the consumers in this process: the embedded default, where there is no Redis.

    Publishing fails while a consumer fails, so the outbox is what remembers; there is nothing else to forget.
    """

    def __init__(self) -> None:
        self._consumers: list[_Subscription] = []

    async def publish(self, envelope: Envelope) -> None:
        """Deliver to every consumer of the source; the first failure is raised after all were tried."""
        (failure,) = await self.publish_all([envelope])
        if failure is not None:
            raise failure

    async def publish_all(self, envelopes: Sequence[Envelope]) -> list[Exception | None]:
        """Deliver to each consumer all that it wants at once; of what failed, the first failure."""
        failures: dict[str, Exception] = {}

        async def deliver(consumer: _Subscription) -> None:
            wanted = [envelope for envelope in envelopes if consumer.wants(envelope)]
            if not wanted:
                return
            try:
                outcomes: Sequence[Exception | None] = await consumer.take(wanted)
            except Exception as error:  # noqa: BLE001 -- one consumer's fault must not starve the others
                outcomes = [error] * len(wanted)
            for envelope, failure in zip(wanted, outcomes, strict=True):
                if failure is not None:
                    failures.setdefault(envelope.id, failure)

        await asyncio.gather(*map(deliver, self._consumers))
        return [failures.get(envelope.id) for envelope in envelopes]

    async def gap(self, source: str) -> str | None:
        """None: nothing is kept here that could be lost."""
        del source
        return None

    async def mended(self, source: str, gap: str) -> None:
        """Nothing to note."""

    async def behind(self, consumer: str) -> Mapping[str, int]:
        """None: what is published was delivered."""
        del consumer
        return {}

    def subscribe(
        self, consumer: str, sources: frozenset[str], deliver: Deliver, deliver_all: DeliverAll | None = None
    ) -> None:
        """Register a consumer."""
        self._consumers.append(_Subscription(consumer, sources, deliver, deliver_all))

    async def start(self) -> None:
        """Nothing to begin: publishing delivers."""

    async def stop(self) -> None:
        """Nothing runs between two publishes."""
