"""A client's subscription: the events of one subgraph, each run through the rest of the plan and completed, in order.

Theory. One task reads the subgraph's stream into a bounded queue; the reader of responses takes events out, one at a
time. So a slow client holds up nobody: when its queue is full the subscription ends, with an error that says so. What
else ends it: the subgraph (completed, or failed), the token's expiry, a new supergraph, the router's stop, and the
client. However it ends, the stream to the subgraph is closed before `aclose` returns.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from router.execution.asking import Answer, Asking
from router.execution.generic import Execution, request_body
from router.http.transport import Trouble
from router.pipeline.authentication import LEEWAY_SECONDS
from router.pipeline.request import Refused, Request
from router.plan import Subscription

if TYPE_CHECKING:
    from router.pipeline.authorize import Viewer
    from router.pipeline.operations import Operation, Variant
    from router.pipeline.pipeline import Pipeline

log = logging.getLogger("router")
STOPPED = "SUBSCRIPTION_ROUTER_STOPPED"


class Subscriptions:
    """Every subscription that one router has open, whatever supergraph it began with; `opened_max` None is no limit."""

    def __init__(self, opened_max: int | None) -> None:
        self.opened_max = opened_max
        self.open: set[Subscribed] = set()
        self.stopping = False

    def admit(self) -> None:
        """Raises Refused (503) where there is no room for one more."""
        if self.stopping:
            raise stopping()
        if self.opened_max is not None and len(self.open) >= self.opened_max:
            raise Refused.because(
                503, "SUBSCRIPTIONS_MAX_LIMIT", f"This router serves {self.opened_max} subscriptions at once."
            )

    def stop(self) -> None:
        """The router stops: end them all, begin none."""
        self.stopping = True
        self.end(stopping())

    def end(self, why: Refused) -> None:
        """End all there are."""
        for subscribed in list(self.open):
            subscribed.end(why, at_once=True)


class Subscribed:
    """One subscription, as Responses: iterate it for response bodies, and always `aclose` it."""

    incremental = False

    def __init__(
        self,
        pipeline: Pipeline,
        request: Request,
        operation: Operation,
        variant: Variant,
        variables: Mapping[str, Any],
        viewer: Viewer,
    ) -> None:
        assert isinstance(variant.plan.root, Subscription)
        self.pipeline = pipeline
        self.operation = operation
        self.variant = variant
        self.variables = variables
        self.viewer = viewer
        self.node = variant.plan.root
        self.lines = pipeline.headers.lines(request.headers, request.peer)
        self._events: deque[Answer] = deque()
        self._changed = asyncio.Event()
        self._over = False
        self._why: Refused | None = None
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reading: asyncio.Task[None] | None = None
        self._expiry: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------------------------------------------------ opening

    async def open(self) -> None:
        """Subscribe at the subgraph. Raises Refused or Trouble; then there is nothing to close."""
        subscriptions = self.pipeline.subscriptions
        subscriptions.admit()
        subscriptions.open.add(self)
        self._reading = asyncio.create_task(self._read(self._opened))
        try:
            await self._opened
        except BaseException:
            await self.aclose()
            raise
        self._expire_later()

    def _expire_later(self) -> None:
        expires = (self.viewer.claims or {}).get("exp")
        if isinstance(expires, (int, float)):
            left = max(0.0, expires + LEEWAY_SECONDS - time.time())
            why = Refused.because(
                401, "SUBSCRIPTION_JWT_EXPIRED", "The token has expired: subscribe again with a new one."
            )
            self._expiry = asyncio.get_running_loop().call_later(left, lambda: self.end(why, at_once=True))

    async def _read(self, opened: asyncio.Future[None]) -> None:
        name = self.node.primary.subgraph
        given = {key: self.variables[key] for key in self.node.primary.variables if key in self.variables}
        body = request_body(self.node.primary, given)
        capacity = self.pipeline.settings.subscription.queue_capacity
        try:
            async with self.pipeline.subgraphs.subscribe(name, self.lines.get(name, b""), body) as events:
                if not opened.done():
                    opened.set_result(None)
                async for event in events:
                    if len(self._events) >= capacity:
                        self.end(_queue_full(capacity))
                        return
                    self._events.append(event)
                    self._changed.set()
            self.end(None)
        except Trouble as trouble:
            if opened.done():
                self.end(self._ended_by(name, trouble))
            else:
                opened.set_exception(trouble)
        except Exception:
            log.exception("a subscription failed inside the router")
            failed = Refused.because(500, "INTERNAL_SERVER_ERROR", "The router failed.")
            if opened.done():
                self.end(failed)
            else:
                opened.set_exception(failed)

    def _ended_by(self, name: str, trouble: Trouble) -> Refused:
        if not self.pipeline.subgraphs.targets[name].show_errors:
            return Refused.because(502, "SUBSCRIPTION_ENDED", "The subscription ended early.")
        return Refused.because(
            502,
            "SUBSCRIPTION_ENDED",
            f"Subgraph '{name}' ended the subscription early: {trouble.message}",
            service=name,
            reason=trouble.message,
        )

    # ------------------------------------------------------------------------------------------------------- ending

    def end(self, why: Refused | None, *, at_once: bool = False) -> None:
        """No more events. What is queued is still answered, unless `at_once`; then the reader is told why."""
        if self._over:
            return
        self._over = True
        self._why = why
        if why is not None and not self._opened.done():
            self._opened.set_exception(why)
        if at_once:
            self._events.clear()
        self._changed.set()
        reading = self._reading
        if reading is not None and reading is not asyncio.current_task():
            reading.cancel()

    async def aclose(self) -> None:
        """Leave: the stream to the subgraph is closed when this returns."""
        self.end(None, at_once=True)
        self.pipeline.subscriptions.open.discard(self)
        if self._expiry is not None:
            self._expiry.cancel()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait((self._reading,))

    # ---------------------------------------------------------------------------------------------------- responses

    def __aiter__(self) -> Self:
        """Itself."""
        return self

    async def __anext__(self) -> bytes:
        """The response to the next event. Raises Refused, once, when the subscription ended for a reason."""
        while not self._events:
            if self._over:
                why, self._why = self._why, None
                raise why or StopAsyncIteration
            self._changed.clear()
            await self._changed.wait()
        event = self._events.popleft()
        return await self._respond(event)

    async def _respond(self, event: Answer) -> bytes:
        pipeline = self.pipeline
        fetches: list[dict[str, Any]] | None = [] if pipeline.settings.plugins.expose_fetches else None
        asking = Asking(pipeline.subgraphs, self.lines, fetches)
        execution = Execution(asking, self.variables, pipeline.object_types)
        try:
            await execution.run_event(self.node, event)
        except Exception:
            log.exception("an event of a subscription failed inside the router")
            self.end(Refused.because(500, "INTERNAL_SERVER_ERROR", "The router failed."), at_once=True)
            return Refused.because(500, "INTERNAL_SERVER_ERROR", "The router failed.").response().body
        finally:
            asking.cancel()
            asking.done()
        return pipeline.body(self.operation, self.variant, self.variables, execution)


def stopping() -> Refused:
    """Why nothing goes on when the router stops."""
    return Refused.because(503, STOPPED, "The router stops: subscribe again.")


def reloaded() -> Refused:
    """Why subscriptions end when the supergraph changes: what they asked may mean something else now."""
    return Refused.because(503, "SUBSCRIPTION_SCHEMA_RELOAD", "The schema has changed: subscribe again.")


def _queue_full(capacity: int) -> Refused:
    return Refused.because(
        503, "SUBSCRIPTION_QUEUE_FULL", f"The client is more than {capacity} events behind: subscribe again."
    )
