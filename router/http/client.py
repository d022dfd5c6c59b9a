"""Our own HTTP/1.1 client for plain http: keep-alive pools, one per origin, each with a limit.

Theory. An exchange on a warm connection is one write, one read and one future: about 8 µs, where general clients need 50
to 1,000. A connection serves one exchange at a time. Whoever finds none free and the limit reached waits in line; the time
spent in line and connecting counts against the same time-out as the reply.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from urllib.parse import urlsplit

from router.http.connection import Connection, Stale
from router.http.transport import CutOff, Refused, Reply, TimedOut

USER_AGENT = b"federation-router"


class _Origin:
    """The connections to one host and port."""

    def __init__(self, name: str, host: str, port: int, client: Client) -> None:
        self.name = name
        self.host = host
        self.port = port
        self.client = client
        self.idle: list[Connection] = []
        self.open = 0
        self.waiting: deque[asyncio.Future[None]] = deque()

    def lost(self, connection: Connection) -> None:
        self.open -= 1
        if connection in self.idle:
            self.idle.remove(connection)
        self.wake()

    def wake(self) -> None:
        while self.waiting:
            future = self.waiting.popleft()
            if not future.done():
                future.set_result(None)
                return

    def give_back(self, connection: Connection) -> None:
        if connection.closed:
            return
        self.idle.append(connection)
        if self.waiting:
            self.wake()

    async def take(self, deadline: float, *, fresh: bool) -> Connection:
        """A free connection; raises Refused or TimedOut."""
        while True:
            if not fresh:
                while self.idle:
                    connection = self.idle.pop()
                    if not connection.closed:
                        return connection
            if self.open < self.client.connections_max:
                return await self.connect(deadline)
            if fresh and self.idle:
                # A kept connection makes room for the new one.
                self.idle.pop(0).close()
            future = self.client.loop.create_future()
            self.waiting.append(future)
            try:
                async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                    await future
            except TimeoutError:
                raise TimedOut(f"{self.name}: no free connection in time ({self.open} open)") from None
            except asyncio.CancelledError:
                if future.done() and not future.cancelled():
                    self.wake()
                raise

    async def connect(self, deadline: float) -> Connection:
        self.open += 1
        allowed = min(self.client.connect_timeout_ms / 1000, max(0.0, deadline - time.monotonic()))
        made = False
        try:
            async with asyncio.timeout(allowed):
                _, connection = await self.client.loop.create_connection(
                    lambda: Connection(self.name, self.client.response_bytes_max, self.lost), self.host, self.port
                )
            made = True
        except TimeoutError:
            raise TimedOut(f"{self.name}: no connection within {int(allowed * 1000)} ms") from None
        except OSError as error:
            raise Refused(f"{self.name} cannot be reached: {error.strerror or error}") from error
        finally:
            if not made:
                self.open -= 1
                self.wake()
        return connection


class _Target:
    """What stays the same for every request to one URL."""

    def __init__(self, origin: _Origin, path: str, authority: str) -> None:
        self.origin = origin
        self.head = (
            (
                f"POST {path} HTTP/1.1\r\nhost: {authority}\r\ncontent-type: application/json\r\n"
                "accept: application/graphql-response+json, application/json\r\n"
            ).encode("latin-1")
            + b"user-agent: "
            + USER_AGENT
            + b"\r\n"
        )


class Client:
    """An Exchange for http:// URLs. Use it from one event loop."""

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

    async def post(self, url: str, headers: bytes, body: bytes, *, timeout_ms: int, repeatable: bool) -> Reply:
        """See Exchange.post."""
        target = self._targets.get(url) or self._target(url)
        origin = target.origin
        request = b"%bcontent-length: %d\r\n%b\r\n%b" % (target.head, len(body), headers, body)
        idle = origin.idle
        deadline = 0.0
        if idle:
            connection = idle.pop()
        else:
            deadline = time.monotonic() + timeout_ms / 1000
            connection = await origin.take(deadline, fresh=False)
            timeout_ms = max(1, int((deadline - time.monotonic()) * 1000))
        while True:
            try:
                reply = await connection.send(request, self.loop, timeout_ms)
            except Stale as error:
                if not repeatable:
                    raise CutOff(error.message) from error
            except asyncio.CancelledError:
                connection.abort()
                raise
            else:
                origin.give_back(connection)
                return reply
            # A first exchange on a new connection is never stale, so this happens once.
            deadline = time.monotonic() + timeout_ms / 1000
            connection = await origin.take(deadline, fresh=True)

    async def close(self) -> None:
        """Close idle connections; those in use end with their exchange's caller."""
        for origin in self._origins.values():
            for connection in list(origin.idle):
                connection.close()
        await asyncio.sleep(0)
