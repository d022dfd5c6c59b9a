"""Asks a running subgraph for its schema: `_service { sdl }`, as the federation specification has it.

Every way in which that fails has a sentence of its own, which names the URL. Redirects are not followed: the router
would not follow them either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
from graphql import GraphQLError, build_client_schema, get_introspection_query, print_schema

from router.http.client import Client
from router.http.transport import Exchange, Reply, Trouble, post

TIMEOUT_MS = 10_000
RESPONSE_BYTES_MAX = 64 * 1024 * 1024
SHOWN_LETTERS = 120
SERVICE_QUERY = "query SubgraphIntrospection { _service { sdl } }"
OK = 200


class IntrospectionFailed(Exception):
    """No schema could be had from the URL; the message says why."""


class NotFederated(IntrospectionFailed):
    """The server answers GraphQL but has no `_service`: it is no federation subgraph."""


class Asker:
    """Asks URLs for their schemas, one event loop long. `timeout_ms` is for connecting and answering together."""

    def __init__(self, *, timeout_ms: int = TIMEOUT_MS, response_bytes_max: int = RESPONSE_BYTES_MAX) -> None:
        self.timeout_ms = timeout_ms
        self.response_bytes_max = response_bytes_max
        self._exchanges: dict[str, Exchange] = {}

    async def service_sdl(self, url: str, headers: Mapping[str, str]) -> str:
        """The SDL a subgraph names as its own. Raises NotFederated or IntrospectionFailed."""
        answer = await self._ask(url, headers, SERVICE_QUERY)
        messages = _messages(answer)
        if any("_service" in message for message in messages):
            raise NotFederated(f"{url} has no `_service`: it is not a federation subgraph ({messages[0]})")
        if messages:
            raise IntrospectionFailed(f"{url} answered with an error: {messages[0]}")
        data = answer.get("data")
        service = data.get("_service") if isinstance(data, dict) else None
        sdl = service.get("sdl") if isinstance(service, dict) else None
        if not isinstance(sdl, str):
            raise NotFederated(f"{url} answered without `_service.sdl`: it is not a federation subgraph")
        if not sdl.strip():
            raise IntrospectionFailed(f"{url} answered with an empty `_service.sdl`")
        return sdl

    async def plain_sdl(self, url: str, headers: Mapping[str, str]) -> str:
        """The schema by GraphQL's own introspection: without federation directives. Raises IntrospectionFailed."""
        answer = await self._ask(url, headers, get_introspection_query(input_value_deprecation=False))
        messages = _messages(answer)
        if messages:
            raise IntrospectionFailed(f"{url} does not let itself be introspected: {messages[0]}")
        try:
            return print_schema(build_client_schema(answer["data"])) + "\n"
        except (GraphQLError, TypeError, KeyError, AttributeError, ValueError, RecursionError) as error:
            raise IntrospectionFailed(f"{url} answered introspection with no usable schema: {error}") from None

    async def close(self) -> None:
        """Close the connections."""
        for exchange in self._exchanges.values():
            await exchange.close()

    async def _ask(self, url: str, headers: Mapping[str, str], query: str) -> dict[str, Any]:
        lines = b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers.items())
        body = orjson.dumps({"query": query})
        try:
            reply = await post(self._exchange(url), url, lines, body, timeout_ms=self.timeout_ms, repeatable=True)
        except Trouble as trouble:
            raise IntrospectionFailed(f"{url} gave no schema: {trouble.message}") from None
        return _answer(url, reply)

    def _exchange(self, url: str) -> Exchange:
        scheme = urlsplit(url).scheme
        found = self._exchanges.get(scheme)
        if found is None:
            connect_ms, bytes_max = self.timeout_ms, self.response_bytes_max
            if scheme == "https":
                from router.http.secure import SecureClient  # noqa: PLC0415 (TLS is paid for where it is used)

                found = SecureClient(http2="enable", connect_timeout_ms=connect_ms, response_bytes_max=bytes_max)
            else:
                found = Client(connect_timeout_ms=connect_ms, response_bytes_max=bytes_max)
            self._exchanges[scheme] = found
        return found


def _answer(url: str, reply: Reply) -> dict[str, Any]:
    """The GraphQL answer in an HTTP reply; error answers may come with any status."""
    try:
        answer = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        answer = None
    if isinstance(answer, dict) and ("data" in answer or answer.get("errors")):
        if reply.status == OK or _messages(answer):
            return answer
        raise IntrospectionFailed(f"{url} answered with HTTP status {reply.status}")
    start = reply.body[: SHOWN_LETTERS * 4].decode("utf-8", "replace")[:SHOWN_LETTERS]
    shown = f": {json.dumps(start, ensure_ascii=False)}" if start.strip() else ""
    if reply.status != OK:
        raise IntrospectionFailed(f"{url} answered with HTTP status {reply.status}{shown}")
    form = "GraphQL" if answer is not None else "JSON"
    raise IntrospectionFailed(f"{url} did not answer in {form}{shown or ', but with nothing'}")


def _messages(answer: Mapping[str, Any]) -> list[str]:
    errors = answer.get("errors")
    if not isinstance(errors, list):
        return []
    said = [error.get("message") if isinstance(error, dict) else error for error in errors]
    return [" ".join(str(message).split())[:500] for message in said]
