"""An HTTP/2 server that misbehaves to order: what it does with each request is a coroutine given by the test."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset, WindowUpdated
from h2.settings import SettingCodes, Settings

Behaviour = Callable[["Request"], Awaitable[None]]


class Request:
    """One request, and the ways to answer it."""

    def __init__(self, link: Link, number: int, headers: dict[bytes, bytes]) -> None:
        self.link = link
        self.number = number
        self.headers = headers
        self.body = b""

    def head(self, *fields: tuple[str, str], end: bool = False) -> None:
        given = [(":status", "200"), ("content-type", "application/json"), *fields]
        self.link.speaks.send_headers(self.number, given, end_stream=end)
        self.link.flush()

    def data(self, body: bytes, *, end: bool = False) -> None:
        self.link.speaks.send_data(self.number, body, end_stream=end)
        self.link.flush()

    def reply(self, body: bytes, *fields: tuple[str, str]) -> None:
        self.head(*fields)
        self.data(body, end=True)

    def reset(self, code: ErrorCodes) -> None:
        self.link.speaks.reset_stream(self.number, code)
        self.link.flush()


class Link(asyncio.Protocol):
    """The server's side of one connection; `number` counts from 1."""

    def __init__(self, server: RogueHttp2) -> None:
        self.server = server
        server.links.append(self)
        self.number = len(server.links)
        self.transport: asyncio.Transport | None = None
        self.lost = asyncio.Event()
        self.resets: dict[int, int] = {}
        self.requests: dict[int, Request] = {}
        self.room = asyncio.Event()
        self.speaks = H2Connection(H2Configuration(client_side=False, header_encoding=None))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.speaks.local_settings = Settings(client=False, initial_values=self.server.settings)
        self.speaks.initiate_connection()
        self.flush()

    def data_received(self, data: bytes) -> None:
        events: list[Event] = self.speaks.receive_data(data)
        for event in events:
            match event:
                case RequestReceived():
                    self.requests[event.stream_id] = Request(self, event.stream_id, dict(event.headers))
                case DataReceived():
                    self.requests[event.stream_id].body += event.data
                    self.speaks.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                case StreamEnded():
                    self.server.begin(self.requests[event.stream_id])
                case StreamReset():
                    self.resets[event.stream_id] = event.error_code
                    self.server.resets += 1
                case WindowUpdated():
                    self.room.set()
                case _:
                    pass
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()

    def flush(self) -> None:
        self.raw(self.speaks.data_to_send())

    def goaway(self, last: int) -> None:
        """Say that nothing after `last` is done; what is under way still may be."""
        self.raw(b"\x00\x00\x08\x07\x00\x00\x00\x00\x00" + last.to_bytes(4) + b"\x00\x00\x00\x00")

    def raw(self, data: bytes) -> None:
        assert self.transport is not None
        self.transport.write(data)

    def hang_up(self) -> None:
        assert self.transport is not None
        self.transport.close()


class RogueHttp2:
    """The server; `links` are its connections, `requests` what was read whole."""

    def __init__(self, behaviour: Behaviour, settings: dict[SettingCodes, int]) -> None:
        self.behaviour = behaviour
        self.settings = settings
        self.links: list[Link] = []
        self.requests: list[Request] = []
        self.resets = 0
        self.url = ""
        self.tasks: set[asyncio.Task[None]] = set()

    def begin(self, request: Request) -> None:
        self.requests.append(request)

        async def run() -> None:
            await self.behaviour(request)

        self.tasks.add(asyncio.ensure_future(run()))


@asynccontextmanager
async def rogue_http2(
    behaviour: Behaviour, tls: ssl.SSLContext | None = None, **settings: int
) -> AsyncIterator[RogueHttp2]:
    """A running server on a free port; `settings` are those of HTTP/2, by name."""
    server = RogueHttp2(behaviour, {SettingCodes[name.upper()]: value for name, value in settings.items()})
    listening = await asyncio.get_running_loop().create_server(lambda: Link(server), "127.0.0.1", 0, ssl=tls)
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{listening.sockets[0].getsockname()[1]}/graphql"
    try:
        yield server
    finally:
        listening.close()
        for task in server.tasks:
            task.cancel()
        for link in server.links:
            if link.transport is not None:
                link.transport.abort()
        problems = await asyncio.gather(*server.tasks, return_exceptions=True)
        for problem in problems:
            if isinstance(problem, Exception):
                raise problem
