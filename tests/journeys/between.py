"""A proxy that stands between the router and each subgraph: it counts what passes, and misbehaves when told to.

    between = Between("127.0.0.1", subgraphs_port)
    between.start(["products", "cart"])
    between.port_of("products")                     # what the router is told to call
    with between.counting() as traffic: ...         # traffic.fetches == Counter({"products": 1}), traffic.statements == 2
    with between.faulty("products", Slow()): ...    # until the block ends

Real sockets, so that a subgraph that refuses, hangs up, stalls or talks nonsense does so as it would in production.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from chassis.embedded.process import reserved_port

PATIENCE_S = 60
LAST_CHUNK = b"0\r\n\r\n"
HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Healthy:
    """Every request is passed on."""


@dataclass(frozen=True)
class Refusing:
    """Nobody listens at the port."""


@dataclass(frozen=True)
class HangingUp:
    """Takes the request and closes the connection without a word."""


@dataclass(frozen=True)
class Stalling:
    """Takes the request and says nothing for as long as the caller waits."""


@dataclass(frozen=True)
class Saying:
    """Answers every request with this."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


Behaviour = Healthy | Refusing | HangingUp | Stalling | Saying


@dataclass
class Traffic:
    """What passed: the router's fetches and the other subgraphs' own calls by subgraph, and the SQL statements behind."""

    fetches: Counter[str] = field(default_factory=Counter)
    peer_calls: Counter[str] = field(default_factory=Counter)
    statements: int = 0

    @property
    def fetched(self) -> int:
        """All fetches the router made."""
        return self.fetches.total()


class Between:
    """One listener per subgraph, run by an event loop in a thread of its own."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.traffic = Traffic()
        self.behaviours: dict[str, Behaviour] = {}
        self.servers: dict[str, asyncio.Server] = {}
        self.ports: dict[str, int] = {}
        self.connections: dict[str, set[asyncio.StreamWriter]] = {}
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="between", daemon=True)

    def start(self, names: Sequence[str]) -> None:
        self.thread.start()
        for name in names:
            # One that refuses comes back at the same port: meanwhile nobody else may be given it.
            self.ports[name] = reserved_port()
            self.behaviours[name] = Healthy()
            self.connections[name] = set()
            self._run(self._listen(name))

    def stop(self) -> None:
        for name in self.ports:
            self._run(self._close(name))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def port_of(self, name: str) -> int:
        return self.ports[name]

    @contextmanager
    def counting(self) -> Iterator[Traffic]:
        counted = self.traffic = Traffic()
        try:
            yield counted
        finally:
            self.traffic = Traffic()

    @contextmanager
    def faulty(self, name: str, behaviour: Behaviour) -> Iterator[None]:
        self.behaviours[name] = behaviour
        # Connections the router keeps open would hide the fault from it.
        self._run(self._close(name))
        if not isinstance(behaviour, Refusing):
            self._run(self._listen(name))
        try:
            yield
        finally:
            self.behaviours[name] = Healthy()
            self._run(self._close(name))
            self._run(self._listen(name))

    def _run(self, work) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)

    async def _listen(self, name: str) -> None:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections[name].add(writer)
            try:
                await self._serve(name, reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                self.connections[name].discard(writer)
                writer.transport.abort()

        self.servers[name] = await asyncio.start_server(connected, "127.0.0.1", self.ports[name], reuse_address=True)

    async def _close(self, name: str) -> None:
        server = self.servers.pop(name, None)
        if server is not None:
            server.close()
        for writer in list(self.connections[name]):
            writer.transport.abort()

    async def _serve(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests on one kept-alive connection until the caller closes it."""
        while True:
            head, body = await read_message(reader)
            headers = headers_of(head)
            counted = self.traffic.peer_calls if b"x-internal-token" in headers else self.traffic.fetches
            counted[name] += 1
            match self.behaviours[name]:
                case Healthy():
                    await self._pass_on(head, body, writer)
                case HangingUp() | Refusing():
                    return
                case Stalling():
                    await reader.read()
                    return
                case Saying(body=said, status=status, content_type=content_type):
                    phrase = HTTPStatus(status).phrase
                    writer.write(
                        f"HTTP/1.1 {status} {phrase}\r\nContent-Type: {content_type}\r\n"
                        f"Content-Length: {len(said)}\r\n\r\n".encode()
                        + said
                    )
                    await writer.drain()

    async def _pass_on(self, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        reader, onward = await asyncio.open_connection(self.host, self.port)
        try:
            onward.write(head + body)
            answer_head = await reader.readuntil(HEAD_END)
            if b"transfer-encoding" in headers_of(answer_head):
                await stream(answer_head, reader, writer)
                return
            answer_body = await read_body(answer_head, reader)
        finally:
            onward.close()
        self.traffic.statements += int(headers_of(answer_head).get(b"x-sql-statements", b"0"))
        writer.write(answer_head + answer_body)
        await writer.drain()


def headers_of(head: bytes) -> dict[bytes, bytes]:
    lines = head.split(b"\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines if line)}


async def read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """One HTTP/1.1 request, which the router and the subgraphs send with a Content-Length: its head and its body."""
    head = await reader.readuntil(HEAD_END)
    return head, await read_body(head, reader)


async def read_body(head: bytes, reader: asyncio.StreamReader) -> bytes:
    headers = headers_of(head)
    assert b"transfer-encoding" not in headers, "only answers come in chunks"
    return await reader.readexactly(int(headers.get(b"content-length", b"0")))


async def stream(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass an answer in chunks on as it comes: a subscription."""
    writer.write(head)
    piece = b""
    while not piece.endswith(LAST_CHUNK):
        await writer.drain()
        if not (piece := await reader.read(65_536)):
            raise ConnectionError("cut off")
        writer.write(piece)
    await writer.drain()
