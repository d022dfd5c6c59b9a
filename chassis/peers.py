"""Asking another subgraph, over HTTP, as the subgraph that asks: every way it can go wrong has one name.

    products = peer("products", settings)                                    # where the settings say it is
    data = await products.ask("query($skus: …) { … }", {"skus": skus})       # the `data` object
    variants = await products.entities("Variant", "sku", ["LAPTOP-001"], "name basePrice { amount currency }")
    variants["LAPTOP-001"]["name"]                                           # missing ones are not in the dict
    await products.close()

A query that was refused or cut off is asked once more, within the same time; so is a mutation whose connection was
refused, since nothing of it was sent. Whether a mutation that was cut off was done, only its caller can find out, by
key.

A peer served by this very process is called rather than dialled (`answered_by`): the same request through the same
application, without a socket in between.

Calls carry X-Internal-Token: the peer answers another subgraph, not the viewer, so what a viewer may see is the asker's
to decide. All failures are PeerFailed, a SERVICE_UNAVAILABLE that names the peer; `reason` says which: refused, slow,
cut_off, wrong, errors.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from contextvars import Context
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import orjson
import structlog

from chassis import trace
from chassis.errors import Unavailable
from chassis.settings import Settings
from chassis.tasks import end

log = structlog.get_logger("chassis.peers")

ANSWER_BYTES_MAX = 16_000_000
AGAIN_AFTER_S = 0.05

Message = MutableMapping[str, Any]
# An ASGI application.
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
Reason = Literal["refused", "slow", "cut_off", "wrong", "errors"]


class PeerFailed(Unavailable):
    """No usable answer. Whether the peer did what it was asked is unknown when `reason` is slow or cut_off."""

    def __init__(self, peer: str, reason: Reason, detail: str, *, errors: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(f"The {peer} service did not answer.", service=peer)
        self.peer = peer
        self.reason = reason
        self.detail = detail
        self.errors = errors

    def __str__(self) -> str:
        return f"{self.peer}: {self.reason}: {self.detail}"


class Peer:
    """Another subgraph's GraphQL endpoint."""

    def __init__(
        self,
        name: str,
        url: str,
        *,
        internal_token: str,
        timeout_ms: int = 3_000,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.name = name
        self._url = url
        self._timeout_s = timeout_ms / 1_000
        self._headers = {"x-internal-token": internal_token, "content-type": "application/json"}
        self._client = httpx.AsyncClient(
            timeout=self._timeout_s, transport=transport, trust_env=False, headers=self._headers
        )
        self._application: Application | None = None
        # Calls within this process that are being answered, whether or not anybody still waits.
        self._answering: set[asyncio.Task[tuple[int, bytes]]] = set()

    def answered_by(self, application: Application) -> None:
        """From now on the ASGI application answers, in this process."""
        self._application = application

    async def close(self) -> None:
        """Return the connections; what is being answered in this process is ended."""
        await self._client.aclose()
        await end(self._answering)

    async def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The `data` of one operation; PeerFailed unless it came whole and without errors."""
        sent = orjson.dumps({"query": query, "variables": dict(variables or {})})
        harmless = query.lstrip().startswith(("query", "{")) and "mutation" not in query
        try:
            # httpx bounds each read; this bounds the whole, whatever drips in.
            async with asyncio.timeout(self._timeout_s):
                body = await self._post_again(sent, harmless=harmless)
        except TimeoutError as error:
            raise self._failed("slow", f"no answer in {self._timeout_s:g} s") from error
        errors, data = body.get("errors"), body.get("data")
        if errors:
            raise self._failed("errors", str(errors)[:500], errors=errors if isinstance(errors, list) else ())
        if not isinstance(data, dict):
            raise self._failed("wrong", "the answer has no data")
        return data

    async def entities(self, type_name: str, key: str, values: Iterable[str], fields: str) -> dict[str, dict[str, Any]]:
        """Entities by one key field, in one request; those the peer does not have are left out."""
        asked = list(dict.fromkeys(values))
        if not asked:
            return {}
        selection = f"... on {type_name} {{ {key} {fields} }}"
        query = f"query($r: [_Any!]!) {{ _entities(representations: $r) {{ {selection} }} }}"
        data = await self.ask(query, {"r": [{"__typename": type_name, key: value} for value in asked]})
        found = data.get("_entities")
        if not isinstance(found, list) or len(found) != len(asked):
            raise self._failed("wrong", "the answer does not hold one entity for each reference")
        answers = dict(zip(asked, found, strict=True))
        if any(entity is not None and not isinstance(entity, dict) for entity in found):
            raise self._failed("wrong", "an entity is not an object")
        return {value: entity for value, entity in answers.items() if entity is not None}

    async def _post_again(self, body: bytes, *, harmless: bool) -> dict[str, Any]:
        try:
            return await self._post(body)
        except PeerFailed as failed:
            # A restarting peer, and a connection it has closed while we kept it, are over in a moment.
            if failed.reason != "refused" and not (harmless and failed.reason == "cut_off"):
                raise
        await asyncio.sleep(min(AGAIN_AFTER_S, self._timeout_s / 4))
        return await self._post(body)

    async def _post(self, body: bytes) -> dict[str, Any]:
        headers = {"traceparent": parent} if (parent := trace.traceparent.get()) else {}
        status, content = await (self._dial(body, headers) if self._application is None else self._call(body, headers))
        if len(content) > ANSWER_BYTES_MAX:
            raise self._failed("wrong", "the answer is too large")
        try:
            answer = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise self._failed("wrong", f"HTTP {status}, not JSON") from error
        if not isinstance(answer, dict) or ("data" not in answer and "errors" not in answer):
            raise self._failed("wrong", f"HTTP {status}, not a GraphQL answer")
        return answer

    async def _dial(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        try:
            response = await self._client.post(self._url, content=body, headers=headers)
        except httpx.ConnectError as error:
            raise self._failed("refused", repr(error)) from error
        except httpx.TimeoutException as error:
            raise self._failed("slow", f"no answer in {self._timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise self._failed("cut_off", repr(error)) from error
        return response.status_code, response.content

    async def _call(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        assert self._application is not None
        work = _answer(self._application, urlsplit(self._url).path, {**self._headers, **headers}, body)
        # In a context of its own, as in a process of its own; and finished even when nobody waits any longer, because
        # what is cut off over a socket is finished too.
        answering = asyncio.create_task(work, context=Context(), name=f"answers as {self.name}")
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)
        try:
            return await asyncio.shield(answering)
        except Exception as error:
            raise self._failed("cut_off", repr(error)) from error

    def _failed(self, reason: Reason, detail: str, *, errors: Sequence[Mapping[str, Any]] = ()) -> PeerFailed:
        log.warning("peer_failed", peer=self.name, reason=reason, detail=detail)
        return PeerFailed(self.name, reason, detail, errors=errors)


async def _answer(application: Application, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """One POST to an ASGI application: the status and the body."""
    scope: Message = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            *((name.encode(), value.encode()) for name, value in headers.items()),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": None,
        "server": None,
    }
    to_read = [body]
    status, parts = 0, bytearray()

    async def receive() -> Message:
        if to_read:
            return {"type": "http.request", "body": to_read.pop(), "more_body": False}
        # It never hangs up.
        never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        return await never

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.extend(message.get("body", b""))

    await application(scope, receive, send)
    return status, bytes(parts)


def peer(name: str, settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> Peer:
    """A peer where the settings say it is."""
    return Peer(
        name,
        settings.peer_of(name),
        internal_token=settings.internal_token.get_secret_value(),
        timeout_ms=settings.peer_timeout_ms,
        transport=transport,
    )
