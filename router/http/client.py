"""Our own HTTP/1.1 client for plain http and Unix sockets: keep-alive pools, one per origin, each with a limit.

Theory. An exchange on a warm connection is one write, one read and one callback: about 8 µs, where general clients
need 50 to 1,000. A connection serves one exchange at a time. Whoever finds none free and the limit reached waits in
line; time spent in line and connecting counts against the same time-out as the reply.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol
from urllib.parse import parse_qsl, quote, urlsplit

from router.http.connection import Connection, Stale, Unsent
from router.http.transport import CutOff, Done, Outcome, Refused, Reply, TimedOut, Trouble, complaint

USER_AGENT = "federation-router"
ACCEPT = "application/graphql-response+json, application/json"
# A request that may be sent once only goes over no connection that was idle for longer: servers commonly close theirs
# after five seconds (uvicorn, Node), and one that is closing as the request arrives leaves its fate unknown.
SURELY_OPEN_SECONDS = 3.0
# What may stand in a request target, an escape's own sign included (RFC 3986, 3.3 and 3.4).
_SAFE = "/?:@!$&'()*+,;=-._~%"


class Line(Protocol):
    """What leads to an origin."""

    closed: bool


class Droppable(Protocol):
    """What carries one exchange, and can give it up."""

    def abort(self) -> None:
        """Give it up and tell nobody."""
        ...


class Origin:
    """The connections to one host and port, and who waits for one."""

    def __init__(self, name: str, host: str, port: int, client: Client) -> None:
        """`port` 0 is a Unix socket, whose path is `host`."""
        self.name = name
        self.host = host
        self.port = port
        self.client = client
        self.attempts_max = client.connections_max
        self.idle: list[Connection] = []
        self.lines: set[Connection] = set()
        self.open = 0
        self.waiting: deque[Asking] = deque()
        self.connecting: set[asyncio.Task[None]] = set()

    def serve(self, exchange: Asking, *, fresh: bool) -> None:
        """Give the exchange a connection, now or when there is one; `fresh` wants a new one."""
        if not fresh and self.idle:
            connection = self.idle.pop()
            if exchange.repeatable or self.client.loop.time() - connection.idle_since < SURELY_OPEN_SECONDS:
                exchange.begin(connection)
                return
            connection.close()
        if fresh:
            # What was kept as long as the one that proved stale is stale too, most likely.
            for connection in list(self.idle):
                connection.close()
            self.idle.clear()
        self.waiting.append(exchange)
        self.grow()

    def grow(self) -> None:
        """Connect for those who wait, as far as the limit allows."""
        while self.waiting and self.waiting[0].over:
            self.waiting.popleft()
        wanted = min(len(self.waiting), self.attempts_max)
        while len(self.connecting) < wanted and self.open < self.client.connections_max:
            self.open += 1
            task = self.client.loop.create_task(self.connect())
            self.connecting.add(task)

    async def connect(self) -> None:
        """Make a connection and give it to who waits; a failure is for who waits, too."""
        allowed = self.client.connect_timeout_ms
        attempt = asyncio.current_task()
        assert attempt is not None
        line: Line | None = None
        try:
            async with asyncio.timeout(allowed / 1000):
                line = await self.dial()
        except TimeoutError:
            self.fail(TimedOut(f"{self.name}: no connection within {allowed} ms"))
        except Trouble as trouble:
            self.fail(trouble)
        except OSError as error:
            self.fail(Refused(f"{self.name} cannot be reached: {complaint(error)}"))
        finally:
            if line is None:
                self.open -= 1
            self.connecting.discard(attempt)
        if line is None:
            # Those whom the limit had kept from an attempt of their own have one now.
            self.grow()
        elif line.closed:
            # Never taken for a stale one, or a server that hangs up on everybody would be called for ever.
            self.fail(CutOff(f"{self.name} closed the connection without a reply"))
            self.grow()
        else:
            self.opened(line)

    def opened(self, line: Line) -> None:
        """Put a new connection to use."""
        assert isinstance(line, Connection)
        self.lines.add(line)
        self.freed(line)

    async def dial(self) -> Line:
        """Make one connection. Raises OSError, or Trouble where it knows better what is wrong."""
        loop = self.client.loop
        if self.port:
            _, connection = await loop.create_connection(self.connection, self.host, self.port)
        else:
            _, connection = await loop.create_unix_connection(self.connection, self.host)
        return connection

    def connection(self) -> Connection:
        """The protocol of a new connection."""
        return Connection(self.name, self.client.response_bytes_max, self.freed, self.lost)

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
        connection.idle_since = self.client.loop.time()
        self.idle.append(connection)

    def lost(self, connection: Connection) -> None:
        """A connection is closed."""
        self.open -= 1
        self.lines.discard(connection)
        if connection in self.idle:
            self.idle.remove(connection)
        self.grow()


class Destination:
    """What stays the same for every request to one URL."""

    __slots__ = ("head", "origin")

    def __init__(self, origin: Origin, path: str, authority: str, lines: str = "") -> None:
        self.origin = origin
        self.head = (
            f"POST {path} HTTP/1.1\r\nhost: {authority}\r\nuser-agent: {USER_AGENT}\r\n"
            f"content-type: application/json\r\naccept: {ACCEPT}\r\n{lines}content-length: "
        ).encode("latin-1")

    def request(self, headers: bytes, body: bytes) -> bytes:
        """The whole request as it goes over the wire."""
        return b"%b%d\r\n%b\r\n%b" % (self.head, len(body), headers, body)


def request_target(url: str) -> str:
    """The path and query of a URL as they go over the wire; of a Unix socket's, `path=` in its query is the path."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return quote(dict(parse_qsl(parts.query)).get("path", "/"), safe=_SAFE)
    return quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_SAFE)


class Asking:
    """One request under way; a Call."""

    __slots__ = ("connection", "on_done", "origin", "over", "repeatable", "request", "timeout_ms", "timer")

    def __init__(self, origin: Origin, request: bytes, on_done: Done, timeout_ms: int, *, repeatable: bool) -> None:
        self.origin = origin
        self.request = request
        self.on_done = on_done
        self.timeout_ms = timeout_ms
        self.repeatable = repeatable
        self.over = False
        self.connection: Droppable | None = None
        self.timer = origin.client.loop.call_later(timeout_ms / 1000, self.expire)

    def begin(self, connection: Connection) -> None:
        """Send over the connection."""
        self.connection = connection
        connection.send(self.request, self)

    def received(self, outcome: Outcome) -> None:
        """See connection.User."""
        if self.over:
            return
        self.connection = None
        if outcome.__class__ is not Reply and isinstance(outcome, Stale):
            if self.repeatable or isinstance(outcome, Unsent):
                # Once only, unless nothing was sent.
                self.repeatable = False
                self.origin.serve(self, fresh=True)
                return
            outcome = CutOff(outcome.message)
        self.over = True
        self.timer.cancel()
        self.on_done(outcome)

    def expire(self) -> None:
        """The time is over."""
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
        self._origins: dict[tuple[str, int], Origin] = {}
        self._targets: dict[str, Destination] = {}

    def _target(self, url: str) -> Destination:
        parts = urlsplit(url)
        if parts.scheme == "unix":
            host, port, authority = parts.path, 0, "localhost"
        else:
            host, port, authority = parts.hostname or "", parts.port or 80, parts.netloc.rpartition("@")[2]
        origin = self._origins.get((host, port))
        if origin is None:
            origin = self._origins[host, port] = Origin(authority if port else host, host, port, self)
        target = self._targets[url] = Destination(origin, request_target(url), authority)
        return target

    def send(
        self, url: str, headers: bytes, body: bytes, *, timeout_ms: int, repeatable: bool, on_done: Done
    ) -> Asking:
        """See Exchange.send."""
        # Not by Destination.request: this is the hot path, and a call costs.
        target = self._targets.get(url) or self._target(url)
        origin = target.origin
        request = b"%b%d\r\n%b\r\n%b" % (target.head, len(body), headers, body)
        exchange = Asking(origin, request, on_done, timeout_ms, repeatable=repeatable)
        if repeatable and origin.idle:
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
        attempts = [task for origin in self._origins.values() for task in origin.connecting]
        for task in attempts:
            task.cancel()
        for origin in self._origins.values():
            idle, origin.idle = origin.idle, []
            for connection in idle:
                connection.close()
            for connection in origin.lines.difference(idle):
                connection.retire()
        await asyncio.gather(*attempts, return_exceptions=True)
