"""Our HTTP client against a server that misbehaves in each way a server can."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from pathlib import Path
from typing import Any

import pytest

from chassis.embedded.process import reserved_port
from router.http.transport import CutOff, Malformed, Outcome, Oversized, Refused, Reply, TimedOut
from tests.router import names
from tests.router.http.calling import OK, ask, client, echo_for_ever
from tests.router.http.clock import put_forward
from tests.router.http.rogue import Peer, Rogue, rogue, until

pytestmark = pytest.mark.anyio


async def test_a_reply_comes_back_whole_and_the_connection_is_kept() -> None:
    async with rogue(echo_for_ever) as server, client() as made:
        first = await ask(made, server.url, b'{"n":1}')
        second = await ask(made, server.url, b'{"n":2}')

    assert first == Reply(200, "application/json", b'{"n":1}')
    assert second.body == b'{"n":2}'
    assert server.connections == 1
    assert server.requests[0].startswith(b"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:")
    assert b"\r\nx-shown: yes\r\n" in server.requests[0]


async def test_a_reply_may_arrive_byte_by_byte() -> None:
    async def dribble(peer: Peer) -> None:
        await peer.request()
        for byte in OK + b"content-length: 5\r\n\r\nhello":
            await peer.say(bytes([byte]))
            await asyncio.sleep(0)

    async with rogue(dribble) as server, client() as made:
        assert (await ask(made, server.url)).body == b"hello"


async def test_chunks_are_put_together() -> None:
    async def chunked(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await peer.say(b"4;ext=1\r\ndefg\r\n0\r\ntrailer: x\r\n\r\n")
        await peer.reply(await peer.request())

    async with rogue(chunked) as server, client() as made:
        assert (await ask(made, server.url)).body == b"abcdefg"
        assert (await ask(made, server.url, b"again")).body == b"again"

    assert server.connections == 1


@pytest.mark.parametrize(("name", "pack"), [(b"gzip", gzip.compress), (b"deflate", zlib.compress)])
async def test_compressed_replies_are_unpacked(name: bytes, pack: Any) -> None:
    async def packed(peer: Peer) -> None:
        await peer.request()
        await peer.reply(pack(b"hello" * 1000), b"content-encoding: " + name + b"\r\n")

    async with rogue(packed) as server, client() as made:
        assert (await ask(made, server.url)).body == b"hello" * 1000


@pytest.mark.parametrize(
    ("encoding", "body"), [(b"gzip", b"not gzip"), (b"gzip", gzip.compress(b"x" * 99, mtime=0)[:-9]), (b"br", b"x")]
)
async def test_a_body_that_cannot_be_unpacked_is_malformed(encoding: bytes, body: bytes) -> None:
    async def packed(peer: Peer) -> None:
        await peer.request()
        await peer.reply(body, b"content-encoding: " + encoding + b"\r\n")

    async with rogue(packed) as server, client() as made:
        with pytest.raises(Malformed):
            await ask(made, server.url)


async def test_a_small_packet_does_not_unpack_to_more_than_the_limit() -> None:
    async def bomb(peer: Peer) -> None:
        await peer.request()
        await peer.reply(gzip.compress(b"0" * 1_000_000), b"content-encoding: gzip\r\n")

    async with rogue(bomb) as server, client(response_bytes_max=10_000) as made:
        with pytest.raises(Oversized):
            await ask(made, server.url)


async def test_a_body_without_length_ends_with_the_connection() -> None:
    async def until_close(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK + b"connection: close\r\n\r\nhello")

    async with rogue(until_close) as server, client() as made:
        assert (await ask(made, server.url)).body == b"hello"
        assert (await ask(made, server.url)).body == b"hello"

    assert server.connections == 2


async def test_an_interim_reply_is_passed_over() -> None:
    async def early(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n")
        await peer.reply(b"hello")

    async with rogue(early) as server, client() as made:
        assert (await ask(made, server.url)).body == b"hello"


async def test_a_refused_connection_is_refused() -> None:
    async with client() as made:
        with pytest.raises(Refused):
            await ask(made, f"http://127.0.0.1:{reserved_port()}/graphql")
        assert made.connections == 0


async def test_a_host_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names.unknown(monkeypatch)
    async with client() as made:
        with pytest.raises(Refused):
            await ask(made, "http://nowhere.invalid/graphql")


async def test_silence_times_out_and_the_connection_is_dropped() -> None:
    dropped = asyncio.Event()

    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.reader.read()
        dropped.set()

    async with rogue(silent) as server, client() as made:
        asked = asyncio.ensure_future(ask(made, server.url, timeout_ms=20_000))
        await until(lambda: server.requests)
        put_forward(20)
        with pytest.raises(TimedOut):
            await asked
        await dropped.wait()


async def test_a_reply_that_stalls_midway_times_out() -> None:
    async def stalls(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK + b"content-length: 100\r\n\r\nhalf")
        await peer.reader.read()

    async with rogue(stalls) as server, client() as made:
        with pytest.raises(TimedOut):
            await ask(made, server.url, timeout_ms=30)


@pytest.mark.parametrize(
    "partial",
    [
        b"HTTP/1.1 200 OK\r\nconte",
        OK + b"content-length: 100\r\n\r\nhalf",
        OK + b"transfer-encoding: chunked\r\n\r\n9\r\nabc",
    ],
)
async def test_a_reply_cut_off_is_told_from_a_whole_one(partial: bytes) -> None:
    async def cut(peer: Peer) -> None:
        await peer.request()
        await peer.say(partial)

    async with rogue(cut) as server, client() as made:
        with pytest.raises(CutOff):
            await ask(made, server.url)

    assert len(server.requests) == 1


@pytest.mark.parametrize("noise", [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00\x01\x02\x03\r\n\r\n"])
async def test_what_is_not_http_is_malformed(noise: bytes) -> None:
    async def noisy(peer: Peer) -> None:
        await peer.request()
        await peer.say(noise)
        await peer.reader.read()

    async with rogue(noisy) as server, client() as made:
        with pytest.raises(Malformed):
            await ask(made, server.url)


async def test_headers_without_end_are_malformed() -> None:
    async def endless(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\n")
        while True:
            await peer.say(b"x-filler: " + b"y" * 1000 + b"\r\n")

    async with rogue(endless) as server, client() as made:
        with pytest.raises(Malformed):
            await ask(made, server.url)


@pytest.mark.parametrize("announced", [True, False])
async def test_a_reply_over_the_limit_is_dropped(announced: bool) -> None:
    async def large(peer: Peer) -> None:
        await peer.request()
        if announced:
            await peer.say(OK + b"content-length: 1000000\r\n\r\n")
            await peer.reader.read()
        else:
            await peer.say(OK + b"transfer-encoding: chunked\r\n\r\n")
            while True:
                await peer.say(b"400\r\n" + b"x" * 1024 + b"\r\n")

    async with rogue(large) as server, client(response_bytes_max=10_000) as made:
        with pytest.raises(Oversized):
            await ask(made, server.url)


async def test_no_more_connections_than_the_limit() -> None:
    gate = asyncio.Event()

    async def gated(peer: Peer) -> None:
        while True:
            body = await peer.request()
            await gate.wait()
            await peer.reply(body)

    async with rogue(gated) as server, client(connections_max=2) as made:
        asked = [asyncio.ensure_future(ask(made, server.url, b"%d" % n)) for n in range(6)]
        await until(lambda: len(server.requests) >= 2)
        assert made.connections == 2
        gate.set()
        replies = await asyncio.gather(*asked)

    assert [reply.body for reply in replies] == [b"%d" % n for n in range(6)]
    assert server.connections == 2


async def test_waiting_in_line_counts_against_the_time_out() -> None:
    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.reader.read()

    async with rogue(silent) as server, client(connections_max=1) as made:
        first = asyncio.ensure_future(ask(made, server.url))
        await until(lambda: server.requests)
        with pytest.raises(TimedOut):
            await ask(made, server.url, timeout_ms=30)
        first.cancel()


async def test_a_cancelled_request_drops_its_connection() -> None:
    dropped = asyncio.Event()

    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.reader.read()
        dropped.set()

    async with rogue(silent) as server, client() as made:
        asked = asyncio.ensure_future(ask(made, server.url))
        await until(lambda: server.requests)
        asked.cancel()
        await dropped.wait()
        await until(lambda: not made.connections)

    assert asked.cancelled()


async def test_the_outcome_comes_exactly_once() -> None:
    outcomes: list[Outcome] = []
    done = asyncio.Event()

    def on_done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        done.set()

    async with rogue(echo_for_ever) as server, client() as made:
        call = made.send(server.url, b"", b"{}", timeout_ms=1_000, repeatable=True, on_done=on_done)
        await done.wait()
        call.cancel()
        await asyncio.sleep(0)

    assert len(outcomes) == 1


async def test_everybody_in_line_gets_an_attempt_when_connecting_fails() -> None:
    url = f"http://127.0.0.1:{reserved_port()}/graphql"
    async with client(connections_max=2) as made:
        outcomes = await asyncio.gather(*(ask(made, url) for _ in range(7)), return_exceptions=True)

    assert [str(outcome).partition(": ")[2] for outcome in outcomes] == ["Connection refused"] * 7


async def test_a_server_that_hangs_up_on_everybody_is_not_called_for_ever() -> None:
    async def hangs_up(peer: Peer) -> None:
        peer.writer.transport.abort()

    async with rogue(hangs_up) as server, client() as made:
        with pytest.raises(CutOff):
            await ask(made, server.url)

    assert server.connections <= 2


async def test_switching_protocols_was_not_asked_for() -> None:
    async def switches(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")
        await peer.reader.read()

    async with rogue(switches) as server, client() as made:
        with pytest.raises(Malformed):
            await ask(made, server.url)


async def test_an_offer_to_upgrade_is_not_taken() -> None:
    async def offers(peer: Peer) -> None:
        while True:
            await peer.reply(await peer.request(), b"upgrade: h2c\r\nconnection: upgrade\r\n")

    async with rogue(offers) as server, client() as made:
        assert (await ask(made, server.url, b"one")).body == b"one"
        assert (await ask(made, server.url, b"two")).body == b"two"


@pytest.mark.parametrize(
    "lines",
    [
        b"content-length: 5\r\ncontent-length: 6\r\n",
        b"content-length: -1\r\n",
        b"content-length: 5\r\ntransfer-encoding: chunked\r\n",
        b"content-length: 99999999999999999999999\r\n",
    ],
)
async def test_a_length_that_cannot_be_is_no_reply(lines: bytes) -> None:
    async def lies(peer: Peer) -> None:
        await peer.request()
        await peer.say(OK + lines + b"\r\nhello")
        await peer.reader.read()

    async with rogue(lies) as server, client() as made:
        with pytest.raises((Malformed, Oversized)):
            await ask(made, server.url)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (b"gzip", gzip.compress(b"hello ", mtime=0) + gzip.compress(b"world", mtime=0)),
        (b"deflate", zlib.compress(b"hello world", wbits=-15)),
        (b"identity", b"hello world"),
    ],
)
async def test_the_odd_ways_of_packing_are_understood(name: bytes, body: bytes) -> None:
    async def packed(peer: Peer) -> None:
        await peer.request()
        await peer.reply(body, b"content-encoding: " + name + b"\r\n")

    async with rogue(packed) as server, client() as made:
        assert (await ask(made, server.url)).body == b"hello world"


async def test_members_of_a_packed_body_are_limited_together() -> None:
    async def bombs(peer: Peer) -> None:
        await peer.request()
        await peer.reply(gzip.compress(b"0" * 6_000) * 2, b"content-encoding: gzip\r\n")

    async with rogue(bombs) as server, client(response_bytes_max=10_000) as made:
        with pytest.raises(Oversized):
            await ask(made, server.url)


async def test_a_cancelled_call_frees_its_place_for_who_waits() -> None:
    async def first_hangs(peer: Peer) -> None:
        body = await peer.request()
        if peer.rogue.connections == 1:
            await peer.reader.read()
        await peer.reply(body)

    async with rogue(first_hangs) as server, client(connections_max=1) as made:
        leaving = asyncio.ensure_future(ask(made, server.url, b"leaving"))
        await until(lambda: server.requests)
        waiting = asyncio.ensure_future(ask(made, server.url, b"waiting"))
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await waiting).body == b"waiting"


async def test_what_is_still_busy_when_the_client_closes_ends_with_its_reply() -> None:
    gate = asyncio.Event()

    async def gated(peer: Peer) -> None:
        body = await peer.request()
        await gate.wait()
        await peer.reply(body)
        await peer.reader.read()

    async with rogue(gated) as server, client() as made:
        asked = asyncio.ensure_future(ask(made, server.url, b"busy"))
        await until(lambda: server.requests)
        await made.close()
        gate.set()
        assert (await asked).body == b"busy"
        await until(lambda: not made.connections)


async def test_a_unix_socket_is_called_with_the_path_of_its_query(tmp_path: Path) -> None:
    seen = Rogue(echo_for_ever)
    listening = await asyncio.start_unix_server(seen.accept, tmp_path / "s")
    async with listening, client() as made:
        reply = await ask(made, f"unix://{tmp_path}/s?path=/graphql", b"hello")
        with pytest.raises(Refused):
            await ask(made, f"unix://{tmp_path}/nothing")
    await until(lambda: not made.connections)

    assert reply.body == b"hello"
    assert seen.requests[0].startswith(b"POST /graphql HTTP/1.1\r\nhost: localhost\r\n")


async def test_an_ipv6_host_is_called_and_named_in_brackets() -> None:
    seen = Rogue(echo_for_ever)
    try:
        listening = await asyncio.start_server(seen.accept, "::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    port = listening.sockets[0].getsockname()[1]
    async with listening, client() as made:
        reply = await ask(made, f"http://[::1]:{port}/graphql", b"hello")
    await until(lambda: not made.connections)

    assert reply.body == b"hello"
    assert b"\r\nhost: [::1]:%d\r\n" % port in seen.requests[0]


async def test_a_url_cannot_begin_a_line_of_its_own() -> None:
    async with rogue(echo_for_ever) as server, client() as made:
        await ask(made, server.url + "/ä b?q=\u2028\x00#part")

    assert server.requests[0].startswith(b"POST /graphql/%C3%A4%20b?q=%E2%80%A8%00 HTTP/1.1\r\n")
