"""A small federation that is alive: `orders` announces changes, `users` knows more about the buyer; and a router before it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import uvicorn
from graphql import GraphQLError, build_schema, graphql_sync

from router.composition import Composed, Source, compose
from router.http.app import App
from router.http.inbound import Entry
from router.http.serving import Serving
from router.settings import Settings
from tests.router.http.rogue import until

LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated"])\n'
ORDERS = (
    LINK
    + """
type Query { orders: [Order!]! order(id: ID!): Order }
type Mutation { cancel(id: ID!): Order }
type Subscription { orderUpdated(id: ID!): Order mine: Order @authenticated }
type Order @key(fields: "id") { id: ID! status: String! buyer: User! }
type User @key(fields: "id", resolvable: false) { id: ID! }
"""
)
USERS = (
    LINK
    + """
type Query { me: User }
type User @key(fields: "id") { id: ID! name: String! email: String @authenticated latest: Order }
type Order @key(fields: "id", resolvable: false) { id: ID! }
"""
)
# How long a test waits for what must come: a busy machine may stand still for seconds.
PATIENCE_S = 60
QUERY = 'subscription { orderUpdated(id: "1") { status buyer { name } } }'


def supergraph(orders_url: str = "http://orders/graphql", extra: str = "") -> str:
    made = compose([Source("orders", orders_url, ORDERS + extra), Source("users", "http://users/graphql", USERS)])
    assert isinstance(made, Composed), made
    return made.sdl


def order(status: str, buyer: str = "1") -> dict[str, Any]:
    """The response of `orders` to one event."""
    return {"data": {"orderUpdated": {"status": status, "buyer": {"__typename": "User", "id": buyer}}}}


class Feed:
    """One subscription as the subgraph sees it: what the test says goes out."""

    def __init__(self, request: dict[str, Any], headers: dict[str, str]) -> None:
        self.request = request
        self.headers = headers
        self.said: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self.left = asyncio.Event()

    def say(self, response: Any) -> None:
        self.said.put_nowait(b"event: next\ndata: " + orjson.dumps(response) + b"\n\n")

    def raw(self, data: bytes) -> None:
        self.said.put_nowait(data)

    def complete(self) -> None:
        self.said.put_nowait(b"event: complete\ndata: \n\n")
        self.said.put_nowait(None)

    def break_off(self) -> None:
        self.said.put_nowait(None)


class Orders:
    """The subgraph that announces; `feeds` are the subscriptions it was asked for, in order."""

    SCHEMA = build_schema("""
      scalar _Any union _Entity = Order
      type Query { orders: [Order!]! order(id: ID!): Order _entities(representations: [_Any!]!): [_Entity]! }
      type Mutation { cancel(id: ID!): Order }
      type Order { id: ID! status: String! buyer: User! }
      type User { id: ID! }
    """)

    def __init__(self) -> None:
        self.data: dict[str, Any] = {
            "orders": [self.order("1"), self.order("2")],
            "order": lambda _, **given: self.order(given["id"]),
            "cancel": lambda _, **given: {**self.order(given["id"]), "status": "CANCELLED"},
            "_entities": lambda _, representations: [self.order(each["id"]) for each in representations],
        }
        self.feeds: list[Feed] = []
        self.open = 0
        self.content_type = b"text/event-stream"
        self.refuses: tuple[int, bytes] | None = None
        self.queries: list[dict[str, Any]] = []

    def order(self, id: str) -> dict[str, Any]:
        return {
            "__typename": "Order",
            "id": id,
            "status": f"PAID {id}",
            "buyer": {"__typename": "User", "id": f"u{id}"},
        }

    async def feed(self, number: int = 0) -> Feed:
        async with asyncio.timeout(PATIENCE_S):
            await until(lambda: len(self.feeds) > number)
        return self.feeds[number]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = orjson.loads((await receive())["body"])
        if not request["query"].startswith("subscription"):
            self.queries.append(request)
            result = graphql_sync(self.SCHEMA, request["query"], self.data, variable_values=request.get("variables"))
            await _reply(send, 200, orjson.dumps(result.formatted))
            return
        if self.refuses is not None:
            await _reply(send, *self.refuses)
            return
        feed = Feed(request, {k.decode(): v.decode() for k, v in scope["headers"]})
        self.feeds.append(feed)
        self.open += 1
        leaving = asyncio.ensure_future(_left(receive))
        try:
            head = [(b"content-type", self.content_type)]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            # A head is sent with the first byte of the body.
            await send({"type": "http.response.body", "body": b"\r\n", "more_body": True})
            while True:
                saying = asyncio.ensure_future(feed.said.get())
                await asyncio.wait((saying, leaving), return_when=asyncio.FIRST_COMPLETED)
                if leaving.done():
                    saying.cancel()
                    return
                data = saying.result()
                if data is None:
                    await send({"type": "http.response.body", "body": b""})
                    return
                assert isinstance(data, bytes)
                await send({"type": "http.response.body", "body": data, "more_body": True})
        finally:
            leaving.cancel()
            self.open -= 1
            feed.left.set()


async def _left(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _reply(send: Any, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


class Users:
    """The subgraph that knows buyers; `fails` makes it answer with an error instead."""

    SCHEMA = build_schema("""
      scalar _Any union _Entity = User
      type Query { me: User _entities(representations: [_Any!]!): [_Entity]! }
      type User { id: ID! name: String! email: String latest: Order }
      type Order { id: ID! }
    """)

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.fails = False
        self.gate: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = orjson.loads((await receive())["body"])
        self.requests.append(request)
        self.headers.append({k.decode(): v.decode() for k, v in scope["headers"]})
        if self.gate is not None:
            await self.gate()
        result = graphql_sync(
            self.SCHEMA,
            request["query"],
            {"_entities": self.entities, "me": self.user("1")},
            variable_values=request.get("variables"),
        )
        await _reply(send, 200, orjson.dumps(result.formatted))

    def entities(self, _: Any, representations: list[dict[str, Any]]) -> list[Any]:
        if self.fails:
            return [GraphQLError("no such user", extensions={"code": "LOST"}) for _ in representations]
        return [self.user(each["id"]) for each in representations]

    def user(self, id: str) -> dict[str, Any]:
        latest = {"__typename": "Order", "id": f"{id}-latest"}
        return {"__typename": "User", "id": id, "name": f"Ada {id}", "email": "a@b.c", "latest": latest}


class Text:
    """A supergraph file that tests can change."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self) -> str:
        return self.text


class Live:
    """The router, listening."""

    def __init__(self, orders: Orders, users: Users, serving: Serving, text: Text, port: int) -> None:
        self.orders = orders
        self.users = users
        self.serving = serving
        self.text = text
        self.port = port
        self.url = f"http://127.0.0.1:{port}/graphql"


class _Server(uvicorn.Server):
    """Leaves the test run's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(app: Any, *, uds: Path | None = None, **config: Any) -> AsyncIterator[int]:
    """An ASGI application on a free port, or on a Unix socket, by uvicorn."""
    sock = socket.socket(socket.AF_INET if uds is None else socket.AF_UNIX)
    sock.bind(("127.0.0.1", 0) if uds is None else str(uds))
    settings: dict[str, Any] = {"lifespan": "off", "ws": "none", "log_level": "critical", **config}
    server = _Server(uvicorn.Config(app, timeout_keep_alive=75, timeout_graceful_shutdown=1, **settings))
    running = asyncio.create_task(server.serve(sockets=[sock]))
    try:
        await until(lambda: server.started or running.done())
        yield sock.getsockname()[1] if uds is None else 0
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def live(settings: str = "", *, over_http: bool = False, extra: str = "") -> AsyncIterator[Live]:
    """A router on a real port; `orders` in the same process, or `over_http` on a port of its own."""
    orders, users, ready = Orders(), Users(), Settings.parse(settings, environment={})
    if over_http:
        async with listening(orders) as port:
            url = f"http://127.0.0.1:{port}/graphql"
            async with _router(ready, orders, users, {"users": users}, Text(supergraph(url, extra))) as made:
                yield made
        return
    mounted = {"users": users, "orders": orders}
    async with _router(ready, orders, users, mounted, Text(supergraph(extra=extra))) as made:
        yield made


@asynccontextmanager
async def _router(
    settings: Settings, orders: Orders, users: Users, mounted: Mapping[str, Any], text: Text
) -> AsyncIterator[Live]:
    serving = Serving(settings, text, mounted=mounted)
    await serving.start()
    app = App(settings, serving, start=serving.start, stop=serving.stop)
    entry = Entry(settings, serving.begin, serving.answer_at_length)
    most = settings.limits.http_max_request_bytes
    async with listening(app, http=entry.protocol, ws="websockets-sansio", ws_max_size=most) as port:
        yield Live(orders, users, serving, text, port)
        serving.drain()
    await serving.stop()


class Stream:
    """A reply that is read as it comes."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.pieces = response.aiter_bytes()
        self.rest = b""

    async def until(self, delimiter: bytes) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            while delimiter not in self.rest:
                self.rest += await anext(self.pieces)
        found, _, self.rest = self.rest.partition(delimiter)
        return found

    async def event(self) -> tuple[str, Any]:
        """The next event of a text/event-stream, comments passed over."""
        async with asyncio.timeout(PATIENCE_S):
            while (text := await self.until(b"\n\n")) == b":":
                continue
        found = dict(line.split(":", 1) for line in text.decode().split("\n"))
        data = found["data"].strip()
        return found["event"].strip(), orjson.loads(data) if data else None

    async def part(self) -> Any:
        """The next part of a multipart reply."""
        while True:
            text = await self.until(b"\r\n--graphql")
            if text:
                return orjson.loads(text.partition(b"\r\n\r\n")[2])

    async def end(self) -> bytes:
        """What is left, once the reply has ended."""
        async with asyncio.timeout(PATIENCE_S):
            async for piece in self.pieces:
                self.rest += piece
        return self.rest


@asynccontextmanager
async def asking(
    made: Live, query: str = QUERY, *, accept: str = "text/event-stream", **headers: str
) -> AsyncIterator[Stream]:
    """POST an operation and read the reply as it comes; leaving closes the connection."""
    given = {"accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with (
        httpx.AsyncClient(timeout=PATIENCE_S) as http,
        http.stream("POST", made.url, json={"query": query}, headers=given) as response,
    ):
        yield Stream(response)
