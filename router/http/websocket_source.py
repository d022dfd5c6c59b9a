"""A subgraph's subscriptions by WebSocket: graphql-transport-ws, one socket for each subscription, by `websockets`.

The router's header lines go with the handshake, and as the payload of connection_init besides: that is where many
servers look, since browsers can put them nowhere else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import msgspec
import orjson

from router.execution.asking import Answer, read
from router.http.transport import CutOff, Malformed, Refused, Reply, TimedOut

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

SUBPROTOCOL = "graphql-transport-ws"
CLOSING_SECONDS = 1.0
ID = "1"
JSON = "application/json"

# What the library says of broken handshakes is said to the client by this router; once is enough.
_quiet = logging.getLogger("router.websocket")
_quiet.setLevel(logging.CRITICAL)


class _Message(msgspec.Struct):
    """What a subgraph sends."""

    type: str
    id: str | None = None
    payload: msgspec.Raw = msgspec.Raw(b"null")


_decode = msgspec.json.Decoder(_Message).decode


@dataclass(frozen=True, slots=True)
class OverWebSocket:
    """Subscribes at `path` of the subgraph's URL."""

    path: str
    connect_timeout_ms: int
    timeout_ms: int
    response_bytes_max: int
    authorities: str | None = None

    @asynccontextmanager
    async def subscribe(self, url: str, headers: bytes, body: bytes) -> AsyncIterator[AsyncIterator[Answer]]:
        """See Source.subscribe: entered once the connection is acknowledged and the subscription is sent."""
        given = dict(_lines(headers))
        async with AsyncExitStack() as leaving:
            try:
                async with asyncio.timeout(self.connect_timeout_ms / 1000):
                    connection = await self._connect(url, given)
                    leaving.push_async_callback(_close, connection)
            except TimeoutError:
                raise TimedOut(f"no WebSocket within {self.connect_timeout_ms} ms") from None
            try:
                async with asyncio.timeout(self.timeout_ms / 1000):
                    await self._begin(connection, given, body)
            except TimeoutError:
                raise TimedOut(f"did not acknowledge the connection within {self.timeout_ms} ms") from None
            answers = await leaving.enter_async_context(aclosing(_answers(connection)))
            yield answers

    async def _connect(self, url: str, headers: dict[str, str]) -> ClientConnection:
        from websockets.asyncio.client import connect  # noqa: PLC0415 (loaded where it is needed)
        from websockets.exceptions import WebSocketException  # noqa: PLC0415
        from websockets.typing import Subprotocol  # noqa: PLC0415

        parts = urlsplit(url)
        secure = parts.scheme == "https"
        address = urlunsplit(("wss" if secure else "ws", parts.netloc, self.path, "", ""))
        more: dict[str, Any] = {}
        if secure and self.authorities is not None:
            from router.http.dialing import trust  # noqa: PLC0415

            more["ssl"] = trust(self.authorities)
        try:
            return await connect(
                address,
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                additional_headers=headers,
                max_size=self.response_bytes_max,
                open_timeout=None,
                close_timeout=CLOSING_SECONDS,
                logger=_quiet,
                user_agent_header="federation-router",
                **more,
            )
        except (WebSocketException, EOFError) as error:
            raise Refused(f"{parts.netloc} opened no WebSocket at {self.path}: {error}") from error
        except OSError as error:
            raise Refused(f"{parts.netloc} cannot be reached: {error.strerror or error}") from error

    async def _begin(self, connection: ClientConnection, headers: dict[str, str], body: bytes) -> None:
        if connection.subprotocol != SUBPROTOCOL:
            raise Refused(f"does not speak {SUBPROTOCOL}")
        init = {"type": "connection_init", **({"payload": headers} if headers else {})}
        await _say(connection, orjson.dumps(init))
        while (message := await _hear(connection)).type != "connection_ack":
            await _pong(connection, message)
        await _say(connection, b'{"id":"1","type":"subscribe","payload":%b}' % body)


async def _answers(connection: ClientConnection) -> AsyncGenerator[Answer, None]:
    while True:
        message = await _hear(connection)
        if message.type == "next":
            yield read(Reply(200, JSON, bytes(message.payload)))
        elif message.type == "complete":
            return
        elif message.type == "error":
            yield read(Reply(200, JSON, b'{"data":null,"errors":%b}' % bytes(message.payload)))
            return
        else:
            await _pong(connection, message)


async def _hear(connection: ClientConnection) -> _Message:
    from websockets.exceptions import ConnectionClosed  # noqa: PLC0415

    try:
        return _decode(await connection.recv())
    except ConnectionClosed as closed:
        received = closed.rcvd
        said = f" ({received.code} {received.reason})".replace(" )", ")") if received is not None else ""
        raise CutOff(f"the WebSocket was closed{said}") from closed
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"sent what is no message of {SUBPROTOCOL}") from error


async def _pong(connection: ClientConnection, message: _Message) -> None:
    if message.type == "ping":
        await _say(connection, b'{"type":"pong"}')


async def _say(connection: ClientConnection, text: bytes) -> None:
    from websockets.exceptions import ConnectionClosed  # noqa: PLC0415

    try:
        await connection.send(text, text=True)
    except ConnectionClosed as closed:
        raise CutOff("the WebSocket was closed") from closed


async def _close(connection: ClientConnection) -> None:
    # A subgraph that does not answer the close is left all the same, after CLOSING_SECONDS.
    await connection.close()


def _lines(headers: bytes) -> list[tuple[str, str]]:
    pairs = (line.partition(b":") for line in headers.split(b"\r\n") if line)
    return [(name.decode("latin-1"), value.strip().decode("latin-1")) for name, _, value in pairs]
