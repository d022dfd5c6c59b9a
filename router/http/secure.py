"""Calls over TLS, through proxies, and by HTTP/2: the client of router.http.client with another way to connect.

Theory. What a server speaks is known only once connected. Until then one connection is being made for everybody who
waits: it is shared if it turns out to be HTTP/2, and if not, each who waits gets one of their own, as over plain http.
"""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache
from urllib.parse import urlsplit

from router.http.client import ACCEPT, USER_AGENT, Asking, Client, Destination, Line, Origin, request_target
from router.http.connection import Connection, Stale, Unsent
from router.http.dialing import Dialler, trust
from router.http.multiplexed import Multiplexed, Stream
from router.http.transport import CutOff, Done, Malformed, Outcome, Reply, Trouble
from router.settings import Http2

_OFFERED: dict[Http2, list[str]] = {
    "enable": ["h2", "http/1.1"],
    "disable": ["http/1.1"],
    "http2only": ["h2"],
}
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*")
# Of one connection only (RFC 9113, 8.2.2), or said otherwise in HTTP/2.
_NOT_IN_HTTP2 = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade", b"host")
)


class SecureOrigin(Origin):
    """The connections to one host and port, of either protocol."""

    def __init__(self, name: str, host: str, port: int, client: Client, dialler: Dialler) -> None:
        super().__init__(name, host, port, client)
        self.dialler = dialler
        self.shared: list[Multiplexed] = []
        if "h2" in dialler.protocols:
            self.attempts_max = 1

    def serve(self, exchange: Asking, *, fresh: bool) -> None:
        """See Origin.serve."""
        assert isinstance(exchange, SecureAsking)
        for line in self.shared:
            if line.free:
                exchange.share(line)
                return
        super().serve(exchange, fresh=fresh)

    async def dial(self) -> Line:
        """See Origin.dial."""
        line = await self.dialler.dial(self.host, self.port, self.settle)
        if isinstance(line, Multiplexed):
            try:
                await line.ready
            except BaseException:
                line.abort()
                raise
            return line
        assert isinstance(line, Connection)
        return line

    def settle(self, agreed: str | None) -> asyncio.Protocol:
        """The protocol of a new connection: what was agreed on, or, with nobody to agree with, what must be."""
        if agreed == "h2" or self.dialler.protocols == ["h2"]:
            return Multiplexed(self.name, self.client.response_bytes_max, self.shareable, self.gone)
        self.attempts_max = self.client.connections_max
        return self.connection()

    def opened(self, line: Line) -> None:
        """See Origin.opened."""
        if isinstance(line, Multiplexed):
            self.attempts_max = 1
            self.shared.append(line)
            self.shareable(line)
        else:
            super().opened(line)
            self.grow()

    def shareable(self, line: Multiplexed) -> None:
        """A shared connection can take more."""
        while self.waiting and line.free:
            exchange = self.waiting.popleft()
            if not exchange.over:
                assert isinstance(exchange, SecureAsking)
                exchange.share(line)
        self.grow()

    def gone(self, line: Multiplexed) -> None:
        """A shared connection is closed."""
        self.open -= 1
        if line in self.shared:
            self.shared.remove(line)
        self.grow()

    def fail(self, trouble: Trouble) -> None:
        """See Origin.fail: where one attempt stood for all, all have failed."""
        if self.attempts_max > 1:
            super().fail(trouble)
            return
        waiting = list(self.waiting)
        self.waiting.clear()
        for exchange in waiting:
            exchange.received(trouble)


class SecureDestination(Destination):
    """What stays the same for every request to one URL, in either protocol."""

    __slots__ = ("fields",)

    def __init__(self, origin: Origin, url: str, authority: str) -> None:
        path, scheme = request_target(url), urlsplit(url).scheme
        super().__init__(origin, path, authority, "accept-encoding: gzip, deflate\r\n")
        self.fields = [
            (b":method", b"POST"),
            (b":authority", authority.encode("latin-1")),
            (b":scheme", scheme.encode("latin-1")),
            (b":path", path.encode("latin-1")),
            (b"user-agent", USER_AGENT.encode()),
            (b"content-type", b"application/json"),
            (b"accept", ACCEPT.encode()),
            (b"accept-encoding", b"gzip, deflate"),
        ]


class SecureAsking(Asking):
    """One request under way, in either protocol."""

    __slots__ = ("body", "destination", "headers", "tried")

    def __init__(
        self, destination: SecureDestination, headers: bytes, body: bytes, on_done: Done, timeout_ms: int, *,
        repeatable: bool,
    ) -> None:  # fmt: skip
        super().__init__(destination.origin, b"", on_done, timeout_ms, repeatable=repeatable)
        self.destination = destination
        self.headers = headers
        self.body = body
        self.tried = False

    def begin(self, connection: Connection) -> None:
        """Send by HTTP/1.1."""
        self.request = self.destination.request(self.headers, self.body)
        super().begin(connection)

    def share(self, line: Multiplexed) -> None:
        """Send by HTTP/2."""
        self.connection = stream = Stream(line, self)
        length = b"content-length", b"%d" % len(self.body)
        try:
            fields = [*self.destination.fields, length, *_fields(self.headers)]
        except Malformed as malformed:
            self.received(malformed)
            return
        line.begin(stream, fields, self.body)

    def received(self, outcome: Outcome) -> None:
        """See connection.User. At most one more try, whatever the server says."""
        if outcome.__class__ is not Reply and isinstance(outcome, Stale):
            if self.tried:
                outcome = CutOff(outcome.message)
            elif self.repeatable or isinstance(outcome, Unsent):
                self.tried = True
        super().received(outcome)

    def expire(self) -> None:
        """The time is over."""
        if isinstance(self.connection, Stream):
            self.connection.suspect()
        super().expire()


@lru_cache(maxsize=256)
def _fields(lines: bytes) -> list[tuple[bytes, bytes]]:
    """Header lines as HTTP/2 has them. Raises Malformed where one would break the connection for everybody on it."""
    fields = []
    for line in lines.split(b"\r\n"):
        if not line:
            continue
        found = _FIELD.fullmatch(line)
        if found is None:
            raise Malformed(f"the header line {line[:40]!r} cannot be sent")
        name = found[1].lower()
        if name not in _NOT_IN_HTTP2:
            fields.append((name, found[2]))
    return fields


class SecureClient(Client):
    """An Exchange for https:// URLs, and for http:// ones whose servers are known to speak HTTP/2.

    `http2` is `enable` to use HTTP/2 where the server offers it, `http2only` to insist: over http:// it is spoken at
    once, without asking (RFC 9113, 3.3). `authorities` are certificates in PEM to trust instead of the system's.
    Proxies are taken from the environment. Raises ValueError when `authorities` holds no certificate.
    """

    def __init__(
        self, *, connections_max: int = 256, connect_timeout_ms: int = 5_000,
        response_bytes_max: int = 64 * 1024 * 1024, http2: Http2 = "disable", authorities: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            connections_max=connections_max,
            connect_timeout_ms=connect_timeout_ms,
            response_bytes_max=response_bytes_max,
        )
        self._secured = Dialler(trust(authorities), _OFFERED[http2])
        self._plain = Dialler(None, _OFFERED[http2])

    def _target(self, url: str) -> SecureDestination:
        parts = urlsplit(url)
        secured = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if secured else 80)
        authority = parts.netloc.rpartition("@")[2]
        origin = self._origins.get((host, port))
        if origin is None:
            dialler = self._secured if secured else self._plain
            origin = self._origins[host, port] = SecureOrigin(authority, host, port, self, dialler)
        made = self._targets[url] = SecureDestination(origin, url, authority)
        return made

    def send(
        self, url: str, headers: bytes, body: bytes, *, timeout_ms: int, repeatable: bool, on_done: Done
    ) -> SecureAsking:
        """See Exchange.send."""
        destination = self._targets.get(url) or self._target(url)
        assert isinstance(destination, SecureDestination)
        exchange = SecureAsking(destination, headers, body, on_done, timeout_ms, repeatable=repeatable)
        destination.origin.serve(exchange, fresh=False)
        return exchange

    async def close(self) -> None:
        """See Client.close. TLS is not ended in order: nobody waits for the servers' part in that."""
        idle: list[Connection | Multiplexed] = []
        for origin in self._origins.values():
            assert isinstance(origin, SecureOrigin)
            idle.extend(origin.idle)
            for shared in list(origin.shared):
                shared.retire()
                if not shared.busy:
                    idle.append(shared)
        await super().close()
        for line in idle:
            line.abort()
        await asyncio.sleep(0)
