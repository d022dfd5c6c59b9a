"""Watching a subscription of a subgraph under test, event by event, over its real endpoint."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson

from chassis.testing import Client


class Watched:
    """One subscription, read as it comes."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[bytes] = asyncio.Queue()
        self.left = asyncio.Event()

    async def event(self) -> dict[str, Any]:
        """The next GraphQL response; of a refusal, which is no stream, the whole answer."""
        async with asyncio.timeout(60):
            while (piece := await self.pieces.get()).startswith(b":"):
                continue
        if piece.startswith(b"{"):
            return dict(orjson.loads(piece))
        kind, data = piece.decode().strip("\n").split("\n")
        assert kind == "event: next", "the subscription ended"
        return dict(orjson.loads(data.removeprefix("data: ")))

    async def data(self) -> Any:
        """The data of the next event, which has no errors."""
        response = await self.event()
        assert "errors" not in response, response
        return response["data"]

    def is_silent(self) -> bool:
        """Whether nothing was sent since the last event but signs of life."""
        return all(piece.startswith(b":") for piece in list(self.pieces._queue))  # type: ignore[attr-defined]


@asynccontextmanager
async def watching(
    client: Client,
    query: str,
    variables: Mapping[str, Any] | None = None,
    *,
    user: str | None = None,
    roles: Iterable[str] = ("customer",),
    scopes: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Watched]:
    """Subscribe, as a guest unless `user` says otherwise."""
    given = {"content-type": "application/json", "accept": "text/event-stream", **(headers or {})}
    if user is not None:
        given["authorization"] = f"Bearer {client.signer.token(user, roles=roles, scopes=scopes)}"
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/{client.subgraph.name}/graphql",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 1),
    }
    body = orjson.dumps({"query": query, "variables": dict(variables or {})})
    watched, asked = Watched(), False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": body}
        await watched.left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and message["body"]:
            watched.pieces.put_nowait(message["body"])

    task = asyncio.create_task(client.app(scope, receive, send))
    try:
        yield watched
    finally:
        watched.left.set()
        async with asyncio.timeout(60):
            await task
