"""Asking subgraphs: one request with the right headers, shared while in flight, its reply read as GraphQL.

In-flight sharing: two requests of the same text to the same URL with the same forwarded headers are one request. Never
mutations, which are sent as often as they are asked for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from router.http.transport import Exchange, Malformed, Reply, Trouble


class BadStatus(Trouble):
    """The subgraph answered, but not with a GraphQL response."""


class BadContentType(Trouble):
    """The subgraph answered with something that is not JSON."""


@dataclass(frozen=True, slots=True)
class Target:
    """How one subgraph is called; times in milliseconds."""

    name: str
    url: str
    timeout_ms: int
    shared: bool
    show_errors: bool
    exchange: Exchange


@dataclass(slots=True)
class Timing:
    """One subgraph request, for those who ask what a request cost. Milliseconds since the request began."""

    subgraph: str
    operation_name: str | None
    start_ms: float
    end_ms: float
    representations: int
    shared: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A GraphQL response of a subgraph; `errors` as it wrote them."""

    data: dict[str, Any] | None
    errors: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True)
class Asking:
    """What belongs to one client request: the header lines for each subgraph, and the log of fetches when wanted."""

    headers: Mapping[str, bytes]
    fetches: list[Timing] | None = None
    began: float = field(default_factory=time.perf_counter)


class _Flight:
    """One request under way, with those who wait for it."""

    __slots__ = ("task", "waiting")

    def __init__(self, task: asyncio.Task[Reply]) -> None:
        self.task = task
        self.waiting = 0


class Subgraphs:
    """Every subgraph of a supergraph, ready to be asked."""

    def __init__(self, targets: Mapping[str, Target]) -> None:
        self.targets = targets
        self.requests = 0
        self._flights: dict[tuple[str, bytes, bytes], _Flight] = {}

    async def post(self, target: Target, headers: bytes, body: bytes, *, repeatable: bool) -> Reply:
        """The raw reply. Raises Trouble."""
        if not (repeatable and target.shared):
            self.requests += 1
            return await target.exchange.post(
                target.url, headers, body, timeout_ms=target.timeout_ms, repeatable=repeatable
            )
        key = (target.name, headers, body)
        flight = self._flights.get(key)
        if flight is None:
            self.requests += 1
            call = target.exchange.post(target.url, headers, body, timeout_ms=target.timeout_ms, repeatable=True)
            flight = self._flights[key] = _Flight(asyncio.ensure_future(call))
            flight.task.add_done_callback(lambda _: self._flights.pop(key, None))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            # The last one to leave ends the request: nobody would read its reply.
            if flight.waiting == 1:
                flight.task.cancel()
            raise
        finally:
            flight.waiting -= 1

    async def ask(
        self,
        subgraph: str,
        body: bytes,
        asking: Asking,
        *,
        repeatable: bool,
        operation_name: str | None,
        representations: int,
    ) -> Answer:
        """The subgraph's answer. Raises Trouble."""
        target = self.targets[subgraph]
        start = time.perf_counter()
        try:
            reply = await self.post(target, asking.headers.get(subgraph, b""), body, repeatable=repeatable)
        finally:
            if asking.fetches is not None:
                now = time.perf_counter()
                asking.fetches.append(
                    Timing(
                        subgraph,
                        operation_name,
                        round((start - asking.began) * 1000, 3),
                        round((now - asking.began) * 1000, 3),
                        representations,
                        target.shared and repeatable,
                    )
                )
        return read(target, reply)


def read(target: Target, reply: Reply) -> Answer:
    """A reply, read as a GraphQL response (GraphQL over HTTP, 6.4). Raises Trouble."""
    kind = reply.content_type.partition(";")[0].strip().lower()
    if kind and kind not in ("application/json", "application/graphql-response+json"):
        if not 200 <= reply.status < 300:
            raise BadStatus(f"HTTP status {reply.status}")
        raise BadContentType(f"answered with content-type {kind!r}")
    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        if not 200 <= reply.status < 300:
            raise BadStatus(f"HTTP status {reply.status}") from None
        raise Malformed("answered with broken JSON") from None
    if not isinstance(body, dict) or not ("data" in body or "errors" in body):
        if not 200 <= reply.status < 300:
            raise BadStatus(f"HTTP status {reply.status}")
        raise Malformed("answered with JSON that is no GraphQL response")
    data, errors = body.get("data"), body.get("errors") or []
    if not (data is None or isinstance(data, dict)) or not isinstance(errors, list):
        raise Malformed("answered with JSON that is no GraphQL response")
    return Answer(data, tuple(e if isinstance(e, dict) else {"message": str(e)} for e in errors))
