"""A subscription at a subgraph's endpoint: an event stream that begins, lives, fails and ends as it should."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import strawberry
from strawberry.federation.schema_directives import Authenticated

import chassis.context
from chassis.app import App, Subgraph, create_app
from chassis.database import Database
from chassis.errors import NotAllowed
from chassis.live import InProcessLive
from chassis.loaders import loader
from chassis.schema import Schema
from chassis.settings import Settings
from chassis.testing import Signer
from chassis.tokens import KnownKeys

pytestmark = pytest.mark.anyio

SETTINGS = Settings(jwks_url="http://127.0.0.1:1/jwks", subscriptions_max=2)
PATIENCE_S = 60
SIGNER = Signer(SETTINGS)


class Stock:
    """What is stored, and how it changes."""

    def __init__(self) -> None:
        self.left = 3
        self.live = InProcessLive()
        self.watching = 0

    async def take(self) -> None:
        self.left -= 1
        await self.live.publish("stock")


STOCK: Stock


def _left():
    async def by_ids(ids: list[str]) -> dict[str, int]:
        return dict.fromkeys(ids, STOCK.left)

    return loader(by_ids)


@dataclass(frozen=True)
class Context(chassis.context.Context):
    left: Any = field(default_factory=_left)


@strawberry.type
class Level:
    sku: str

    @strawberry.field
    async def left(self, info: strawberry.Info[Context, None]) -> int:
        return await info.context.left.load(self.sku)

    @strawberry.field
    async def slow(self) -> int | None:
        await asyncio.Event().wait()
        return None

    @strawberry.field
    def broken(self) -> int | None:
        raise RuntimeError("password=hunter2")


@strawberry.type
class Query:
    @strawberry.field
    def hello(self) -> str:
        return "hello"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def stock_changed(self, sku: str = "a") -> AsyncIterator[Level]:
        STOCK.watching += 1
        try:
            async with STOCK.live.listen("stock") as changes:
                async for _ in changes:
                    yield Level(sku=sku)
        finally:
            STOCK.watching -= 1

    @strawberry.subscription
    async def twice(self) -> AsyncIterator[int]:
        yield 1
        yield 2

    @strawberry.subscription
    async def breaking(self) -> AsyncIterator[int]:
        yield 1
        raise RuntimeError("password=hunter2")

    @strawberry.subscription
    async def refusing(self) -> AsyncIterator[int]:
        if self is None:
            raise NotAllowed
        yield 1

    # Strawberry's federation decorators make fields only: on a subscription the requirement is a plain directive.
    @strawberry.subscription(directives=[Authenticated()])
    async def mine(self) -> AsyncIterator[str]:
        yield "mine"


def serving(**changed: object) -> App:
    global STOCK  # noqa: PLW0603 -- resolvers find it here, as they would find a service in their context
    STOCK = Stock()
    subgraph = Subgraph(
        name="stock",
        schema=Schema(query=Query, subscription=Subscription),
        database=Database("postgresql://nobody@127.0.0.1:1/nothing"),
        context=lambda viewer: Context(viewer=viewer),
    )
    settings = SETTINGS.model_copy(update=changed)
    return create_app([subgraph], settings, keys=KnownKeys(SIGNER.jwks), background=False)


@pytest.fixture
def served() -> App:
    return serving()


class Streamed:
    """One request whose answer is read as it comes."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.received: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.left = asyncio.Event()
        self.heartbeats = 0
        self.text = b""

    async def piece(self) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            found = await self.received.get()
        assert found is not None, "the answer ended"
        return found

    async def event(self) -> tuple[str, Any]:
        """The next event, comments passed over."""
        while True:
            lines = (await self.piece()).decode().strip("\n").split("\n")
            if lines == [":"]:
                self.heartbeats += 1
                continue
            found = dict(line.split(": ", 1) for line in lines)
            return found["event"], orjson.loads(found["data"]) if found["data"] else None

    async def whole(self) -> Any:
        """The body of an answer that is no stream."""
        async with asyncio.timeout(PATIENCE_S):
            while (piece := await self.received.get()) is not None:
                self.text += piece
        return orjson.loads(self.text)


@asynccontextmanager
async def asking(app: App, query: str, **headers: str):
    body = orjson.dumps({"query": query})
    given = {"content-type": "application/json", "accept": "text/event-stream", **headers}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/stock/graphql",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 1),
    }
    streamed, asked = Streamed(), False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": body}
        await streamed.left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            streamed.status = message["status"]
            streamed.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        streamed.received.put_nowait(message["body"])
        if not message.get("more_body"):
            streamed.received.put_nowait(None)

    task = asyncio.create_task(app(scope, receive, send))
    try:
        yield streamed
    finally:
        streamed.left.set()
        async with asyncio.timeout(PATIENCE_S):
            await task


async def test_a_subscriber_sees_what_is_stored_at_once_and_after_each_change(served: App):
    async with asking(served, "subscription { stockChanged { left } }") as stream:
        first = await stream.event()
        await STOCK.take()
        second = await stream.event()

    assert stream.status == 200
    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert first == ("next", {"data": {"stockChanged": {"left": 3}}})
    assert second == ("next", {"data": {"stockChanged": {"left": 2}}})


async def test_a_stream_that_ends_says_so(served: App):
    async with asking(served, "subscription { twice }") as stream:
        events = [await stream.event() for _ in range(3)]

    assert events == [("next", {"data": {"twice": 1}}), ("next", {"data": {"twice": 2}}), ("complete", None)]


async def test_who_leaves_is_listened_for_no_more(served: App):
    async with asking(served, "subscription { stockChanged { left } }") as stream:
        await stream.event()
        watching = STOCK.watching

    assert watching == 1
    assert STOCK.watching == 0
    assert STOCK.live.listeners == set()
    assert served.endpoints["/stock/graphql"].subscriptions == 0


async def test_a_silent_stream_shows_that_it_lives():
    async with asking(serving(subscription_heartbeat_ms=100), "subscription { stockChanged { left } }") as stream:
        await stream.event()
        # The first comment tells that the subscription stands, the next ones that nothing happened.
        for _ in range(2):
            assert await stream.piece() == b":\n\n"


async def test_a_fault_in_a_field_is_masked_and_the_stream_goes_on(served: App):
    async with asking(served, "subscription { stockChanged { broken left } }") as stream:
        _, first = await stream.event()
        await STOCK.take()
        _, second = await stream.event()

    assert first["data"] == {"stockChanged": {"broken": None, "left": 3}}
    assert first["errors"][0]["message"] == "Internal error"
    assert second["data"]["stockChanged"]["left"] == 2


async def test_a_fault_of_the_source_is_masked_and_ends_the_stream(served: App):
    async with asking(served, "subscription { breaking }") as stream:
        await stream.event()
        failed = await stream.event()
        last = await stream.event()

    assert failed[1]["errors"][0]["extensions"] == {"code": "INTERNAL_ERROR"}
    assert "hunter2" not in str(failed)
    assert last == ("complete", None)


async def test_a_denial_of_the_source_is_told(served: App):
    async with asking(served, "subscription { refusing }") as stream:
        _, denied = await stream.event()

    assert denied["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_an_event_that_takes_too_long_is_told_and_the_stream_goes_on():
    async with asking(serving(request_timeout_ms=200), "subscription { stockChanged { slow } }") as stream:
        _, late = await stream.event()
        await STOCK.take()
        _, again = await stream.event()

    assert late["errors"][0]["extensions"]["code"] == "TIMEOUT"
    assert again["errors"][0]["extensions"]["code"] == "TIMEOUT"


async def test_who_is_not_signed_in_gets_no_event(served: App):
    async with asking(served, "subscription { mine }") as anonymous:
        refused = await anonymous.whole()
    async with asking(served, "subscription { mine }", authorization=f"Bearer {SIGNER.token('ada')}") as known:
        _, event = await known.event()

    assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert event == {"data": {"mine": "mine"}}


@pytest.mark.parametrize(
    ("query", "headers", "status", "code"),
    [
        ("subscription { twice }", {"accept": "application/json"}, 406, "NOT_ACCEPTABLE"),
        ("subscription { twice }", {"authorization": "Bearer x"}, 401, "UNAUTHENTICATED"),
        ("subscription { nothing }", {}, 400, "GRAPHQL_VALIDATION_FAILED"),
        ("subscription A { twice } subscription B { twice }", {}, 400, "BAD_USER_INPUT"),
    ],
)
async def test_what_cannot_begin_is_refused(served: App, query: str, headers: dict[str, str], status: int, code: str):
    async with asking(served, query, **headers) as stream:
        refused = await stream.whole()

    assert stream.status == status
    assert refused["errors"][0]["extensions"]["code"] == code


async def test_a_query_is_answered_in_json_whatever_else_is_accepted(served: App):
    async with asking(served, "{ hello }", accept="text/event-stream, application/json") as stream:
        assert await stream.whole() == {"data": {"hello": "hello"}}


async def test_there_is_a_limit_to_how_many_listen(served: App):
    query = "subscription { stockChanged { left } }"
    async with asking(served, query) as one, asking(served, query) as two:
        await one.event()
        await two.event()
        async with asking(served, query) as three:
            refused = await three.whole()

    assert three.status == 503
    assert refused["errors"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"


async def test_a_stopping_server_cuts_its_streams_off_without_claiming_an_end(served: App):
    async with asking(served, "subscription { stockChanged { left } }") as stream:
        await stream.event()

        served.stop()

        async with asyncio.timeout(PATIENCE_S):
            while STOCK.watching:  # noqa: ASYNC110 -- the source has no event for its end
                await asyncio.sleep(0)
        assert stream.received.empty()


class Ended:
    """Sessions that were signed out."""

    def __init__(self) -> None:
        self.sessions: set[str] = set()

    async def includes(self, session_id: str) -> bool:
        return session_id in self.sessions


async def test_who_signed_out_learns_nothing_new(served: App):
    del served
    ended = Ended()
    subgraph = Subgraph(
        name="stock",
        schema=Schema(query=Query, subscription=Subscription),
        database=Database("postgresql://nobody@127.0.0.1:1/nothing"),
        context=lambda viewer: Context(viewer=viewer),
        keys=KnownKeys(SIGNER.jwks),
        revocations=ended,
    )
    app = create_app([subgraph], SETTINGS, background=False)
    bearer = f"Bearer {SIGNER.token('alice', sid='s1')}"

    async with asking(app, "subscription { stockChanged { left } }", authorization=bearer) as stream:
        await stream.event()
        ended.sessions.add("s1")
        await STOCK.take()
        kind, body = await stream.event()

        assert (kind, body["errors"][0]["extensions"]) == ("next", {"code": "UNAUTHENTICATED"})
        assert "data" not in body
        assert await stream.event() == ("complete", None)
    assert STOCK.watching == 0


@pytest.mark.parametrize("why", ["signed out", "expired"])
async def test_a_subscription_ends_when_its_token_holds_no_more_though_nothing_happens(served: App, why: str):
    del served
    ended = Ended()
    subgraph = Subgraph(
        name="stock",
        schema=Schema(query=Query, subscription=Subscription),
        database=Database("postgresql://nobody@127.0.0.1:1/nothing"),
        context=lambda viewer: Context(viewer=viewer),
        keys=KnownKeys(SIGNER.jwks),
        revocations=ended,
    )
    app = create_app([subgraph], SETTINGS.model_copy(update={"subscription_heartbeat_ms": 20}), background=False)
    lifetime = 2 if why == "expired" else 900
    bearer = f"Bearer {SIGNER.token('alice', sid='s1', expires_in_s=lifetime)}"

    async with (
        asking(app, "subscription { stockChanged { left } }", authorization=bearer) as stream,
        asyncio.timeout(PATIENCE_S),
    ):
        await stream.event()
        if why == "signed out":
            ended.sessions.add("s1")
        kind, body = await stream.event()

        assert (kind, body["errors"][0]["extensions"]) == ("next", {"code": "UNAUTHENTICATED"})
        assert await stream.event() == ("complete", None)
    assert STOCK.watching == 0
