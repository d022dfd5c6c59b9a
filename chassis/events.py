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

import re
from collections.abc import Awaitable, Callable, Mapping
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


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event on its way. `sequence` grows per aggregate, with gaps; times are aware UTC."""

    id: str
    source: str
    type: str
    version: int
    occurred_at: datetime
    aggregate_id: str
    sequence: int
    payload: Mapping[str, Any]
    traceparent: str | None = None

    @property
    def topic(self) -> str:
        """The stream all events of one subgraph travel on: `orders-events`."""
        return f"{self.source}-events"

    def to_json(self) -> bytes:
        """The plain JSON body every transport carries."""
        return orjson.dumps({
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "version": self.version,
            "occurredAt": self.occurred_at.isoformat(),
            "aggregateId": self.aggregate_id,
            "sequence": self.sequence,
            "traceparent": self.traceparent,
            "payload": dict(self.payload),
        })  # fmt: skip

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


class Transport(Protocol):
    """Carries envelopes from relays to consumers, at least once."""

    async def publish(self, envelope: Envelope) -> None:
        """Hand over one envelope; an exception means it must be published again later."""
        ...

    def subscribe(self, consumer: str, sources: frozenset[str], deliver: Deliver) -> None:
        """Register a consumer before `start`; `deliver` raises when it could not make the effect happen."""
        ...

    async def start(self) -> None:
        """Begin delivering."""
        ...

    async def stop(self) -> None:
        """Stop delivering; what was not acknowledged is delivered again after the next start."""
        ...


class InProcess:
    """Delivers straight to the consumers in this process: the embedded default, where there is no Redis.

    Publishing fails when a consumer fails, so the relay's attempts and dead letters cover both.
    """

    def __init__(self) -> None:
        self._consumers: list[tuple[frozenset[str], Deliver]] = []

    async def publish(self, envelope: Envelope) -> None:
        """Deliver to every consumer of the source; the first failure is raised after all were tried."""
        failures: list[Exception] = []
        for sources, deliver in self._consumers:
            if envelope.source not in sources:
                continue
            try:
                await deliver(envelope)
            except Exception as error:  # noqa: BLE001 -- one consumer's fault must not starve the others
                failures.append(error)
        if failures:
            raise failures[0]

    def subscribe(self, consumer: str, sources: frozenset[str], deliver: Deliver) -> None:
        """Register a consumer."""
        del consumer
        self._consumers.append((sources, deliver))

    async def start(self) -> None:
        """Nothing to begin: publishing delivers."""

    async def stop(self) -> None:
        """Nothing runs between two publishes."""
