"""Our own HTTP/1.1 client for plain http: keep-alive pools, one per origin, each with a limit.

Theory. An exchange on a warm connection is one write, one read and one callback: about 8 µs, where general clients
need 50 to 1,000. A connection serves one exchange at a time. Whoever finds none free and the limit reached waits in
line; time spent in line and connecting counts against the same time-out as the reply.
"""

from __future__ import annotations

import asyncio
from collections import deque
from urllib.parse import urlsplit

from router.http.connection import Connection, Stale
from router.http.transport import CutOff, Done, Outcome, Refused, TimedOut, Trouble

USER_AGENT = "federation-router"


class _Origin:
    """The connections to one host and port, and who waits for one."""

    def __init__(self, name: str, host: str, port: int, client: Client) -> None:
        self.name = name
        self.host = host
        self.port = port
        self.client = client
        self.idle: list[Connection] = []
        self.open = 0
        self.waiting: deque[_Exchange] = deque()
        self.connecting: set[asyncio.Task[None]] = set()

    def serve(self, exchange: _Exchange, *, fresh: bool) -> None:
        """Give the exchange a connection, now or when there is one; `fresh` wants a new one."""
        if not fresh and self.idle:
            exchange.begin(self.idle.pop())
            return
        if fresh:
            # What was kept as long as the one that proved stale is stale too, most likely.
            for connection in list(self.idle):
                connection.close()
            self.idle.clear()
        self.waiting.append(exchange)
        self.grow()

    def grow(self) -> None:
        """Connect for those who wait, as far as the limit allows."""
        if len(self.connecting) < len(self.waiting) and self.open < self.client.connections_max:
            self.open += 1
            task = self.client.loop.create_task(self.connect())
            self.connecting.add(task)
            task.add_done_callback(self.connecting.discard)

    async def connect(self) -> None:
        allowed = self.client.connect_timeout_ms
        made = False
        try:
            async with asyncio.timeout(allowed / 1000):
                _, connection = await self.client.loop.create_connection(
                    lambda: Connection(self.name, self.client.response_bytes_max, self.freed, self.lost),
                    self.host,
                    self.port,
                )
            made = True
        except TimeoutError:
            self.fail(TimedOut(f"{self.name}: no connection within {allowed} ms"))
        except OSError as error:
            self.fail(Refused(f"{self.name} cannot be reached: {error.strerror or error}"))
        finally:
            if not made:
                self.open -= 1
        if made:
            self.freed(connection)

    def fail(self, trouble: Trouble) -> None:
        """A connection could not be made: so it is for the first who waits; others have their own attempts."""
        while self.waiting:
            exchange = self.waiting.popleft()
            if not exchange.over:
                exchange.received(trouble)
                break

    def freed(self, connection: Connection) -> None:
        """A connection can serve the next."""
        while self.waiting:
            exchange = self.waiting.popleft()
            if not exchange.over:
                exchange.begin(connection)
                return
        self.idle.append(connection)

    def lost(self, connection: Connection) -> None:
        """A connection is closed."""
        self.open -= 1
        if connection in self.idle:
            self.idle.remove(connection)
        self.grow()


class _Target:
    """What stays the same for every request to one URL."""

    __slots__ = ("head", "origin")

    def __init__(self, origin: _Origin, path: str, authority: str) -> None:
        self.origin = origin
        self.head = (
            f"POST {path} HTTP/1.1\r\nhost: {authority}\r\nuser-agent: {USER_AGENT}\r\n"
            "content-type: application/json\r\naccept: application/graphql-response+json, application/json\r\n"
            "content-length: "
        ).encode("latin-1")


class _Exchange:
    """One request under way; a Call."""

    __slots__ = ("connection", "on_done", "origin", "over", "repeatable", "request", "timeout_ms", "timer")

    def __init__(self, origin: _Origin, request: bytes, on_done: Done, timeout_ms: int, *, repeatable: bool) -> None:
        self.origin = origin
        self.request = request
        self.on_done = on_done
        self.timeout_ms = timeout_ms
        self.repeatable = repeatable
        self.over = False
        self.connection: Connection | None = None
        self.timer = origin.client.loop.call_later(timeout_ms / 1000, self.expire)

    def begin(self, connection: Connection) -> None:
        self.connection = connection
        connection.send(self.request, self)

    def received(self, outcome: Outcome) -> None:
        """See connection.User."""
        if self.over:
            return
        self.connection = None
        if outcome.__class__ is Stale:
            if self.repeatable:
                # Once only: a new connection is never stale.
                self.origin.serve(self, fresh=True)
                return
            outcome = CutOff(outcome.message)
        self.over = True
        self.timer.cancel()
        self.on_done(outcome)

    def expire(self) -> None:
        self.cancel()
        self.on_done(TimedOut(f"{self.origin.name} did not answer within {self.timeout_ms} ms"))

    def cancel(self) -> None:
        """See Call.cancel."""
        self.over = True
        self.timer.cancel()
        if self.connection is not None:
            self.connection.abort()
            self.connection = None


class Client:
    """An Exchange for http:// URLs. Make and use it in one event loop."""

    def __init__(
        self, *, connections_max: int = 256, connect_timeout_ms: int = 5_000, response_bytes_max: int = 64 * 1024 * 1024
    ) -> None:
        self.connections_max = connections_max
        self.connect_timeout_ms = connect_timeout_ms
        self.response_bytes_max = response_bytes_max
        self.loop = asyncio.get_running_loop()
        self._origins: dict[tuple[str, int], _Origin] = {}
        self._targets: dict[str, _Target] = {}

    def _target(self, url: str) -> _Target:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
        authority = parts.netloc.rpartition("@")[2]
        origin = self._origins.get((host, port))
        if origin is None:
            origin = self._origins[host, port] = _Origin(authority, host, port, self)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        target = self._targets[url] = _Target(origin, path, authority)
        return target

    def send(
        self, url: str, headers: bytes, body: bytes, *, timeout_ms: int, repeatable: bool, on_done: Done
    ) -> _Exchange:
        """See Exchange.send."""
        target = self._targets.get(url) or self._target(url)
        origin = target.origin
        request = b"%b%d\r\n%b\r\n%b" % (target.head, len(body), headers, body)
        exchange = _Exchange(origin, request, on_done, timeout_ms, repeatable=repeatable)
        if origin.idle:
            exchange.begin(origin.idle.pop())
        else:
            origin.serve(exchange, fresh=False)
        return exchange

    @property
    def connections(self) -> int:
        """How many are open, busy or idle."""
        return sum(origin.open for origin in self._origins.values())

    async def close(self) -> None:
        """Close idle connections and stop connecting; those in use end with their exchange."""
        for origin in self._origins.values():
            for task in list(origin.connecting):
                task.cancel()
            for connection in list(origin.idle):
                connection.close()
            origin.idle.clear()
        await asyncio.sleep(0)
