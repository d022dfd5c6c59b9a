"""Operations over one client's WebSocket: the graphql-transport-ws protocol, as graphql-ws and its like speak it.

| code | the client                                                                        |
|------|-----------------------------------------------------------------------------------|
| 4400 | sent what is no message of the protocol                                           |
| 4401 | asked before its connection_init was acknowledged                                 |
| 4403 | gave a token that is not accepted                                                 |
| 4406 | does not offer the subprotocol graphql-transport-ws                               |
| 4408 | took longer for its connection_init than `subscription.websocket.init_timeout`    |
| 4409 | used the id of an operation that is under way                                     |
| 4429 | sent a second connection_init                                                     |
| 1009 | sent a message larger than `limits.http_max_request_bytes`                        |
| 1012 | is told that the router stops, and should connect again                           |

A browser cannot put headers on a WebSocket, so the payload of connection_init may: text values count as headers, there
or under `headers`, as long as the handshake did not have them; a token may replace the handshake's.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec
import orjson

from router.http.cors import CrossOrigin
from router.http.graphql import from_json
from router.pipeline.request import Refused, Request, Response, Responses
from router.pipeline.subscribe import STOPPED
from router.settings import Settings

log = logging.getLogger("router")

SUBPROTOCOL = "graphql-transport-ws"
SEND_SECONDS = 60.0
# A close frame's reason may have 123 bytes (RFC 6455, 5.5).
REASON_BYTES_MAX = 120
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
Headers = Sequence[tuple[bytes, bytes]]


class Service(Protocol):
    """What answers operations."""

    async def stream(self, request: Request, *, subscriptions: bool, incremental: bool) -> Response | Responses:
        """The one response, or several."""
        ...

    async def authenticate(self, headers: Headers) -> None:
        """Raises Refused where the headers carry a token that is not accepted."""
        ...


class _Message(msgspec.Struct):
    """What a client sends."""

    type: str
    id: str | None = None
    payload: msgspec.Raw = msgspec.Raw(b"null")


_decode = msgspec.json.Decoder(_Message).decode


class Closed(Exception):
    """The socket is to be closed with this code, for this reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:REASON_BYTES_MAX].decode("utf-8", "ignore")


class ClientSocket:
    """One WebSocket of a client; `run` speaks until it is closed."""

    def __init__(
        self,
        settings: Settings,
        service: Service,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        self.settings = settings
        self.service = service
        self.scope = scope
        self.receive = receive
        self.send = send
        self.headers: list[tuple[bytes, bytes]] = [(name.lower(), value) for name, value in scope["headers"]]
        self.initialised = False
        self.acknowledged = False
        self.operations: dict[str, asyncio.Task[None]] = {}
        self.ending: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Speak until one side closes; no operation is left running then."""
        await self.receive()
        if not origin_is_allowed(self.headers, CrossOrigin(self.settings.cors)):
            await self.send({"type": "websocket.close", "code": 1008})
            return
        offered = SUBPROTOCOL in self.scope.get("subprotocols", ())
        await self.send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if offered else None})
        listening = asyncio.ensure_future(self.listen(offered=offered))
        try:
            await asyncio.wait((listening, self.ending), return_when=asyncio.FIRST_COMPLETED)
            closed = listening.result() if listening.done() else self.ending.result()
            if closed is not None:
                await self.send({"type": "websocket.close", "code": closed.code, "reason": closed.reason})
        finally:
            left = [listening, *self.operations.values()]
            for task in left:
                task.cancel()
            await asyncio.wait(left)

    async def listen(self, *, offered: bool) -> Closed | None:
        """Take messages until there are no more; with which code to close then, None where the client has."""
        if not offered:
            return Closed(4406, "Subprotocol not acceptable")
        allowed = self.settings.subscription.websocket.init_timeout.milliseconds / 1000
        try:
            async with asyncio.timeout(allowed) as waiting:
                while (text := await self.next_text()) is not None:
                    await self.take(text)
                    if self.acknowledged:
                        waiting.reschedule(None)
        except TimeoutError:
            return Closed(4408, "Connection initialisation timeout")
        except Closed as closed:
            return closed
        return None

    async def next_text(self) -> bytes | None:
        """The next message; None when the client has left."""
        message = await self.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text: str | None = message.get("text")
        return text.encode() if text is not None else message.get("bytes") or b""

    async def take(self, text: bytes) -> None:
        """Do what one message asks. Raises Closed."""
        try:
            message = _decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Closed(4400, f"Not a message: {error}") from error
        match message.type:
            case "connection_init":
                await self.initialise(message)
            case "ping":
                payload = bytes(message.payload)
                await self.say(b'{"type":"pong"}' if payload == b"null" else b'{"type":"pong","payload":%b}' % payload)
            case "pong":
                return
            case "subscribe":
                self.subscribe(message)
            case "complete":
                operation = self.operations.pop(message.id or "", None)
                if operation is not None:
                    operation.cancel()
            case _:
                raise Closed(4400, f"Unknown message type {message.type!r}")

    async def initialise(self, message: _Message) -> None:
        """Take the client's headers and acknowledge."""
        if self.initialised:
            raise Closed(4429, "Too many initialisation requests")
        self.initialised = True
        jwt = self.settings.authentication.router.jwt
        token = jwt.header_name.lower().encode("latin-1") if jwt is not None else b""
        given = headers_of(message.payload)
        known = {name for name, _ in self.headers} - {token}
        replaced = {name for name, _ in given} & {token}
        self.headers = [pair for pair in self.headers if pair[0] not in replaced]
        self.headers += [(name, value) for name, value in given if name not in known]
        try:
            await self.service.authenticate(self.headers)
        except Refused as refused:
            raise Closed(4403, str(refused)) from refused
        self.acknowledged = True
        await self.say(b'{"type":"connection_ack"}')

    def subscribe(self, message: _Message) -> None:
        """Begin an operation. Raises Closed."""
        if not self.acknowledged:
            raise Closed(4401, "Unauthorized")
        if not message.id:
            raise Closed(4400, "A subscribe message has an id")
        if message.id in self.operations:
            raise Closed(4409, f"Subscriber for {message.id} already exists")
        try:
            request = from_json(bytes(message.payload), self.headers)
        except Refused as refused:
            raise Closed(4400, str(refused)) from refused
        client = self.scope.get("client")
        request.peer = client[0] if client else None
        self.operations[message.id] = asyncio.ensure_future(self.operate(message.id, request))

    # --------------------------------------------------------------------------------------------------- operations

    async def operate(self, id: str, request: Request) -> None:
        """Answer one operation to its end."""
        spelled = orjson.dumps(id)
        try:
            await self.answer(spelled, request)
        except Refused as refused:
            await self.fail(spelled, refused.response())
        except (TimeoutError, OSError):
            self.end(Closed(1008, "Messages are not taken"))
        except Exception:
            log.exception("an operation over a WebSocket failed inside the router")
            await self.fail(spelled, Refused.because(500, "INTERNAL_SERVER_ERROR", "The router failed.").response())
        finally:
            if self.operations.get(id) is asyncio.current_task():
                del self.operations[id]

    async def answer(self, spelled: bytes, request: Request) -> None:
        """Say every response, and that there are no more. Raises Refused, or TimeoutError where nobody takes them."""
        if len(self.operations) > self.settings.subscription.websocket.operations_max:
            most = self.settings.subscription.websocket.operations_max
            raise Refused.because(429, "TOO_MANY_OPERATIONS", f"A WebSocket has at most {most} operations under way.")
        outcome = await self.begin(request)
        if isinstance(outcome, Response):
            if outcome.status != 200:
                await self.fail(spelled, outcome)
                return
            await self.say(b'{"id":%b,"type":"next","payload":%b}' % (spelled, outcome.body))
        else:
            try:
                async for body in outcome:
                    await self.say(b'{"id":%b,"type":"next","payload":%b}' % (spelled, body))
            finally:
                await outcome.aclose()
        await self.say(b'{"id":%b,"type":"complete"}' % spelled)

    async def begin(self, request: Request) -> Response | Responses:
        """The first of an operation, within the time that a request has. Raises Refused."""
        allowed = self.settings.traffic_shaping.router.timeout.milliseconds
        try:
            async with asyncio.timeout(allowed / 1000):
                return await self.service.stream(request, subscriptions=True, incremental=False)
        except TimeoutError:
            raise Refused.because(504, "GATEWAY_TIMEOUT", f"No answer within {allowed} ms.") from None

    async def fail(self, spelled: bytes, response: Response) -> None:
        """Say that an operation was refused, or ended for a reason."""
        errors = orjson.loads(response.body)["errors"]
        if any(error.get("extensions", {}).get("code") == STOPPED for error in errors):
            # An error would end the operation for good; after this close clients connect and subscribe again.
            self.end(Closed(1012, "Service restart"))
            return
        await self.say(b'{"id":%b,"type":"error","payload":%b}' % (spelled, orjson.dumps(errors)))

    async def say(self, text: bytes) -> None:
        """Send one message. Raises TimeoutError where the client takes none for long."""
        async with asyncio.timeout(SEND_SECONDS):
            await self.send({"type": "websocket.send", "text": text.decode()})

    def end(self, closed: Closed) -> None:
        """Close the socket, and with it every operation."""
        if not self.ending.done():
            self.ending.set_result(closed)


def headers_of(payload: msgspec.Raw) -> list[tuple[bytes, bytes]]:
    """The headers in a connection_init's payload, names in lower case."""
    try:
        given = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    if not isinstance(given, Mapping):
        return []
    nested = given.get("headers")
    every = {**given, **(nested if isinstance(nested, Mapping) else {})}
    found = []
    for name, value in every.items():
        lowered = name.lower()
        if isinstance(value, str) and TOKEN.fullmatch(lowered) and not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
            found.append((lowered.encode(), value.encode("latin-1", "replace")))
    return found


def origin_is_allowed(headers: Headers, cors: CrossOrigin) -> bool:
    """Whether the page may connect: browsers ask nobody before they open a WebSocket, so the router looks itself."""
    found = dict(headers)
    origin = found.get(b"origin")
    if origin is None or cors.allows(origin):
        return True
    return urlsplit(origin.decode("latin-1")).netloc == found.get(b"host", b"").decode("latin-1")
