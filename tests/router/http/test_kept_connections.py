"""Connections that are kept: used again, found closed, and never trusted with what may be sent only once."""

from __future__ import annotations

import asyncio
import math

import pytest

from router.http import client as pool
from router.http.transport import CutOff, Trouble
from tests.router.http.calling import OK, ask, client
from tests.router.http.rogue import Peer, rogue, until

pytestmark = pytest.mark.anyio


async def close_after_one(peer: Peer) -> None:
    """Serves one request, then closes when the second one arrives: the client's kept connection is stale."""
    await peer.reply(await peer.request())
    if peer.rogue.connections == 1:
        await peer.reader.readexactly(1)
        peer.writer.transport.abort()
    else:
        await peer.reply(await peer.request())


async def test_a_stale_connection_is_tried_again_once() -> None:
    async with rogue(close_after_one) as server, client() as made:
        await ask(made, server.url, b"one")
        second = await ask(made, server.url, b"two")

    assert second.body == b"two"
    assert server.connections == 2


async def test_a_mutation_on_a_stale_connection_is_not_sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SURELY_OPEN_SECONDS", math.inf)

    async with rogue(close_after_one) as server, client() as made:
        await ask(made, server.url, b"one", repeatable=False)
        with pytest.raises(CutOff):
            await ask(made, server.url, b"two", repeatable=False)

    assert server.connections == 1


@pytest.mark.parametrize("connections_max", [1, 256])
async def test_a_mutation_goes_over_no_connection_that_may_be_closing(
    monkeypatch: pytest.MonkeyPatch, connections_max: int
) -> None:
    monkeypatch.setattr(pool, "SURELY_OPEN_SECONDS", 0.0)

    async with rogue(close_after_one) as server, client(connections_max=connections_max) as made:
        await ask(made, server.url, b"one", repeatable=False)
        second = await ask(made, server.url, b"two", repeatable=False)
        await until(lambda: made.connections == 1)

    assert second.body == b"two"
    assert server.connections == 2


async def test_a_new_connection_that_breaks_is_not_tried_again() -> None:
    async def breaks(peer: Peer) -> None:
        await peer.request()

    async with rogue(breaks) as server, client() as made:
        with pytest.raises(CutOff):
            await ask(made, server.url)

    assert server.connections == 1


async def test_a_kept_connection_that_closed_meanwhile_is_not_used() -> None:
    closed = asyncio.Event()

    async def once(peer: Peer) -> None:
        await peer.reply(await peer.request())
        if peer.rogue.connections == 1:
            peer.writer.close()
            await peer.writer.wait_closed()
            closed.set()

    async with rogue(once) as server, client() as made:
        await ask(made, server.url)
        await closed.wait()
        await until(lambda: not made.connections)
        assert (await ask(made, server.url, b"two", repeatable=False)).body == b"two"


async def test_a_second_answer_nobody_asked_for_is_never_taken_for_the_next_one() -> None:
    async def twice(peer: Peer) -> None:
        body = await peer.request()
        if peer.rogue.connections == 1:
            await peer.say(2 * (OK + b"content-length: 3\r\n\r\nold"))
        else:
            await peer.reply(body)

    async with rogue(twice) as server, client() as made:
        outcomes: list[bytes | Trouble] = []
        for body in (b"one", b"two"):
            try:
                outcomes.append((await ask(made, server.url, body)).body)
            except Trouble as trouble:
                outcomes.append(trouble)

    assert outcomes[1] == b"two"


async def test_a_mutation_is_sent_again_where_the_end_of_the_kept_connection_was_known() -> None:
    async def closes(peer: Peer) -> None:
        await peer.reply(await peer.request())
        if peer.rogue.connections == 1:
            peer.writer.close()
        else:
            await peer.reply(await peer.request())

    async with rogue(closes) as server, client() as made:
        await ask(made, server.url, b"one")
        origin = next(iter(made._origins.values()))
        await until(lambda: not origin.idle or origin.idle[0].closed)
        assert (await ask(made, server.url, b"two", repeatable=False)).body == b"two"


@pytest.mark.parametrize(("lines", "kept"), [(b"", False), (b"connection: keep-alive\r\n", True)])
async def test_http_1_0_keeps_a_connection_only_where_it_says_so(lines: bytes, kept: bool) -> None:
    async def old(peer: Peer) -> None:
        while True:
            body = await peer.request()
            await peer.say(b"HTTP/1.0 200 OK\r\n%bcontent-length: %d\r\n\r\n%b" % (lines, len(body), body))

    async with rogue(old) as server, client() as made:
        for body in (b"one", b"two"):
            assert (await ask(made, server.url, body)).body == body

    assert server.connections == (1 if kept else 2)


async def test_connection_close_is_heeded_even_with_a_length() -> None:
    async def closing(peer: Peer) -> None:
        while True:
            await peer.reply(await peer.request(), b"connection: close\r\n")

    async with rogue(closing) as server, client() as made:
        await ask(made, server.url)
        await ask(made, server.url)

    assert server.connections == 2


async def test_noise_after_a_whole_reply_costs_the_connection_and_not_the_reply() -> None:
    async def noisy(peer: Peer) -> None:
        body = await peer.request()
        await peer.say(OK + b"content-length: %d\r\n\r\n%b\0\0noise" % (len(body), body))
        await peer.reader.read()

    async with rogue(noisy) as server, client() as made:
        assert (await ask(made, server.url, b"one")).body == b"one"
        assert (await ask(made, server.url, b"two")).body == b"two"

    assert server.connections == 2
