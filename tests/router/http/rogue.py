"""A raw TCP server that misbehaves to order: what it does with each connection is a coroutine given by the test."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Behaviour = Callable[["Peer"], Awaitable[None]]


async def until(holds: Callable[[], object]) -> None:
    """Let the loop run until something holds; the test's own time-out ends a wait in vain."""
    while not holds():  # noqa: ASYNC110 (what is waited for is another library's state, which raises no event)
        await asyncio.sleep(0)


class Peer:
    """The server's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rogue: Rogue) -> None:
        self.reader = reader
        self.writer = writer
        self.rogue = rogue

    async def request(self) -> bytes:
        """Read one request, body included; remembers it."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        body = await self.reader.readexactly(length)
        self.rogue.requests.append(head + body)
        return body

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def reply(self, body: bytes, head: bytes = b"content-type: application/json\r\n") -> None:
        await self.say(b"HTTP/1.1 200 OK\r\n%bcontent-length: %d\r\n\r\n%b" % (head, len(body), body))


class Rogue:
    """The server; `connections` counts those accepted, `requests` keeps what was read."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.connections = 0
        self.requests: list[bytes] = []
        self.url = ""
        self.tasks: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self.serve(Peer(reader, writer, self)))
        # Not by the task itself: one that is cancelled before it began closes nothing.
        task.add_done_callback(lambda _: writer.close())
        self.tasks.add(task)

    async def serve(self, peer: Peer) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await self.behaviour(peer)


@asynccontextmanager
async def rogue(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[Rogue]:
    """A running server on a free port."""
    server = Rogue(behaviour)
    listening = await asyncio.start_server(server.accept, "127.0.0.1", 0, ssl=tls)
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{listening.sockets[0].getsockname()[1]}/graphql"
    try:
        yield server
    finally:
        listening.close()
        for task in server.tasks:
            task.cancel()
        await asyncio.gather(*server.tasks, return_exceptions=True)
