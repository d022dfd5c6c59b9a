"""HTTP/2 to subgraphs: one connection for many calls, and a server that misbehaves in each way a server can."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from h2.errors import ErrorCodes

from chassis.embedded.process import reserved_port
from router.http.secure import SecureClient
from router.http.transport import CutOff, Malformed, Oversized, Refused, Reply, TimedOut, post
from tests.router.http.clock import put_forward
from tests.router.http.rogue import Peer, rogue, until
from tests.router.http.rogue_http2 import Request, rogue_http2

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def client(**limits: Any) -> AsyncIterator[SecureClient]:
    made = SecureClient(http2="http2only", **limits)
    try:
        yield made
    finally:
        await made.close()


async def ask(
    made: SecureClient, url: str, body: bytes = b"{}", *, headers: bytes = b"", timeout_ms: int = 20_000,
    repeatable: bool = True,
) -> Reply:  # fmt: skip
    return await post(made, url, headers, body, timeout_ms=timeout_ms, repeatable=repeatable)


async def echo(request: Request) -> None:
    request.reply(request.body)


async def silent(request: Request) -> None:
    await asyncio.Event().wait()


async def test_a_reply_comes_back_and_headers_are_sent() -> None:
    async with rogue_http2(echo) as server, client() as made:
        reply = await ask(made, server.url, b'{"n":1}', headers=b"X-Shown: yes\r\nConnection: close\r\nHost: evil\r\n")

    sent = server.requests[0].headers
    assert reply == Reply(200, "application/json", b'{"n":1}')
    assert (sent[b":method"], sent[b":path"], sent[b"x-shown"]) == (b"POST", b"/graphql", b"yes")
    assert sent[b":authority"].startswith(b"127.0.0.1:")
    assert not {b"connection", b"host"} & set(sent)


async def test_many_calls_at_once_share_one_connection() -> None:
    gate = asyncio.Event()

    async def gated(request: Request) -> None:
        await gate.wait()
        request.reply(request.body)

    async with rogue_http2(gated) as server, client() as made:
        asked = [asyncio.ensure_future(ask(made, server.url, b"%d" % n)) for n in range(40)]
        await until(lambda: len(server.requests) == 40)
        gate.set()
        replies = await asyncio.gather(*asked)

    assert [reply.body for reply in replies] == [b"%d" % n for n in range(40)]
    assert len(server.links) == 1


async def test_a_server_that_limits_streams_gets_more_connections_and_then_a_line() -> None:
    gate = asyncio.Event()

    async def gated(request: Request) -> None:
        await gate.wait()
        request.reply(request.body)

    async with rogue_http2(gated, max_concurrent_streams=2) as server, client(connections_max=3) as made:
        asked = [asyncio.ensure_future(ask(made, server.url, b"%d" % n)) for n in range(10)]
        await until(lambda: len(server.requests) == 6)
        assert made.connections == 3
        gate.set()
        replies = await asyncio.gather(*asked)

    assert [reply.body for reply in replies] == [b"%d" % n for n in range(10)]
    assert len(server.links) == 3


async def test_bodies_larger_than_the_windows_arrive_both_ways() -> None:
    async def pieces(request: Request) -> None:
        left = request.body * 30
        request.head()
        while left:
            room = min(
                request.link.speaks.local_flow_control_window(request.number),
                request.link.speaks.max_outbound_frame_size,
            )
            if not room:
                request.link.room.clear()
                await request.link.room.wait()
                continue
            request.data(left[:room], end=len(left) <= room)
            left = left[room:]

    large = bytes(range(256)) * 200
    async with rogue_http2(pieces, initial_window_size=1000) as server, client() as made:
        replies = await asyncio.gather(*(ask(made, server.url, large + b"%d" % n) for n in range(3)))

    assert [reply.body for reply in replies] == [(large + b"%d" % n) * 30 for n in range(3)]


async def test_compressed_replies_are_unpacked() -> None:
    async def packed(request: Request) -> None:
        request.reply(gzip.compress(b"hello" * 1000), ("content-encoding", "gzip"))

    async with rogue_http2(packed) as server, client() as made:
        assert (await ask(made, server.url)).body == b"hello" * 1000


async def test_interim_replies_and_trailers_are_passed_over() -> None:
    async def wordy(request: Request) -> None:
        speaks = request.link.speaks
        speaks.send_headers(request.number, [(":status", "103"), ("link", "</x>")])
        request.head()
        request.data(b"hello")
        speaks.send_headers(request.number, [("x-checksum", "1")], end_stream=True)
        request.link.flush()

    async with rogue_http2(wordy) as server, client() as made:
        assert (await ask(made, server.url)).body == b"hello"


async def test_a_reply_over_the_limit_is_dropped_and_the_connection_serves_on() -> None:
    async def large(request: Request) -> None:
        if request.body == b"{}":
            request.head()
            request.data(b"x" * 9_000)
            request.data(b"x" * 9_000)
        elif request.body == b"announced":
            request.head(("content-length", "1000000"))
        else:
            request.reply(request.body)

    async with rogue_http2(large) as server, client(response_bytes_max=10_000) as made:
        for body in (b"{}", b"announced"):
            with pytest.raises(Oversized):
                await ask(made, server.url, body)
        assert (await ask(made, server.url, b"small")).body == b"small"
        await until(lambda: server.resets == 2)

    assert len(server.links) == 1


async def test_what_is_given_up_in_mid_reply_does_not_use_up_the_connections_window() -> None:
    async def flood(request: Request) -> None:
        if request.body != b"{}":
            request.reply(request.body)
            return
        request.head()
        while request.number not in request.link.resets:
            if request.link.speaks.local_flow_control_window(request.number) >= 16_000:
                request.data(b"x" * 16_000)
            await asyncio.sleep(0)

    async with rogue_http2(flood) as server, client(response_bytes_max=500_000) as made:
        for _ in range(40):
            with pytest.raises(Oversized):
                await ask(made, server.url)
        assert (await ask(made, server.url, b"still")).body == b"still"
        assert len(server.links) == 1


async def test_a_refused_connection_is_refused_for_everybody_in_line() -> None:
    url = f"http://127.0.0.1:{reserved_port()}/graphql"
    async with client() as made:
        outcomes = await asyncio.gather(*(ask(made, url) for _ in range(5)), return_exceptions=True)

        assert [type(outcome) for outcome in outcomes] == [Refused] * 5
        assert made.connections == 0


async def test_a_slow_reply_times_out_and_its_stream_alone_is_reset() -> None:
    async def second_answers(request: Request) -> None:
        if request.body == b"slow":
            return
        request.reply(request.body)

    async with rogue_http2(second_answers) as server, client() as made:
        slow = asyncio.ensure_future(ask(made, server.url, b"slow", timeout_ms=20_000))
        await until(lambda: server.requests)
        assert (await ask(made, server.url, b"quick")).body == b"quick"
        put_forward(20)
        with pytest.raises(TimedOut):
            await slow
        assert (await ask(made, server.url, b"after")).body == b"after"
        await until(lambda: server.resets == 1)

    assert len(server.links) == 1


async def test_a_connection_gone_dumb_is_not_used_again() -> None:
    async def first_link_goes_dumb(request: Request) -> None:
        if request.body == b"one" or request.link.number == 2:
            request.reply(request.body)

    async with rogue_http2(first_link_goes_dumb) as server, client() as made:
        # What both sides say of their settings is over by the first reply: from then on the server says nothing.
        await ask(made, server.url, b"one")
        unheard = asyncio.ensure_future(ask(made, server.url, b"two", timeout_ms=20_000))
        await until(lambda: len(server.requests) == 2)
        put_forward(20)
        with pytest.raises(TimedOut):
            await unheard
        assert (await ask(made, server.url, b"three")).body == b"three"

    assert len(server.links) == 2


async def test_a_client_that_leaves_resets_its_stream_and_no_other() -> None:
    gate = asyncio.Event()

    async def gated(request: Request) -> None:
        await gate.wait()
        if request.number not in request.link.resets:
            request.reply(request.body)

    async with rogue_http2(gated) as server, client() as made:
        leaving = asyncio.ensure_future(ask(made, server.url, b"leaving"))
        staying = asyncio.ensure_future(ask(made, server.url, b"staying"))
        await until(lambda: len(server.requests) == 2)
        leaving.cancel()
        await until(lambda: server.resets == 1)
        gate.set()
        assert (await staying).body == b"staying"

    assert leaving.cancelled()
    assert list(server.links[0].resets.values()) == [ErrorCodes.CANCEL]
    assert len(server.links) == 1


async def test_a_stream_of_one_who_left_makes_room_for_who_waits() -> None:
    async def first_hangs(request: Request) -> None:
        if request.body != b"hangs":
            request.reply(request.body)

    async with rogue_http2(first_hangs, max_concurrent_streams=1) as server, client(connections_max=1) as made:
        hanging = asyncio.ensure_future(ask(made, server.url, b"hangs"))
        await until(lambda: server.requests)
        waiting = asyncio.ensure_future(ask(made, server.url, b"waits"))
        await asyncio.sleep(0)
        hanging.cancel()
        assert (await waiting).body == b"waits"

    assert len(server.links) == 1


@pytest.mark.parametrize("repeatable", [True, False])
async def test_what_a_server_going_away_has_not_begun_is_sent_again_even_a_mutation(repeatable: bool) -> None:
    async def goes(request: Request) -> None:
        if request.link.number == 1 and request.body == b"late":
            request.link.goaway(request.number - 2)
            return
        request.reply(request.body)

    async with rogue_http2(goes) as server, client() as made:
        await ask(made, server.url, b"first")
        assert (await ask(made, server.url, b"late", repeatable=repeatable)).body == b"late"

    assert len(server.links) == 2


async def test_what_a_server_going_away_has_begun_is_finished() -> None:
    gate = asyncio.Event()

    async def graceful(request: Request) -> None:
        if request.link.number == 1:
            request.link.goaway(request.number)
            await gate.wait()
        request.reply(request.body)

    async with rogue_http2(graceful) as server, client() as made:
        old = asyncio.ensure_future(ask(made, server.url, b"old", repeatable=False))
        await until(lambda: server.requests)
        await until(lambda: not any(line.free for origin in made._origins.values() for line in origin.shared))  # type: ignore[attr-defined]
        assert (await ask(made, server.url, b"new")).body == b"new"
        gate.set()
        assert (await old).body == b"old"
        await server.links[0].lost.wait()

    assert len(server.links) == 2


async def test_a_refused_stream_is_tried_once_more_and_not_for_ever() -> None:
    async def refuses(request: Request) -> None:
        request.reset(ErrorCodes.REFUSED_STREAM)

    async with rogue_http2(refuses) as server, client() as made:
        with pytest.raises(CutOff):
            await ask(made, server.url, repeatable=False)

    assert len(server.requests) == 2


async def test_a_stream_reset_in_mid_reply_is_cut_off_and_the_connection_serves_on() -> None:
    async def resets(request: Request) -> None:
        if request.body == b"{}":
            request.head()
            request.data(b"half")
            request.reset(ErrorCodes.INTERNAL_ERROR)
        else:
            request.reply(request.body)

    async with rogue_http2(resets) as server, client() as made:
        with pytest.raises(CutOff, match="INTERNAL_ERROR"):
            await ask(made, server.url)
        assert (await ask(made, server.url, b"on")).body == b"on"

    assert (len(server.links), len(server.requests)) == (1, 2)


async def test_a_connection_cut_off_in_mid_reply_is_not_tried_again() -> None:
    async def cuts(request: Request) -> None:
        request.head()
        request.data(b"half")
        request.link.hang_up()

    async with rogue_http2(cuts) as server, client() as made:
        with pytest.raises(CutOff, match="middle"):
            await ask(made, server.url)

    assert len(server.requests) == 1


@pytest.mark.parametrize("repeatable", [True, False])
async def test_a_stale_connection_is_tried_again_for_queries_only(repeatable: bool) -> None:
    async def stale(request: Request) -> None:
        if request.link.number == 1 and request.body == b"second":
            request.link.hang_up()
        else:
            request.reply(request.body)

    async with rogue_http2(stale) as server, client() as made:
        await ask(made, server.url, b"first")
        if repeatable:
            assert (await ask(made, server.url, b"second")).body == b"second"
        else:
            with pytest.raises(CutOff):
                await ask(made, server.url, b"second", repeatable=False)

    assert len(server.requests) == (3 if repeatable else 2)


@pytest.mark.parametrize(
    "noise",
    [b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", b"\x00\x00\x04\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"],
)
async def test_who_does_not_speak_http2_is_malformed_and_is_sent_no_request(noise: bytes) -> None:
    async def answers(peer: Peer) -> None:
        await peer.reader.readexactly(24)
        await peer.say(noise)
        peer.rogue.requests.append(await peer.reader.read())

    async with rogue(answers) as server, client() as made:
        with pytest.raises((Malformed, CutOff)):
            await ask(made, server.url, b"a mutation", repeatable=False)
        await until(lambda: server.requests)

    assert b"a mutation" not in server.requests[0]


async def test_noise_in_mid_reply_is_malformed_for_all_who_wait() -> None:
    async def noisy(request: Request) -> None:
        if request.body == b"1":
            request.head()
            request.link.raw(b"\x00\x00\x01\x00\x00\x00\x00\x00\x00!")  # data on stream 0

    async with rogue_http2(noisy) as server, client() as made:
        outcomes = await asyncio.gather(
            ask(made, server.url, b"0"), ask(made, server.url, b"1"), return_exceptions=True
        )

    assert [type(outcome) for outcome in outcomes] == [Malformed] * 2


async def test_a_server_that_says_nothing_is_no_connection() -> None:
    async def dumb(peer: Peer) -> None:
        await peer.reader.read()

    async with rogue(dumb) as server, client(connect_timeout_ms=50) as made:
        with pytest.raises(TimedOut, match="no connection within 50 ms"):
            await ask(made, server.url)
        assert made.connections == 0


@pytest.mark.parametrize("headers", [b":path: /elsewhere\r\n", b"bad name: x\r\n", b"a: b\nc: d\r\n", b"a: \0\r\n"])
async def test_a_header_that_would_break_the_connection_fails_its_own_call_only(headers: bytes) -> None:
    async with rogue_http2(echo) as server, client() as made:
        assert (await ask(made, server.url, b"one")).body == b"one"
        with pytest.raises(Malformed):
            await ask(made, server.url, headers=headers)
        assert (await ask(made, server.url, b"two")).body == b"two"


async def test_the_server_may_answer_before_it_has_read_everything() -> None:
    async def early(peer: Request) -> None:
        raise AssertionError("it is never read whole")

    async with rogue_http2(early, initial_window_size=10) as server, client() as made:
        asked = asyncio.ensure_future(ask(made, server.url, b"x" * 100))
        await until(lambda: server.links and server.links[0].requests and server.links[0].requests[1].body)
        # The window is given back as it is read; what matters is that the reply ends the call.
        server.links[0].requests[1].reply(b"enough")
        assert (await asked).body == b"enough"
