"""Asking subgraphs on behalf of one client request: its headers, its fetch log, and how a reply is read as GraphQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from router.execution.subgraphs import Subgraphs
from router.http.transport import Call, Done, Malformed, Outcome, Reply, Trouble

# The reader and the writer of compiled runs: both executors read a text alike, and spell a number alike.
_decode = msgspec.json.Decoder().decode
encode = msgspec.json.Encoder().encode
# What reading a reply may raise, beside msgspec.ValidationError, which is a DecodeError.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# What was asked already: (subgraph, request body) → outcome.
Replies: TypeAlias = Mapping[tuple[str, bytes], Outcome]


class BadStatus(Trouble):
    """The subgraph answered, but not with a GraphQL response."""


class BadContentType(Trouble):
    """The subgraph answered with something that is not JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A GraphQL response of a subgraph; `errors` as it wrote them."""

    data: dict[str, Any] | None
    errors: tuple[dict[str, Any], ...] = ()


class Asking:
    """The port through which one client request reaches subgraphs.

    `fetches` collects a line per request when it is a list. `known` are replies of a run that handed over: they are
    used instead of asking again, so no subgraph is asked twice and no mutation is sent twice.
    """

    __slots__ = ("_calls", "began", "fetches", "headers", "known", "subgraphs")

    def __init__(
        self, subgraphs: Subgraphs, headers: Mapping[str, bytes], fetches: list[dict[str, Any]] | None = None
    ) -> None:
        self.subgraphs = subgraphs
        self.headers = headers
        self.fetches = fetches
        self.known: Replies = {}
        self.began = time.perf_counter() if fetches is not None else 0.0
        self._calls: list[Call] = []

    def send(self, subgraph: str, body: bytes, *, repeatable: bool, on_done: Done) -> Call:
        """Send one request; `on_done` gets the outcome once, perhaps before this returns."""
        if self.fetches is not None:
            on_done = self._logged(subgraph, body, on_done)
        call = self.subgraphs.send(
            subgraph, self.headers.get(subgraph, b""), body, repeatable=repeatable, on_done=on_done
        )
        self._calls.append(call)
        return call

    def cancel(self) -> None:
        """Give up every request under way: the client has left. Finished ones do not mind."""
        for call in self._calls:
            call.cancel()

    def done(self) -> None:
        """Nothing more will be asked. Calls and those who wait for them know each other: forgotten, they go at once."""
        self._calls = []

    async def ask(self, subgraph: str, body: bytes, *, repeatable: bool) -> Answer:
        """The subgraph's answer. Raises Trouble."""
        known = self.known.get((subgraph, body))
        if known is not None:
            return read(known)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def done(outcome: Outcome) -> None:
            if not future.done():
                future.set_result(outcome)

        call = self.send(subgraph, body, repeatable=repeatable, on_done=done)
        try:
            return read(await future)
        except asyncio.CancelledError:
            call.cancel()
            raise

    def _logged(self, subgraph: str, body: bytes, on_done: Done) -> Done:
        start = time.perf_counter()

        def done(outcome: Outcome) -> None:
            assert self.fetches is not None
            request = _decode(body)
            variables = request.get("variables") or {}
            self.fetches.append(
                {
                    "subgraph": subgraph,
                    "operationName": request.get("operationName"),
                    "startMs": round((start - self.began) * 1000, 3),
                    "endMs": round((time.perf_counter() - self.began) * 1000, 3),
                    "representations": sum(
                        len(value)
                        for name, value in variables.items()
                        if name.startswith("representations") and isinstance(value, list)
                    ),
                }
            )
            on_done(outcome)

        return done


def read(outcome: Outcome) -> Answer:
    """An outcome, read as a GraphQL response (GraphQL over HTTP, 6.4). Raises Trouble."""
    if isinstance(outcome, Trouble):
        raise outcome
    kind = outcome.content_type.partition(";")[0].strip().lower()
    good = 200 <= outcome.status < 300
    if kind and kind not in ("application/json", "application/graphql-response+json"):
        raise BadContentType(f"answered with content-type {kind!r}") if good else _bad_status(outcome)
    try:
        body = _decode(outcome.body)
    except UNREADABLE:
        raise Malformed("answered with broken JSON") if good else _bad_status(outcome) from None
    if isinstance(body, dict) and ("data" in body or "errors" in body):
        data, errors = body.get("data"), body.get("errors") or []
        if data is None and not errors:
            raise Malformed("answered null without an error")
        if (data is None or isinstance(data, dict)) and isinstance(errors, list):
            return Answer(data, tuple(e if isinstance(e, dict) else {"message": str(e)} for e in errors))
    raise Malformed("answered with JSON that is no GraphQL response") if good else _bad_status(outcome)


def _bad_status(reply: Reply) -> BadStatus:
    return BadStatus(f"HTTP status {reply.status}")
