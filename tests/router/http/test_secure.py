"""TLS: whom it trusts and what it says when it does not, which protocol is agreed on, and the way through a proxy."""

from __future__ import annotations

import asyncio
import base64
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config

from chassis.embedded.process import reserved_port
from router.http.secure import SecureClient
from router.http.transport import CutOff, Malformed, Oversized, Refused, Reply, TimedOut
from router.settings import Http2
from tests.router.http.calling import ask, echo_for_ever
from tests.router.http.certificates import Authority
from tests.router.http.clock import put_forward
from tests.router.http.rogue import Behaviour, Peer, rogue, until
from tests.router.http.rogue_http2 import Request, rogue_http2

pytestmark = pytest.mark.anyio
BOTH = ("h2", "http/1.1")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "all_proxy", "no_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@asynccontextmanager
async def client(authorities: str | None, http2: Http2 = "disable", **limits: Any) -> AsyncIterator[SecureClient]:
    made = SecureClient(http2=http2, authorities=authorities, **limits)
    try:
        yield made
    finally:
        await made.close()


async def echo2(request: Request) -> None:
    request.reply(request.body)


# ------------------------------------------------------------------------------------------------- a server of others


@asynccontextmanager
async def hypercorn(authority: Authority, protocols: list[str], seen: list[dict[str, Any]]) -> AsyncIterator[str]:
    """A server written by others; `seen` gets each request's ASGI scope."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        seen.append(scope)
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    config = Config()
    listening = config._create_sockets(["127.0.0.1:0"])[0]
    listening.listen()
    port = listening.getsockname()[1]
    config.bind = [f"fd://{listening.detach()}"]
    config.certfile = config.keyfile = str(authority.certificate())
    config.alpn_protocols = protocols
    config.accesslog = config.errorlog = None
    stop = asyncio.Event()
    serving = asyncio.ensure_future(serve(app, config, shutdown_trigger=stop.wait))
    try:
        yield f"https://127.0.0.1:{port}/graphql"
    finally:
        stop.set()
        await serving


async def test_a_server_of_others_is_spoken_to_in_http2_over_one_connection(authority: Authority) -> None:
    seen: list[dict[str, Any]] = []
    async with hypercorn(authority, list(BOTH), seen) as url, client(authority.pem, "enable") as made:
        replies = await asyncio.gather(*(ask(made, url, b"%d" % n) for n in range(20)))
        assert made.connections == 1

    assert [reply.body for reply in replies] == [b"%d" % n for n in range(20)]
    assert {scope["http_version"] for scope in seen} == {"2"}
    assert len({scope["client"] for scope in seen}) == 1


@pytest.mark.parametrize(
    ("offered", "wanted", "spoken"),
    [
        (["h2", "http/1.1"], "disable", "1.1"),
        (["http/1.1"], "enable", "1.1"),
        (["h2"], "enable", "2"),
        (["h2", "http/1.1"], "http2only", "2"),
    ],
)
async def test_what_is_spoken_is_what_both_sides_can(
    authority: Authority, offered: list[str], wanted: Http2, spoken: str
) -> None:
    seen: list[dict[str, Any]] = []
    async with hypercorn(authority, offered, seen) as url, client(authority.pem, wanted) as made:
        replies = await asyncio.gather(*(ask(made, url, b"%d" % n) for n in range(5)))

    assert [reply.body for reply in replies] == [b"%d" % n for n in range(5)]
    assert {scope["http_version"] for scope in seen} == {spoken}


# ------------------------------------------------------------------------------------------------------------ HTTP/1.1


async def test_without_http2_the_server_gets_a_connection_for_each_call_and_keeps_them(authority: Authority) -> None:
    gate = asyncio.Event()

    async def gated(peer: Peer) -> None:
        while True:
            body = await peer.request()
            await gate.wait()
            await peer.reply(body)

    async with (
        rogue(gated, authority.server(protocols=("http/1.1",))) as server,
        client(authority.pem, "enable") as made,
    ):
        asked = [asyncio.ensure_future(ask(made, server.url, b"%d" % n)) for n in range(5)]
        await until(lambda: len(server.requests) == 5)
        gate.set()
        replies = await asyncio.gather(*asked)
        await ask(made, server.url)

    assert [reply.body for reply in replies] == [b"%d" % n for n in range(5)]
    assert server.connections == 5
    assert b"\r\naccept-encoding: gzip, deflate\r\n" in server.requests[0]


async def whole(peer: Peer) -> None:
    await peer.request()
    await peer.reply(gzip.compress(b"hello"), b"content-encoding: gzip\r\n")


async def cut(peer: Peer) -> None:
    await peer.request()
    await peer.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")


async def large(peer: Peer) -> None:
    await peer.request()
    await peer.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    await peer.reader.read()


async def noise(peer: Peer) -> None:
    await peer.request()
    await peer.say(b"SSH-2.0\r\n\r\n")
    await peer.reader.read()


async def silence(peer: Peer) -> None:
    await peer.request()
    await peer.reader.read()


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [(whole, Reply), (cut, CutOff), (large, Oversized), (noise, Malformed), (silence, TimedOut)],
)
async def test_outcomes_are_those_of_plain_http(authority: Authority, behaviour: Behaviour, outcome: type) -> None:
    async with rogue(behaviour, authority.server()) as server, client(authority.pem, response_bytes_max=1000) as made:
        asked = asyncio.ensure_future(ask(made, server.url, timeout_ms=20_000))
        await until(lambda: server.requests)
        if outcome is TimedOut:
            put_forward(20)
        [got] = await asyncio.gather(asked, return_exceptions=True)

    assert isinstance(got, outcome)
    assert len(server.requests) == 1


async def test_a_client_that_leaves_frees_its_place(authority: Authority) -> None:
    async def first_hangs(peer: Peer) -> None:
        body = await peer.request()
        if peer.rogue.connections == 1:
            await peer.reader.read()
        await peer.reply(body)

    async with rogue(first_hangs, authority.server()) as server, client(authority.pem, connections_max=1) as made:
        leaving = asyncio.ensure_future(ask(made, server.url, b"leaving"))
        await until(lambda: server.requests)
        waiting = asyncio.ensure_future(ask(made, server.url, b"waiting"))
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await waiting).body == b"waiting"


# -------------------------------------------------------------------------------------------------------- certificates


@pytest.mark.parametrize("http2", ["disable", "enable"])
@pytest.mark.parametrize(
    ("host", "days", "trusted", "said"),
    [
        ("127.0.0.1", 1, False, "unable to get local issuer certificate|self.signed"),
        ("127.0.0.1", -1, True, "certificate has expired"),
        ("elsewhere.example", 1, True, "certificate is not valid for '127.0.0.1'"),
    ],
)
async def test_a_certificate_that_is_not_accepted_is_named_with_its_host(
    authority: Authority, http2: Http2, host: str, days: int, trusted: bool, said: str
) -> None:
    tls = authority.server(host, days=days, protocols=BOTH)
    async with rogue_http2(echo2, tls) as server, client(authority.pem if trusted else None, http2) as made:
        with pytest.raises(Refused, match=rf"127\.0\.0\.1:\d+ cannot be reached: its certificate is not .*({said})"):
            await ask(made, server.url)
        assert made.connections == 0

    assert not server.requests


async def test_the_systems_authorities_are_those_that_ssl_cert_file_names(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    async with rogue(echo_for_ever, authority.server()) as server, client(None) as made:
        assert (await ask(made, server.url)).body == b"{}"


async def test_authorities_that_are_no_certificates_are_told_at_once() -> None:
    with pytest.raises(ValueError, match="not certificates in PEM"):
        SecureClient(authorities="hello")


async def test_a_server_without_tls_is_told_from_a_broken_one(authority: Authority) -> None:
    async def plain(peer: Peer) -> None:
        await peer.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await peer.reader.read()

    async with rogue(plain) as server, client(authority.pem) as made:
        with pytest.raises(Refused, match="does not speak TLS"):
            await ask(made, server.url.replace("http://", "https://"))


async def test_a_server_that_never_finishes_tls_is_given_up(authority: Authority) -> None:
    async def dumb(peer: Peer) -> None:
        await peer.reader.read()

    async with rogue(dumb) as server, client(authority.pem, connect_timeout_ms=50) as made:
        with pytest.raises(TimedOut):
            await ask(made, server.url.replace("http://", "https://"))
        assert made.connections == 0


# --------------------------------------------------------------------------------------------------------------- proxy


async def tunnel(peer: Peer) -> None:
    """A proxy that does its work."""
    head = await peer.reader.readuntil(b"\r\n\r\n")
    peer.rogue.requests.append(head)
    host, _, port = head.split(b" ")[1].rpartition(b":")
    reader, writer = await asyncio.open_connection(host.decode(), int(port))
    await peer.say(b"HTTP/1.1 200 Connection established\r\nvia: test\r\n\r\n")

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            sink.write(data)
        sink.close()

    try:
        await asyncio.gather(pump(peer.reader, writer), pump(reader, peer.writer))
    finally:
        writer.close()


@pytest.mark.parametrize("http2", ["disable", "enable"])
async def test_https_goes_through_the_proxy_of_the_environment(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, http2: Http2
) -> None:
    async with rogue(tunnel) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://me:p%40ss@").replace("/graphql", ""))
        if http2 == "enable":
            async with (
                rogue_http2(echo2, authority.server(protocols=BOTH)) as server,
                client(authority.pem, http2) as made,
            ):
                replies = await asyncio.gather(*(ask(made, server.url, b"%d" % n) for n in range(5)))
        else:
            async with rogue(echo_for_ever, authority.server()) as plain, client(authority.pem, http2) as made:
                replies = [await ask(made, plain.url, b"%d" % n) for n in range(5)]

    assert [reply.body for reply in replies] == [b"%d" % n for n in range(5)]
    assert len(proxy.requests) == 1
    assert b"\r\nproxy-authorization: Basic " + base64.b64encode(b"me:p@ss") in proxy.requests[0]


async def test_no_proxy_names_hosts_that_are_reached_directly(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        rogue(tunnel) as proxy,
        rogue(echo_for_ever, authority.server()) as server,
        client(authority.pem) as made,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert (await ask(made, server.url)).body == b"{}"

    assert proxy.connections == 0


async def refuses(peer: Peer) -> None:
    await peer.reader.readuntil(b"\r\n\r\n")
    await peer.say(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")


async def hangs_up(peer: Peer) -> None:
    await peer.reader.readuntil(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("behaviour", "said"), [(refuses, "refused the tunnel: 407 Proxy Auth"), (hangs_up, "closed the connection")]
)
async def test_a_proxy_that_gives_no_tunnel_is_named(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour, said: str
) -> None:
    async with rogue(behaviour) as proxy, client(authority.pem) as made:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(Refused, match=rf"the proxy 127\.0\.0\.1:\d+ {said}"):
            await ask(made, "https://subgraph.example/graphql")
        assert made.connections == 0


async def test_a_proxy_that_is_down_or_not_spoken_to_is_named(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{reserved_port()}"
    async with client(authority.pem) as made:
        for proxy_url, said in (
            (url, "the proxy 127.* cannot be reached"),
            ("socks5://127.0.0.1:1", "socks5:// proxies"),
        ):
            monkeypatch.setenv("HTTPS_PROXY", proxy_url)
            with pytest.raises(Refused, match=said):
                await ask(made, "https://subgraph.example/graphql")
