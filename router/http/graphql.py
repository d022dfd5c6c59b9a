"""GraphQL over HTTP: an HTTP request's method, headers, query string and body, read as a GraphQL request.

Follows the GraphQL-over-HTTP draft (§4 to §6) and Apollo Router where that says more: batching is refused, mutations
need POST, and a request that a web page could send without a CORS preflight needs a header that no such page can set
(CSRF).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import orjson

from router.pipeline.request import Refused, Request
from router.settings import Csrf

JSON = b"application/json; charset=utf-8"
GRAPHQL_JSON = b"application/graphql-response+json; charset=utf-8"


class _Body(msgspec.Struct):
    """A POSTed GraphQL request; entries that we do not know are ignored, as the specification wants."""

    query: str | None = None
    operationName: str | None = None  # noqa: N815 (the wire's name)
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(_Body).decode


def media_type(value: bytes | None) -> str:
    """The media type of a content-type header, without parameters, in lower case."""
    return (value or b"").partition(b";")[0].strip().lower().decode("latin-1")


def reply_type(accept: bytes | None) -> bytes | None:
    """The content-type of the response, by the Accept header; None when the client takes neither of ours."""
    if accept is None or not accept.strip():
        return JSON
    best, best_quality = None, 0.0
    for part in accept.decode("latin-1").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        kind = {
            "application/graphql-response+json": GRAPHQL_JSON,
            "application/json": JSON,
            "application/*": JSON,
            "*/*": JSON,
        }.get(name)
        if kind is not None and quality > best_quality:
            best, best_quality = kind, quality
    return best


def from_body(content_type: bytes | None, body: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Request:
    """The request of a POST. Raises Refused (415, 400)."""
    kind = media_type(content_type)
    if kind not in ("application/json", "application/graphql+json"):
        shown = f"content-type {kind!r}" if kind else "no content-type"
        raise Refused.because(
            415, "UNSUPPORTED_MEDIA_TYPE", f"A GraphQL request is application/json; this one has {shown}."
        )
    if "charset" in (lowered := (content_type or b"").decode("latin-1").lower()) and "utf-8" not in lowered:
        raise Refused.because(415, "UNSUPPORTED_MEDIA_TYPE", "A GraphQL request is encoded in UTF-8.")
    return from_json(body, headers)


def from_json(body: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Request:
    """The request of a POST whose content-type is known to be right. Raises Refused (400)."""
    try:
        found = _decode(body)
    except msgspec.ValidationError as error:
        raise _refused_body(body, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused.because(400, "BAD_REQUEST", f"The body is not JSON: {error}") from error
    return _request(found.query, found.operationName, found.variables, headers, mutations=True)


def _refused_body(body: bytes, reason: str) -> Refused:
    if body.lstrip()[:1] == b"[":
        return Refused.because(
            400, "BATCHING_NOT_SUPPORTED", "Batches are not answered: send one operation per request."
        )
    return Refused.because(400, "BAD_REQUEST", f"The body is not a GraphQL request: {reason}")


def from_query_string(query_string: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Request:
    """The request of a GET. Raises Refused (400)."""
    try:
        given = dict(parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict"))
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused.because(400, "BAD_REQUEST", f"The query string cannot be read: {error}") from error
    variables: Any = None
    if given.get("variables"):
        try:
            variables = orjson.loads(given["variables"])
        except orjson.JSONDecodeError as error:
            raise Refused.because(400, "BAD_REQUEST", f"'variables' is not JSON: {error}") from error
        if variables is not None and not isinstance(variables, dict):
            raise Refused.because(400, "BAD_REQUEST", "'variables' must be a JSON object.")
    return _request(given.get("query"), given.get("operationName") or None, variables, headers, mutations=False)


def _request(
    query: str | None,
    operation_name: str | None,
    variables: dict[str, Any] | None,
    headers: Sequence[tuple[bytes, bytes]],
    *,
    mutations: bool,
) -> Request:
    if not query or query.isspace():
        raise Refused.because(400, "BAD_REQUEST", "The request has no 'query'.")
    return Request(query, operation_name or None, variables or {}, headers, mutations)


def refuse_forgery(csrf: Csrf, content_type: bytes | None, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Raises Refused (400) where a web page of another origin could have sent this without a preflight (Fetch, 3.2)."""
    if csrf.unsafe_disabled:
        return
    kind = media_type(content_type)
    if kind not in ("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        return
    wanted = {name.lower().encode("latin-1") for name in csrf.required_headers}
    if any(name in wanted for name, value in headers if value):
        return
    raise Refused.because(
        400,
        "CSRF_PREVENTION",
        "This request could have been sent by any web page. Give it a content-type such as application/json, "
        f"or one of the headers {', '.join(csrf.required_headers)}.",
    )
