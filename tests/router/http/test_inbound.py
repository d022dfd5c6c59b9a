"""Client connections at the level of bytes: split, pipelined, oversized and broken requests, and clients that leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
import uvicorn
from uvicorn.server import ServerState

from router.http.app import App
from router.http.inbound import HEAD_BYTES_MAX, Entry
from router.http.serving import Serving
from router.settings import Settings
from tests.router.pipeline.shop import SUPERGRAPH, Shop, one_subgraph

pytestmark = pytest.mark.anyio
HELLO = b'{"query":"{ hello(name: \\"x\\") }"}'
ANSWER = {"data": {"hello": "hello x"}}


def post(body: bytes = HELLO, more: bytes = b"", path: bytes = b"/graphql") -> bytes:
    return b"POST %b HTTP/1.1\r\nhost: router\r\ncontent-type: application/json\r\n%bcontent-length: %d\r\n\r\n%b" % (
        path, more, len(body), body,
    )  # fmt: skip


class Server:
    """The router behind a real socket."""

    def __init__(self, shop: Shop, port: int, state: ServerState) -> None:
        self.shop = shop
        self.port = port
        self.state = state
        self.clients: list[Client] = []

    async def connect(self) -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        return client


class Client:
    """A raw client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, dict[bytes, bytes], bytes]:
        """One whole answer: status, headers, body."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head[:-4].split(b"\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(b": ") for line in lines)}
        body = await self.reader.readexactly(int(headers.get(b"content-length", b"0")))
        return int(first.split()[1]), headers, body

    async def ended(self) -> bytes:
        """Everything until the server closes."""
        return await self.reader.read()


@asynccontextmanager
async def server(settings: str = "") -> AsyncIterator[Server]:
    shop, ready = Shop(), Settings.parse(settings, environment={})
    serving = Serving(ready, lambda: SUPERGRAPH, mounted={"shop": shop}, planner=one_subgraph)
    await serving.start()
    config = uvicorn.Config(
        App(ready, serving, start=serving.start, stop=serving.stop),
        ws="none",
        server_header=False,
        date_header=False,
        proxy_headers=False,
    )
    config.load()
    entry, state = Entry(ready, serving.begin, serving.answer_at_length), ServerState()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: entry.protocol(config, state, {}), "127.0.0.1", 0)
    made = Server(shop, listening.sockets[0].getsockname()[1], state)
    try:
        yield made
    finally:
        listening.close()
        for client in made.clients:
            client.writer.transport.abort()
            await asyncio.gather(client.writer.wait_closed(), return_exceptions=True)
        for connection in list(state.connections):
            connection.transport.abort()
        for task in state.tasks:
            task.cancel()
        await asyncio.sleep(0)
        await serving.stop()


async def test_one_connection_answers_again_and_again() -> None:
    async with server() as made:
        client = await made.connect()
        for _ in range(5):
            await client.send(post())
            status, headers, body = await client.answer()

            assert (status, orjson.loads(body)) == (200, ANSWER)
            assert headers[b"content-type"] == b"application/json; charset=utf-8"


async def test_the_compiled_operation_answers_the_same_bytes() -> None:
    async with server() as made:
        client = await made.connect()
        bodies = set()
        for _ in range(50):
            await client.send(
                post(b'{"query":"{ user { name ...F } } fragment F on User { id email @skip(if: true) }"}')
            )
            bodies.add((await client.answer())[2])
            await asyncio.sleep(0)

    assert bodies == {b'{"data":{"user":{"name":"Ada","id":"1"}}}'}


async def test_a_request_may_arrive_byte_by_byte() -> None:
    async with server() as made:
        client = await made.connect()
        for byte in post():
            await client.send(bytes([byte]))
            await asyncio.sleep(0)

        assert orjson.loads((await client.answer())[2]) == ANSWER


async def test_pipelined_requests_are_answered_in_order() -> None:
    async with server() as made:
        client = await made.connect()
        queries = [b'{"query":"{ n%d: hello(name: \\"%d\\") }"}' % (n, n) for n in range(20)]
        await client.send(b"".join(post(query) for query in queries))
        answers = [orjson.loads((await client.answer())[2])["data"] for _ in queries]

    assert answers == [{f"n{n}": f"hello {n}"} for n in range(20)]


async def test_a_pipelined_request_of_another_kind_waits_for_its_turn() -> None:
    async with server() as made:
        client = await made.connect()
        await client.send(post() + b"GET /health HTTP/1.1\r\nhost: router\r\n\r\n" + post())

        assert orjson.loads((await client.answer())[2]) == ANSWER
        assert orjson.loads((await client.answer())[2]) == {"status": "UP"}
        assert orjson.loads((await client.answer())[2]) == ANSWER


async def test_a_chunked_body_is_read() -> None:
    async with server() as made:
        client = await made.connect()
        await client.send(
            b"POST /graphql HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        await client.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(HELLO), HELLO))

        assert orjson.loads((await client.answer())[2]) == ANSWER


async def test_a_client_that_asks_to_continue_is_told_to() -> None:
    async with server() as made:
        client = await made.connect()
        whole = post(more=b"expect: 100-continue\r\n")
        head, _, body = whole.partition(b"\r\n\r\n")
        await client.send(head + b"\r\n\r\n")
        told = await client.reader.readuntil(b"\r\n\r\n")
        await client.send(body)

        assert told.startswith(b"HTTP/1.1 100")
        assert orjson.loads((await client.answer())[2]) == ANSWER


async def test_a_client_that_wants_the_connection_closed_gets_that() -> None:
    async with server() as made:
        client = await made.connect()
        await client.send(post(more=b"connection: close\r\n"))
        said = await client.ended()

    assert b"connection: close\r\n" in said
    assert said.endswith(orjson.dumps(ANSWER))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /health HTTP/1.1\r\nhost: r\r\n\r\n", 200),
        (b"HEAD /health HTTP/1.1\r\nhost: r\r\n\r\n", 200),
        (b"OPTIONS /graphql HTTP/1.1\r\nhost: r\r\norigin: https://x\r\n\r\n", 204),
        (b"PUT /graphql HTTP/1.1\r\nhost: r\r\ncontent-length: 0\r\n\r\n", 405),
        (b"GET /nothing HTTP/1.1\r\nhost: r\r\n\r\n", 404),
        (post(path=b"/other"), 404),
        (post(b"{"), 400),
        (post(b"[]"), 400),
        (post(more=b"accept: image/png\r\n"), 406),
        (post(b" " * 200), 413),
        (post().replace(b"application/json", b"application/xml"), 415),
        (post().replace(b"application/json", b"text/plain"), 400),
        (post().replace(b"content-length: ", b"content-length: " + b"9" * 5000), 400),
        (b"POST /graphql HTTP/1.1\r\nhost: r\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n123456", 400),
        (b"POST /graphql HTTP/1.1\r\nbad header\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
    ],
)
async def test_whatever_is_not_a_plain_request_gets_its_answer(request_: bytes, status: int) -> None:
    async with server("limits: {http_max_request_bytes: 100}") as made:
        client = await made.connect()
        await client.send(request_)
        head = await client.reader.readuntil(b"\r\n")

    assert int(head.split()[1]) == status


async def test_header_lines_without_end_are_refused() -> None:
    async with server() as made:
        client = await made.connect()
        try:
            await client.send(b"POST /graphql HTTP/1.1\r\n")
            for _ in range(40):
                await client.send(b"x-filler: " + b"y" * (HEAD_BYTES_MAX // 8) + b"\r\n")
            said = await client.ended()
        except ConnectionError:
            said = b"HTTP/1.1 400"

    assert said.startswith(b"HTTP/1.1 4")


async def test_too_many_header_lines_in_one_piece_are_refused() -> None:
    async with server() as made:
        client = await made.connect()
        await client.send(post(more=b"x-long: %b\r\n" % (b"x" * HEAD_BYTES_MAX)))
        said = await client.ended()

    assert said.startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    "start",
    [
        b"GET /graphql HTTP/1.1\r\nhost: router\r\nx-long: ",
        b"POST /graphql HTTP/1.1\r\nhost: router\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-trailer: ",
        b"POST /graphql HTTP/1.1\r\nhost: router\r\ntransfer-encoding: chunked\r\n\r\n1;",
    ],
)
async def test_a_connection_that_uvicorn_has_is_limited_too(start: bytes) -> None:
    async with server() as made:
        client = await made.connect()
        await client.send(b"GET /health HTTP/1.1\r\nhost: router\r\n\r\n")
        await client.answer()
        async with asyncio.timeout(60):
            # The server ends the connection, or this would go on for ever.
            with pytest.raises(ConnectionError):
                await client.send(start)
                while True:
                    await client.send(b"x" * 8192)

    assert made.shop.requests == []


@pytest.mark.parametrize("twice", [b"content-length", b"authorization", b"host"])
async def test_a_header_that_stands_twice_is_not_taken_for_the_one_that_stood_once(twice: bytes) -> None:
    entry = Entry(Settings(), lambda *_: None, None)  # type: ignore[arg-type]
    lines = post().partition(b"\r\n\r\n")[0] + b"\r\nauthorization: Bearer a"

    assert entry.head(lines) is not None
    assert entry.head(lines + b"\r\n" + twice + b": 5") is None


@pytest.mark.parametrize(
    "odd",
    [
        b"transfer-encoding: chunked",
        b"content-encoding: gzip",
        b"upgrade: websocket",
        b"x y: 1",
        b" folded: 1",
        b"x\0: 1",
        b"x: \x01",
        b"x: a\nb: c",
        b"(x): 1",
        b"novalue",
    ],
)
async def test_unusual_header_lines_are_left_to_uvicorn(odd: bytes) -> None:
    entry = Entry(Settings(), lambda *_: None, None)  # type: ignore[arg-type]

    assert entry.head(post().partition(b"\r\n\r\n")[0] + b"\r\n" + odd) is None


async def test_a_client_that_leaves_takes_the_work_along() -> None:
    cancelled = asyncio.Event()
    reached = asyncio.Event()

    async def for_ever() -> None:
        reached.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with server() as made:
        made.shop.gate = for_ever
        client = await made.connect()
        await client.send(post())
        await reached.wait()
        client.writer.close()
        await cancelled.wait()


async def test_a_request_that_takes_too_long_is_ended() -> None:
    async def for_ever() -> None:
        await asyncio.Event().wait()

    async with server("traffic_shaping: {router: {timeout: 30ms}}") as made:
        made.shop.gate = for_ever
        client = await made.connect()
        await client.send(post())
        status, _, body = await client.answer()

    assert (status, orjson.loads(body)["errors"][0]["extensions"]["code"]) == (504, "GATEWAY_TIMEOUT")


async def test_shutting_down_finishes_what_is_under_way() -> None:
    gate, reached = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        reached.set()
        await gate.wait()

    async with server() as made:
        made.shop.gate = wait
        busy, idle = await made.connect(), await made.connect()
        await busy.send(post())
        await reached.wait()
        for connection in list(made.state.connections):
            connection.shutdown()
        gate.set()

        assert orjson.loads((await busy.answer())[2]) == ANSWER
        assert await busy.ended() == b""
        assert await idle.ended() == b""


async def test_a_page_of_an_allowed_origin_may_read_answers() -> None:
    async with server("cors: {origins: ['https://shop.example']}") as made:
        client = await made.connect()
        seen: list[Any] = []
        for origin in (b"https://shop.example", b"https://evil.example"):
            await client.send(post(more=b"origin: " + origin + b"\r\n"))
            seen.append((await client.answer())[1].get(b"access-control-allow-origin"))

    assert seen == [b"https://shop.example", None]


async def test_a_subgraph_is_told_the_address_of_the_connection_and_not_what_the_client_claims() -> None:
    located = "{insert: {name: X-Forwarded-For, from_context: client_address}}"
    async with server(f"headers: {{all: {{request: [{located}]}}}}") as made:
        client = await made.connect()
        for more in (b"", b"x-forwarded-for: 198.51.100.1\r\n", b"x-forwarded-for: 198.51.100.1\r\naccept: */*\r\n"):
            await client.send(post(more=more))
            assert (await client.answer())[0] == 200

        # What uvicorn reads instead, since its body comes in chunks.
        head = b"POST /graphql HTTP/1.1\r\nhost: router\r\ncontent-type: application/json\r\n"
        await client.send(head + b"x-forwarded-for: 198.51.100.1\r\ntransfer-encoding: chunked\r\n\r\n")
        await client.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(HELLO), HELLO))
        assert (await client.answer())[0] == 200

    assert [headers["x-forwarded-for"] for headers in made.shop.headers] == ["127.0.0.1"] * 4
