"""Subscriptions over HTTP: one POST, answered by an event stream (graphql-sse's protocol, distinct connections).

    event: next                     a GraphQL response
    data: {"data": {…}}

    :                               a comment now and then, so that nobody in between takes the line for dead

    event: complete                 no more will come; a stream that ends without it was cut off

Each event is executed with a context of its own: what a loader remembers of one event must not answer the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

import orjson
import structlog
from graphql import (
    DocumentNode,
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    create_source_event_stream,
    execute,
)

from chassis.context import Context
from chassis.tasks import end

log = structlog.get_logger("chassis.subscriptions")

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Formatted = Callable[[Sequence[GraphQLError]], list[dict[str, Any]]]

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    # Proxies that gather what they pass on would hold events back.
    (b"x-accel-buffering", b"no"),
]


class Refusal(Exception):
    """The subscription did not begin: its errors, as they may be shown."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors[0]["message"] if errors else "")
        self.errors = errors


class Subscription:
    """One subscription of one viewer. `context` makes what resolvers find in `info.context`, anew for each event."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        *,
        context: Callable[[], Context],
        formatted: Formatted,
        timeout_s: float,
    ) -> None:
        self._schema = schema
        self._document = document
        self._variables = dict(variables or {})
        self._operation_name = operation_name
        self._context = context
        self._formatted = formatted
        self._timeout_s = timeout_s

    async def bodies(self) -> AsyncGenerator[bytes, None]:
        """Subscribe; what is returned gives a GraphQL response as JSON for each event. Raises Refusal."""
        executor = Executor.build(
            self._schema,
            self._document,
            context_value=self._context(),
            raw_variable_values=self._variables,
            operation_name=self._operation_name,
        )
        if isinstance(executor, list):
            raise Refusal(self._formatted(executor))
        async with asyncio.timeout(self._timeout_s):
            made = create_source_event_stream(executor)
            source = await made if isinstance(made, Awaitable) else made
        if isinstance(source, ExecutionResult):
            raise Refusal(self._formatted(source.errors or []))
        return self._each(source)

    async def _each(self, source: AsyncIterable[Any]) -> AsyncGenerator[bytes, None]:
        try:
            async for event in source:
                yield await self._executed(event)
        except Exception as error:  # noqa: BLE001 -- a fault of the source ends the subscription, and is said
            failed = GraphQLError("The subscription failed.", original_error=error)
            yield orjson.dumps({"data": None, "errors": self._formatted([failed])})
        finally:
            if isinstance(source, AsyncGenerator):
                await source.aclose()

    async def _executed(self, event: Any) -> bytes:
        try:
            async with asyncio.timeout(self._timeout_s):
                made = execute(
                    self._schema,
                    self._document,
                    event,
                    self._context(),
                    self._variables,
                    self._operation_name,
                )
                result = await made if isinstance(made, Awaitable) else made
        except TimeoutError:
            late = {"message": "The operation took too long.", "extensions": {"code": "TIMEOUT"}}
            return orjson.dumps({"data": None, "errors": [late]})
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = self._formatted(result.errors)
        return orjson.dumps(body)


async def send_events(
    bodies: AsyncGenerator[bytes, None], receive: Receive, send: Send, *, heartbeat_s: float, stopping: asyncio.Event
) -> None:
    """Send bodies as events until they end, the client leaves or the server stops; the source is closed by then."""
    ends = [asyncio.create_task(_until_left(receive)), asyncio.create_task(stopping.wait())]
    writing = asyncio.create_task(_write(bodies, send, heartbeat_s))
    try:
        await asyncio.wait((writing, *ends), return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end((writing, *ends))
        await bodies.aclose()
    if not writing.cancelled() and (error := writing.exception()) is not None and not isinstance(error, OSError):
        raise error


async def _write(bodies: AsyncGenerator[bytes, None], send: Send, heartbeat_s: float) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    # Sent at once, so that who asks knows that the subscription stands before anything happens.
    await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
    # None is the end: an exception that says so would be lost, and complained of, with a client who leaves right then.
    upcoming: asyncio.Future[bytes | None] | None = None
    try:
        while True:
            upcoming = upcoming or asyncio.ensure_future(anext(bodies, None))
            await asyncio.wait((upcoming,), timeout=heartbeat_s)
            if not upcoming.done():
                await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
                continue
            body, upcoming = upcoming.result(), None
            if body is None:
                await send({"type": "http.response.body", "body": b"event: complete\ndata: \n\n"})
                return
            # orjson writes no line ends, so one data line holds all of it.
            await send({"type": "http.response.body", "body": b"event: next\ndata: %b\n\n" % body, "more_body": True})
    finally:
        if isinstance(upcoming, asyncio.Task):
            await end((upcoming,))


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
