"""How the generated client speaks to the router: one POST per operation, tokens kept, every failure told apart.

A subscription is answered by an event stream (graphql-sse's protocol, distinct connections), event by event.

    async with ShopClient("http://127.0.0.1:4000/graphql") as shop:
        await shop.login("customer@ecommerce.local", "customer123")     # keeps the tokens it is answered
        history = await shop.order_history()
        async for event in shop.watch_cart():                            # until one side ends it
            ...

Generation copies this file into the package `shop_client`, where it is the base class of `ShopClient`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from .base_model import UNSET


class Fault(Exception):
    """Something between a client and the graph went wrong. An expected "no" is not a fault: it is answered as data."""


class Unreachable(Fault):
    """No answer: refused, cut off, or later than the timeout."""


class NotGraphQL(Fault):
    """An answer, but not one GraphQL allows: a proxy's page, half a body."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"HTTP {status} without a GraphQL answer: {body[:200]}")
        self.status = status
        self.body = body


class AnsweredErrors(Fault):
    """The graph answered `errors` (GraphQL specification, section 7.1.2), with or without partial `data`."""

    def __init__(self, errors: list[dict[str, Any]], data: dict[str, Any] | None) -> None:
        super().__init__("; ".join(str(error.get("message")) for error in errors))
        self.errors = errors
        self.data = data

    def has_code(self, code: str) -> bool:
        """Whether any error carries this `extensions.code`."""
        return any(error.get("extensions", {}).get("code") == code for error in self.errors)


@dataclass
class Keys:
    """What a client keeps between requests: who it is and which basket it carries."""

    access_token: str | None = None
    refresh_token: str | None = None
    cart_token: str | None = None

    def headers(self) -> dict[str, str]:
        """The request headers that carry them."""
        headers = {}
        if self.access_token is not None:
            headers["Authorization"] = f"Bearer {self.access_token}"
        if self.cart_token is not None:
            headers["X-Cart-Token"] = self.cart_token
        return headers

    def learn(self, data: Mapping[str, Any]) -> None:
        """Keep the tokens an answer brings: a sign-in's at its root field, a basket's where `cart` is answered."""
        for name, answer in data.items():
            if not isinstance(answer, Mapping):
                continue
            tokens = answer.get("tokens")
            if isinstance(tokens, Mapping):
                self.access_token = tokens.get("accessToken", self.access_token)
                self.refresh_token = tokens.get("refreshToken", self.refresh_token)
            cart = answer if name == "cart" else answer.get("cart")
            if isinstance(cart, Mapping) and cart.get("token"):
                self.cart_token = cart["token"]


class Transport:
    """Sends operations and reads answers. `timeout_ms` bounds each request; close it, or use it in `async with`.

    `client_name` and `client_version` say who is asking: the router counts operations under them, and `router check`
    says whom a change breaks.
    """

    def __init__(
        self,
        url: str,
        *,
        client_name: str | None = None,
        client_version: str | None = None,
        keys: Keys | None = None,
        timeout_ms: int = 10_000,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        self.url = url
        identity = {"apollographql-client-name": client_name, "apollographql-client-version": client_version}
        self.identity = {name: value for name, value in identity.items() if value is not None}
        self.keys = keys or Keys()
        self.http_client = http_client or httpx.AsyncClient(timeout=timeout_ms / 1000)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http_client.aclose()

    async def execute(
        self,
        query: str,
        operation_name: str | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one operation; raises Unreachable."""
        try:
            return await self.http_client.post(
                self.url,
                headers={
                    "Accept": "application/graphql-response+json, application/json",
                    **self._carried(headers),
                },
                json=_asked(query, operation_name, variables),
            )
        except httpx.TransportError as error:
            raise Unreachable(f"No answer from {self.url}: {error!r}") from error

    async def execute_ws(
        self,
        query: str,
        operation_name: str | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """The data of each event of a subscription, until the graph ends it. The name is the generator's.

        Raises Unreachable when the stream is cut off, NotGraphQL or AnsweredErrors.
        """
        accepted = {"Accept": "text/event-stream", **self._carried(headers)}
        asked = _asked(query, operation_name, variables)
        # Nothing may happen for long: only connecting and sending are bounded.
        unbounded = httpx.Timeout(self.http_client.timeout.connect, read=None)
        try:
            async with self.http_client.stream(
                "POST", self.url, headers=accepted, json=asked, timeout=unbounded
            ) as response:
                if not response.headers.get("content-type", "").startswith("text/event-stream"):
                    await response.aread()
                    self.get_data(response)
                    raise NotGraphQL(response.status_code, response.text)
                event = ""
                async for line in response.aiter_lines():
                    name, _, value = line.partition(":")
                    if name == "event":
                        event = value.strip()
                        if event == "complete":
                            return
                    elif name == "data" and event == "next":
                        yield self._data_of(json.loads(value), response.status_code, value)
        except httpx.TransportError as error:
            raise Unreachable(f"The subscription to {self.url} was cut off: {error!r}") from error
        raise Unreachable(f"The subscription to {self.url} was cut off.")

    def _carried(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        return {**self.identity, **self.keys.headers(), **(headers or {})}

    def get_data(self, response: httpx.Response) -> dict[str, Any]:
        """The data of an answer without errors; raises NotGraphQL or AnsweredErrors."""
        try:
            answer = response.json()
        except ValueError as error:
            raise NotGraphQL(response.status_code, response.text) from error
        return self._data_of(answer, response.status_code, response.text)

    def _data_of(self, answer: Any, status: int, text: str) -> dict[str, Any]:
        if not isinstance(answer, dict) or not answer.keys() & {"data", "errors"}:
            raise NotGraphQL(status, text)
        data: dict[str, Any] | None = answer.get("data")
        self.keys.learn(data or {})
        if answer.get("errors") or data is None:
            raise AnsweredErrors(answer.get("errors", []), data)
        return data


def _asked(query: str, operation_name: str | None, variables: Mapping[str, Any] | None) -> dict[str, Any]:
    given = {name: _plain(value) for name, value in (variables or {}).items() if value is not UNSET}
    return {"query": query, "operationName": operation_name, "variables": given}


def _plain(value: Any) -> Any:
    """A variable as JSON holds it: models under their GraphQL names, decimals and times as strings."""
    if isinstance(value, BaseModel):
        value = value.model_dump(by_alias=True, exclude_unset=True)
    return to_jsonable_python(value, by_alias=True)
