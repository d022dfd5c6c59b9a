"""Listening goes on however a server goes away."""

import asyncio
import struct
from collections.abc import Callable

import asyncpg
import pytest

from chassis.wakeups import Wakeups
from tests.chassis.conftest import answering

pytestmark = pytest.mark.anyio


def message(kind: bytes, body: bytes) -> bytes:
    """One message of PostgreSQL's protocol, version 3.0."""
    return kind + struct.pack("!i", len(body) + 4) + body


SETTINGS = {"server_version": "15.0", "client_encoding": "UTF8", "integer_datetimes": "on"}
WELCOME = (
    message(b"R", struct.pack("!i", 0))
    + b"".join(message(b"S", f"{name}\0{value}\0".encode()) for name, value in SETTINGS.items())
    + message(b"Z", b"I")
)
FAREWELL = message(b"E", b"SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0")


async def test_a_server_that_says_farewell_between_two_statements_is_listened_to_again():
    arrived: asyncio.Queue[None] = asyncio.Queue()

    async def shutting_down(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)
        arrived.put_nowait(None)
        writer.write(WELCOME + FAREWELL)
        await writer.drain()
        await reader.read(1_000)

    async with answering(shutting_down) as url:
        wakeups = Wakeups(f"{url.replace('http', 'postgresql')}/things?sslmode=disable", "outbox", lambda: None)
        wakeups.start()

        async with asyncio.timeout(60):
            await arrived.get()
            await arrived.get()

        await wakeups.stop()


async def test_a_connection_that_was_ended_is_made_again(database_url: Callable[[str], str]):
    url = database_url("wakeups").replace("+asyncpg", "")
    heard = asyncio.Event()
    wakeups = Wakeups(url, "somebody", heard.set)
    wakeups.start()
    async with asyncio.timeout(60):
        await heard.wait()
        heard.clear()
        other = await asyncpg.connect(url)

        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

        await heard.wait()
        await other.close()
    await wakeups.stop()
