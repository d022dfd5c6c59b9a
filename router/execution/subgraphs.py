"""Subgraphs as they are called: one request with the right headers, shared while in flight.

In-flight sharing: two requests of the same text to the same subgraph with the same forwarded headers are one request.
Never mutations, which are sent as often as they are asked for.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from router.http.signature import Signature
from router.http.transport import Call, Done, Exchange, Outcome

if TYPE_CHECKING:
    from router.execution.asking import Answer
    from router.http.sources import Source

log = logging.getLogger("router")


@dataclass(frozen=True, slots=True)
class Target:
    """How one subgraph is called; times in milliseconds."""

    name: str
    url: str
    timeout_ms: int
    shared: bool
    show_errors: bool
    exchange: Exchange
    source: Source | None = None
    signature: Signature | None = None

    def signed(self, headers: bytes, body: bytes) -> bytes:
        """The header lines with the router's signature of the body, where one is wanted."""
        return headers if self.signature is None else headers + self.signature.line(body)


class _Flight:
    """One request under way and those who wait for it."""

    __slots__ = ("call", "flights", "key", "landed", "waiting")

    def __init__(self, flights: dict[tuple[str, bytes, bytes], _Flight], key: tuple[str, bytes, bytes]) -> None:
        self.flights = flights
        self.key = key
        self.waiting: list[Done] = []
        self.call: Call | None = None
        self.landed = False

    def land(self, outcome: Outcome) -> None:
        self.landed = True
        self.flights.pop(self.key, None)
        # The call knows this flight: forgotten, both go at once and not at the collector's next round.
        self.call = None
        waiting, self.waiting = self.waiting, []
        for on_done in waiting:
            try:
                on_done(outcome)
            except Exception:
                # One who fails must not take the answer from the others.
                log.exception("a reply could not be taken up")


class _Seat:
    """One waiter's place in a flight; a Call."""

    __slots__ = ("flight", "on_done")

    def __init__(self, flight: _Flight, on_done: Done) -> None:
        self.flight = flight
        self.on_done = on_done

    def cancel(self) -> None:
        """Leave; the last one to leave ends the request, since nobody would read its reply."""
        flight = self.flight
        if flight.landed or self.on_done not in flight.waiting:
            return
        flight.waiting.remove(self.on_done)
        if not flight.waiting and flight.call is not None:
            flight.flights.pop(flight.key, None)
            flight.call.cancel()


class Subgraphs:
    """Every subgraph of a supergraph, ready to be called."""

    def __init__(self, targets: Mapping[str, Target]) -> None:
        self.targets = targets
        self.requests = 0
        self._flights: dict[tuple[str, bytes, bytes], _Flight] = {}

    def send(self, subgraph: str, headers: bytes, body: bytes, *, repeatable: bool, on_done: Done) -> Call:
        """Send a request, or wait for one that is the same; `on_done` gets the outcome once."""
        target = self.targets[subgraph]
        if not (repeatable and target.shared):
            self.requests += 1
            signed = target.signed(headers, body)
            return target.exchange.send(
                target.url, signed, body, timeout_ms=target.timeout_ms, repeatable=repeatable, on_done=on_done
            )
        key = (subgraph, headers, body)
        flight = self._flights.get(key)
        if flight is not None:
            flight.waiting.append(on_done)
            return _Seat(flight, on_done)
        self.requests += 1
        flight = self._flights[key] = _Flight(self._flights, key)
        flight.waiting.append(on_done)
        signed = target.signed(headers, body)
        call = target.exchange.send(
            target.url, signed, body, timeout_ms=target.timeout_ms, repeatable=True, on_done=flight.land
        )
        if not flight.landed:
            flight.call = call
        return _Seat(flight, on_done)

    def subscribe(
        self, subgraph: str, headers: bytes, body: bytes
    ) -> AbstractAsyncContextManager[AsyncIterator[Answer]]:
        """Subscribe at a subgraph; see Source.subscribe."""
        target = self.targets[subgraph]
        assert target.source is not None
        self.requests += 1
        return target.source.subscribe(target.url, target.signed(headers, body), body)
