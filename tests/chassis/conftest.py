"""Servers that misbehave at the wire, and databases with event tables."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from chassis.database import Database
from chassis.embedded.process import reserved_port
from chassis.outbox import EVENT_TABLES
from tests.chassis.toy_events import Effects

Respond = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def answering(respond: Respond) -> AsyncIterator[str]:
    """A server on a free port that does with each connection what the test says."""
    held: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        held.add(task)
        try:
            # A client may go away at any moment: that is what these tests are about.
            with suppress(OSError, EOFError):
                await respond(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()
            held.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        await turns()  # a connection that arrives while the server closes would be left open by asyncio
        server.close()
        for task in list(held):
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        await turns()  # and an aborted one is closed only then


async def turns() -> None:
    """Let the event loop do what it has queued, and what that queues."""
    for _ in range(5):
        await asyncio.sleep(0)


def saying(body: bytes, *, status: str = "200 OK", length: int | None = None) -> Respond:
    """Answer with a body; with another `length` announced than sent, the answer is cut off."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        announced = len(body) if length is None else length
        head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {announced}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return respond


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read the request and never answer."""
    del writer
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.Event().wait()


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send a byte now and then, often enough that no single read is slow."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


def unused_url() -> str:
    """Where nobody listens, and nobody will."""
    return f"http://127.0.0.1:{reserved_port()}"


async def with_event_tables(url: str) -> Database:
    opened = Database(url)
    async with opened.engine.begin() as connection:
        await connection.run_sync(EVENT_TABLES.drop_all)
        await connection.run_sync(EVENT_TABLES.create_all)
    return opened


@pytest.fixture
async def database(database_url: Callable[[str], str]) -> AsyncIterator[Database]:
    """A database with empty event tables."""
    opened = await with_event_tables(database_url("events"))
    yield opened
    await opened.close()


@pytest.fixture
async def effects(database: Database) -> Effects:
    """A handler that writes a row of that database."""
    handler = Effects(database)
    await handler.begin()
    return handler


@pytest.fixture
async def other_database(database_url: Callable[[str], str]) -> AsyncIterator[Database]:
    """Another one: no two subgraphs share an outbox."""
    opened = await with_event_tables(database_url("other"))
    yield opened
    await opened.close()
