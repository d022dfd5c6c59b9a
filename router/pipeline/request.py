"""What comes into the pipeline and what goes out, whatever transport carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import orjson

from router.execution.faults import GraphQLFault


@dataclass(slots=True)
class Request:
    """A GraphQL request. `headers` are lower-case names and values; `mutations` are allowed by POST only.

    `peer` is the address of the connection it came by, None where there is none.
    """

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    headers: Sequence[tuple[bytes, bytes]] = ()
    mutations: bool = True
    peer: str | None = None

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header; `name` in lower case."""
        for known, value in self.headers:
            if known == name:
                return value
        return None


class Response(NamedTuple):
    """A GraphQL response as JSON, with the HTTP status that says the same."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Responses(Protocol):
    """Several responses to one request, in order, as JSON.

    Iterating raises Refused, once, where they end for a reason; `aclose` must be called however they end. `incremental`
    ones are one answer in pieces (@defer); otherwise each is whole (a subscription).
    """

    incremental: bool

    def __aiter__(self) -> Responses:
        """Itself."""
        ...

    async def __anext__(self) -> bytes:
        """The next response."""
        ...

    async def aclose(self) -> None:
        """Leave; nothing is left running when this returns."""
        ...


class Refused(Exception):
    """The request is refused before anything is executed: `status` for HTTP, `faults` for `errors`."""

    def __init__(self, status: int, *faults: GraphQLFault, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        super().__init__(faults[0].message if faults else "")
        self.status = status
        self.faults = faults
        self.headers = headers

    @staticmethod
    def because(status: int, code: str, message: str, **extensions: Any) -> Refused:
        """A refusal with one error."""
        return Refused(status, GraphQLFault(message, None, {"code": code, **extensions}))

    def response(self) -> Response:
        """The refusal, as sent. No `data` entry: GraphQL specification 7.1, errors raised before execution."""
        return Response(self.status, orjson.dumps({"errors": [fault.as_json() for fault in self.faults]}), self.headers)
