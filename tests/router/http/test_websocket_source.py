"""A subgraph that speaks graphql-transport-ws: what it is sent, and each way in which it can fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from tests.router.http.live import PATIENCE_S, Live, asking, live, order, supergraph

pytestmark = pytest.mark.anyio

Behaviour = Callable[["Subgraph", ServerConnection], Awaitable[None]]
SETTINGS = """
headers: {all: {request: [{propagate: {named: x-cart}}]}}
subscription: {mode: {passthrough: {all: {path: /ws}}}}
"""
HURRIED = "traffic_shaping: {all: {timeout: 300ms}}"


class Subgraph:
    """The server's side; keeps what it heard."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.heard: list[Any] = []
        self.path = ""
        self.headers: dict[str, str] = {}
        self.left = asyncio.Event()

    async def accept(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.path, self.headers = connection.request.path, dict(connection.request.headers.raw_items())
        try:
            await self.behaviour(self, connection)
        finally:
            self.left.set()

    async def hear(self, connection: ServerConnection) -> Any:
        self.heard.append(json.loads(await connection.recv()))
        return self.heard[-1]

    async def begin(self, connection: ServerConnection) -> None:
        """Acknowledge, and take the subscription."""
        await self.hear(connection)
        await connection.send('{"type":"connection_ack"}')
        await self.hear(connection)


def following(response: Any) -> str:
    return json.dumps({"id": "1", "type": "next", "payload": response})


@asynccontextmanager
async def subscribed(
    behaviour: Behaviour, *, protocols: list[Subprotocol] | None = None, further: str = ""
) -> AsyncIterator[tuple[Subgraph, Live]]:
    """A router whose `orders` is such a subgraph."""
    subgraph = Subgraph(behaviour)
    offered = protocols or [Subprotocol("graphql-transport-ws")]
    async with serve(subgraph.accept, "127.0.0.1", 0, subprotocols=offered, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with live(SETTINGS + further) as made:
            made.serving.mounted = {"users": made.users}
            made.text.text = supergraph(f"http://127.0.0.1:{port}/graphql")
            await made.serving.reload()
            yield subgraph, made


async def test_headers_go_with_the_handshake_and_with_the_first_message() -> None:
    async def behave(subgraph: Subgraph, connection: ServerConnection) -> None:
        await subgraph.begin(connection)
        await connection.send('{"type":"ping"}')
        await subgraph.hear(connection)
        await connection.send(following(order("PENDING")))
        await connection.send('{"id":"1","type":"complete"}')
        await connection.wait_closed()

    async with subscribed(behave) as (subgraph, made), asking(made, x_cart="c1") as stream:
        first = await stream.event()
        last = await stream.event()

    assert (subgraph.path, subgraph.headers["x-cart"]) == ("/ws", "c1")
    assert subgraph.heard[0] == {"type": "connection_init", "payload": {"x-cart": "c1"}}
    assert (subgraph.heard[1]["type"], subgraph.heard[1]["id"]) == ("subscribe", "1")
    assert subgraph.heard[1]["payload"]["query"].startswith("subscription")
    assert subgraph.heard[2] == {"type": "pong"}
    assert first[1]["data"]["orderUpdated"]["buyer"] == {"name": "Ada 1"}
    assert last == ("complete", None)


async def test_when_the_client_leaves_the_socket_is_closed() -> None:
    async def behave(subgraph: Subgraph, connection: ServerConnection) -> None:
        await subgraph.begin(connection)
        await connection.send(following(order("PENDING")))
        await connection.wait_closed()

    async with subscribed(behave) as (subgraph, made):
        async with asking(made) as stream:
            await stream.event()
        async with asyncio.timeout(PATIENCE_S):
            await subgraph.left.wait()


async def _never_acknowledges(subgraph: Subgraph, connection: ServerConnection) -> None:
    await subgraph.hear(connection)
    await connection.wait_closed()


async def _refuses(subgraph: Subgraph, connection: ServerConnection) -> None:
    await subgraph.hear(connection)
    await connection.close(4403, "Forbidden")


async def _hangs_up(subgraph: Subgraph, connection: ServerConnection) -> None:
    await subgraph.begin(connection)
    connection.transport.abort()


async def _fails(subgraph: Subgraph, connection: ServerConnection) -> None:
    await subgraph.begin(connection)
    await connection.send('{"id":"1","type":"error","payload":[{"message":"no such order"}]}')
    await connection.wait_closed()


async def _babbles(subgraph: Subgraph, connection: ServerConnection) -> None:
    await subgraph.begin(connection)
    await connection.send("hello")
    await connection.wait_closed()


@pytest.mark.parametrize(
    ("behave", "told"),
    [
        (_never_acknowledges, "did not acknowledge the connection within 300 ms"),
        (_refuses, "the WebSocket was closed (4403 Forbidden)"),
        (_hangs_up, "the WebSocket was closed"),
        (_fails, "no such order"),
        (_babbles, "sent what is no message of graphql-transport-ws"),
    ],
)
async def test_what_goes_wrong_is_told(behave: Behaviour, told: str) -> None:
    further = HURRIED if behave is _never_acknowledges else ""
    async with subscribed(behave, further=further) as (_, made), asking(made) as stream:
        kind, event = await stream.event()
        last = await stream.event()

    assert kind == "next"
    assert told in event["errors"][0]["message"]
    assert last == ("complete", None)


async def test_a_subgraph_that_speaks_another_protocol_is_not_spoken_to() -> None:
    async def behave(_: Subgraph, connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with subscribed(behave, protocols=[Subprotocol("graphql-ws")]) as (subgraph, made), asking(made) as stream:
        _, event = await stream.event()

    assert event["data"] == {"orderUpdated": None}
    assert event["errors"][0]["extensions"]["code"] == "SUBREQUEST_HTTP_ERROR"
    assert subgraph.heard == []
