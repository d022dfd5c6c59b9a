"""graphql-transport-ws with a real client: operations side by side, tokens, limits, and every close code."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.router.http.live import PATIENCE_S, QUERY, Live, live, order
from tests.router.http.rogue import until

pytestmark = pytest.mark.anyio

OFFERED = [Subprotocol("graphql-transport-ws")]


class Socket:
    """A client's side."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def hear(self) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            return json.loads(await self.connection.recv())

    async def subscribe(self, id: str = "1", query: str = QUERY, **payload: Any) -> None:
        await self.say(id=id, type="subscribe", payload={"query": query, **payload})

    async def closed(self) -> tuple[int, str]:
        """The code and reason of the close, once it came."""
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    await self.connection.recv()
        received = closed.value.rcvd
        assert received is not None
        return received.code, received.reason


@asynccontextmanager
async def socket(
    made: Live, *, init: dict[str, Any] | None = None, offered: list[Subprotocol] | None = OFFERED, **more: Any
) -> AsyncIterator[Socket]:
    """A WebSocket; with `init` its connection is initialised."""
    url = f"ws://127.0.0.1:{made.port}/graphql"
    async with connect(url, subprotocols=offered, compression=None, open_timeout=PATIENCE_S, **more) as connection:
        found = Socket(connection)
        if init is not None:
            await found.say(type="connection_init", payload=init)
            assert await found.hear() == {"type": "connection_ack"}
        yield found


async def test_a_subscription_is_answered_event_by_event_until_it_completes() -> None:
    async with live() as made, socket(made, init={}) as client:
        await client.subscribe()
        feed = await made.orders.feed()
        feed.say(order("PENDING", "7"))
        first = await client.hear()
        feed.complete()
        last = await client.hear()

    assert client.connection.subprotocol == "graphql-transport-ws"
    assert first == {
        "id": "1",
        "type": "next",
        "payload": {"data": {"orderUpdated": {"status": "PENDING", "buyer": {"name": "Ada 7"}}}},
    }
    assert last == {"id": "1", "type": "complete"}


async def test_operations_of_every_kind_go_side_by_side() -> None:
    async with live() as made, socket(made, init={}) as client:
        await client.subscribe("live")
        feed = await made.orders.feed()
        await client.subscribe("asked", "query($x: Boolean!) { me { name @include(if: $x) } }", variables={"x": True})
        asked = [await client.hear(), await client.hear()]
        feed.say(order("PENDING"))
        event = await client.hear()

    assert asked == [
        {"id": "asked", "type": "next", "payload": {"data": {"me": {"name": "Ada 1"}}}},
        {"id": "asked", "type": "complete"},
    ]
    assert event["id"] == "live"


async def test_complete_leaves_the_subgraph_and_frees_the_id() -> None:
    async with live() as made, socket(made, init={}) as client:
        await client.subscribe()
        first = await made.orders.feed()
        await client.say(id="1", type="complete")
        async with asyncio.timeout(PATIENCE_S):
            await first.left.wait()

        await client.subscribe()
        second = await made.orders.feed(1)
        second.say(order("PENDING"))

        assert (await client.hear())["type"] == "next"


async def test_a_client_that_goes_away_leaves_nothing_behind() -> None:
    async with live() as made:
        async with socket(made, init={}) as client:
            await client.subscribe("1")
            await client.subscribe("2")
            await made.orders.feed(1)
            client.connection.transport.abort()

        async with asyncio.timeout(PATIENCE_S):
            await until(lambda: made.orders.open == 0 and not made.serving.subscriptions.open)


async def test_a_ping_is_answered_with_what_it_carried() -> None:
    async with live() as made, socket(made) as client:
        await client.say(type="ping", payload={"n": 1})
        carried = await client.hear()
        await client.say(type="ping")
        bare = await client.hear()
        await client.say(type="pong")

    assert carried == {"type": "pong", "payload": {"n": 1}}
    assert bare == {"type": "pong"}


async def test_a_refused_operation_is_an_error_and_the_socket_goes_on() -> None:
    async with live() as made, socket(made, init={}) as client:
        await client.subscribe("1", "{ nothing }")
        refused = await client.hear()
        await client.subscribe("1", "{ me { name } }")
        answered = await client.hear()

    assert (refused["id"], refused["type"]) == ("1", "error")
    assert refused["payload"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert answered["type"] == "next"


async def test_what_breaks_off_is_an_error_that_names_the_subgraph() -> None:
    async with live() as made, socket(made, init={}) as client:
        await client.subscribe()
        (await made.orders.feed()).break_off()
        ended = await client.hear()

    assert ended["type"] == "error"
    assert ended["payload"][0]["extensions"]["code"] == "SUBSCRIPTION_ENDED"
    assert ended["payload"][0]["extensions"]["service"] == "orders"


async def test_headers_may_come_with_connection_init_but_replace_none() -> None:
    rules = "headers: {all: {request: [{propagate: {named: x-cart}}, {propagate: {named: x-from}}]}}"
    init = {"X-Cart": "c1", "headers": {"x-from": "payload"}, "number": 1}
    async with live(rules) as made, socket(made, init=init, additional_headers={"X-From": "handshake"}) as client:
        await client.subscribe()
        feed = await made.orders.feed()

    assert feed.headers["x-cart"] == "c1"
    assert feed.headers["x-from"] == "handshake"


INIT = '{"type": "connection_init"}'
ASK = json.dumps({"id": "1", "type": "subscribe", "payload": {"query": QUERY}})


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        (["nonsense"], 4400, "Not a message"),
        (["[]"], 4400, "Not a message"),
        ([INIT, '{"type": "start"}'], 4400, "Unknown message type"),
        (
            [INIT, '{"type": "subscribe", "payload": {"query": "{ me { name } }"}}'],
            4400,
            "A subscribe message has an id",
        ),
        ([INIT, '{"type": "subscribe", "id": "1", "payload": {}}'], 4400, "The request has no 'query'."),
        ([ASK], 4401, "Unauthorized"),
        ([INIT, ASK, ASK], 4409, "Subscriber for 1 already exists"),
        ([INIT, INIT], 4429, "Too many initialisation requests"),
        (["x" * 3000], 1009, ""),
    ],
)
async def test_who_breaks_the_protocol_is_told_how(said: list[str], code: int, reason: str) -> None:
    async with live("limits: {http_max_request_bytes: 2000}") as made, socket(made) as client:
        for text in said:
            await client.connection.send(text)
        found = await client.closed()

    assert found[0] == code
    assert found[1].startswith(reason)


async def test_another_subprotocol_is_not_spoken() -> None:
    async with live() as made, socket(made, offered=None) as client:
        assert await client.closed() == (4406, "Subprotocol not acceptable")


async def test_who_does_not_initialise_in_time_is_let_go() -> None:
    async with live("subscription: {websocket: {init_timeout: 20ms}}") as made, socket(made) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_a_connection_has_only_so_many_operations() -> None:
    async with live("subscription: {websocket: {operations_max: 1}}") as made, socket(made, init={}) as client:
        await client.subscribe("1")
        await made.orders.feed()
        await client.subscribe("2")
        refused = await client.hear()

    assert refused["id"] == "2"
    assert refused["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"


@pytest.mark.parametrize(
    ("settings", "origin", "status"),
    [
        ("", "https://elsewhere.example", 403),
        ("cors: {origins: ['https://shop.example']}", "https://elsewhere.example", 403),
        ("cors: {origins: ['https://shop.example']}", "https://shop.example", 101),
        ("cors: {allow_any_origin: true}", "https://elsewhere.example", 101),
    ],
)
async def test_pages_of_other_origins_need_to_be_allowed(settings: str, origin: str, status: int) -> None:
    from websockets.exceptions import InvalidStatus

    async with live(settings) as made:
        try:
            async with socket(made, init={}, origin=origin):
                found = 101
        except InvalidStatus as refused:
            found = refused.response.status_code

    assert found == status


@pytest.mark.parametrize("settings", ["subscription: {enabled: false}", "subscription: {websocket: {enabled: false}}"])
async def test_websockets_can_be_turned_off(settings: str) -> None:
    from websockets.exceptions import InvalidStatus

    async with live(settings) as made:
        with pytest.raises(InvalidStatus):
            async with socket(made):
                pass


async def test_a_stopping_router_asks_clients_to_connect_again() -> None:
    async with live() as made, socket(made, init={}) as client:
        await client.subscribe()
        await made.orders.feed()

        made.serving.drain()

        assert await client.closed() == (1012, "Service restart")
