"""How the tests of HTTP clients ask: with a plain client of their own, or any other exchange."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.http.client import Client
from router.http.transport import Exchange, Reply, post
from tests.router.http.rogue import Peer

OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@asynccontextmanager
async def client(**limits: int) -> AsyncIterator[Client]:
    made = Client(**limits)
    try:
        yield made
    finally:
        await made.close()


async def ask(
    made: Exchange, url: str, body: bytes = b"{}", *, timeout_ms: int = 20_000, repeatable: bool = True
) -> Reply:
    return await post(made, url, b"x-shown: yes\r\n", body, timeout_ms=timeout_ms, repeatable=repeatable)


async def echo_for_ever(peer: Peer) -> None:
    while True:
        await peer.reply(await peer.request())
