"""GraphQL over HTTP for one subgraph, as a bare ASGI application: POST of JSON, an answer in JSON.

A subscription is answered by an event stream instead (chassis.subscriptions), to who accepts one.

| what arrives                                  | status | extensions.code          |
|-----------------------------------------------|--------|--------------------------|
| another method                                | 405    | METHOD_NOT_ALLOWED       |
| another content type                          | 415    | UNSUPPORTED_MEDIA_TYPE   |
| a subscription without accept: text/event-stream | 406 | NOT_ACCEPTABLE           |
| a body over the limit                         | 413    | PAYLOAD_TOO_LARGE        |
| no JSON, or not an object with a query string | 400    | BAD_REQUEST              |
| neither the router's signature nor a subgraph's token | 403 | NOT_FROM_ROUTER  |
| a bad or expired token                        | 401    | UNAUTHENTICATED          |
| a token nobody could be asked about           | 503    | AUTHENTICATION_UNAVAILABLE |
| GraphQL that does not parse                   | 400    | GRAPHQL_PARSE_FAILED     |
| GraphQL that does not validate                | 400    | GRAPHQL_VALIDATION_FAILED |
| GraphQL beyond a limit                        | 400    | DEPTH_LIMIT_EXCEEDED, ALIAS_LIMIT_EXCEEDED |
| variables of the wrong type, U+0000 in a text | 400    | BAD_USER_INPUT           |
| one subscription more than SUBSCRIPTIONS_MAX  | 503    | TOO_MANY_SUBSCRIPTIONS   |
| an operation that took too long               | 504    | TIMEOUT                  |
| everything else, errors of fields included    | 200    | FORBIDDEN, INTERNAL_ERROR, … per error |
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from graphql import GraphQLError

from chassis import trace
from chassis.caller import answering
from chassis.context import Context
from chassis.database import counting_here, is_away
from chassis.errors import Denied, Refused, Unavailable
from chassis.scalars import nul_in_variables
from chassis.schema import Schema
from chassis.settings import Settings
from chassis.signature import NotFromRouter
from chassis.subscriptions import Refusal, Subscription, send_events
from chassis.tasks import end
from chassis.tokens import KeysUnavailable, TokenRejected
from chassis.viewer import Viewer, Viewers

log = structlog.get_logger("chassis.endpoint")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_JSON = (b"content-type", b"application/json; charset=utf-8")


class BadRequest(Exception):
    """The request cannot become an operation."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request body asks."""

    query: str
    variables: Mapping[str, Any] | None
    name: str | None


class Endpoint:
    """The ASGI application at /<name>/graphql."""

    def __init__(
        self,
        name: str,
        schema: Schema,
        viewers: Viewers,
        context: Callable[[Viewer], Context],
        settings: Settings,
    ) -> None:
        """Outside production, answers carry `x-sql-statements`: how many they cost."""
        self.name = name
        self._schema = schema
        self._viewers = viewers
        self._context = context
        self._bytes_max = settings.request_bytes_max
        self._timeout_s = settings.request_timeout_ms / 1_000
        self._counted = not settings.production
        self._subscriptions_max = settings.subscriptions_max
        self._heartbeat_s = settings.subscription_heartbeat_ms / 1_000
        self._stopping = asyncio.Event()
        self.subscriptions = 0

    def stop(self) -> None:
        """End every subscription, since the server stops: it would wait for them."""
        self._stopping.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        trace.accept(headers.get("traceparent"))
        further: list[tuple[bytes, bytes]] = []
        try:
            with counting_here() as statements, answering(receive):
                operation, viewer = await self._read(scope, headers, receive)
                events = await self._subscribe(operation, viewer, headers.get("accept", ""))
                status, body = await self.run(operation, viewer) if events is None else (200, b"")
            if events is not None:
                await self._send_events(self._while_welcome(events, headers), receive, send)
                return
            if self._counted:
                further.append((b"x-sql-statements", str(len(statements)).encode()))
        except Refusal as refusal:
            status, body = 200, orjson.dumps({"data": None, "errors": refusal.errors})
        except BadRequest as refused:
            status, body = refused.status, errors_body(str(refused), refused.code)
            if status == 405:
                further.append((b"allow", b"POST"))
        except TokenRejected as rejected:
            status, body = 401, errors_body(str(rejected), "UNAUTHENTICATED")
            further.append((b"www-authenticate", b"Bearer"))
        except NotFromRouter as stranger:
            status, body = 403, errors_body(str(stranger), "NOT_FROM_ROUTER")
        except KeysUnavailable as unavailable:
            log.warning("keys_unavailable", subgraph=self.name, error=str(unavailable))
            status, body = 503, errors_body("Tokens cannot be checked at the moment.", "AUTHENTICATION_UNAVAILABLE")
        except TimeoutError:
            log.warning("operation_timed_out", subgraph=self.name)
            status, body = 504, errors_body("The operation took too long.", "TIMEOUT")
        except Exception:
            log.exception("request_failed", subgraph=self.name)
            status, body = 500, errors_body("Internal error", "INTERNAL_ERROR")
        await send({"type": "http.response.start", "status": status, "headers": [
            _JSON, (b"content-length", str(len(body)).encode()), *further,
        ]})  # fmt: skip
        await send({"type": "http.response.body", "body": body})

    async def _read(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> tuple[Operation, Viewer]:
        if scope["method"] != "POST":
            raise BadRequest(405, "METHOD_NOT_ALLOWED", "Send GraphQL operations by POST.")
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "Send the operation as application/json.")
        body = await self._body(headers, receive)
        client = scope.get("client")
        viewer = await self._viewers.of(headers, body, address=client[0] if client else None)
        operation = read_operation(body)
        return operation, viewer

    async def _subscribe(self, operation: Operation, viewer: Viewer, accept: str) -> AsyncGenerator[bytes, None] | None:
        """The responses of a subscription; None when the operation is none. Raises BadRequest or Refusal."""
        document = self._schema.documents.get(operation.query)
        if document.ast is None or not document.is_subscription(operation.name):
            return None
        if "text/event-stream" not in accept.lower():
            raise BadRequest(406, "NOT_ACCEPTABLE", "A subscription is answered as text/event-stream: accept it.")
        if why_not := document.why_not(operation.name):
            raise BadRequest(400, "BAD_USER_INPUT", why_not)
        if self.subscriptions >= self._subscriptions_max or self._stopping.is_set():
            raise BadRequest(503, "TOO_MANY_SUBSCRIPTIONS", "No further subscription can be served at the moment.")
        subscription = Subscription(
            self._schema.core,
            document.ast,
            operation.variables,
            operation.name,
            context=lambda: self._context(viewer),
            formatted=lambda errors: formatted(errors, subgraph=self.name),
            timeout_s=self._timeout_s,
        )
        return await subscription.bodies()

    async def _while_welcome(
        self, bodies: AsyncGenerator[bytes, None], headers: Mapping[str, str]
    ) -> AsyncGenerator[bytes, None]:
        """The bodies, until the token that asked for them holds no more: who signed out learns nothing new.

        Looked at before each body, and from time to time while none comes: nobody is kept waiting for what they will
        not be told.
        """
        upcoming: asyncio.Future[bytes | None] | None = None
        async with aclosing(bodies):
            try:
                while True:
                    upcoming = upcoming or asyncio.ensure_future(anext(bodies, None))
                    await asyncio.wait((upcoming,), timeout=self._heartbeat_s)
                    try:
                        await self._viewers.still_welcome(headers)
                    except TokenRejected as rejected:
                        yield errors_body(str(rejected), "UNAUTHENTICATED")
                        return
                    if upcoming.done():
                        body, upcoming = upcoming.result(), None
                        if body is None:
                            return
                        yield body
            finally:
                if isinstance(upcoming, asyncio.Task):
                    await end((upcoming,))

    async def _send_events(self, bodies: AsyncGenerator[bytes, None], receive: Receive, send: Send) -> None:
        self.subscriptions += 1
        try:
            await send_events(bodies, receive, send, heartbeat_s=self._heartbeat_s, stopping=self._stopping)
        finally:
            self.subscriptions -= 1

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        too_large = BadRequest(413, "PAYLOAD_TOO_LARGE", f"The body may hold {self._bytes_max} bytes.")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._bytes_max:
            raise too_large
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise BadRequest(400, "BAD_REQUEST", "The request was cut off.")
            body += message.get("body", b"")
            if len(body) > self._bytes_max:
                raise too_large
            if not message.get("more_body"):
                return bytes(body)

    async def run(self, operation: Operation, viewer: Viewer) -> tuple[int, bytes]:
        """Run one operation for a viewer: the HTTP status and the JSON body."""
        document = self._schema.documents.get(operation.query)
        if document.ast is None:
            return 400, orjson.dumps({"errors": [error.formatted for error in document.errors]})
        if why_not := document.why_not(operation.name):
            raise BadRequest(400, "BAD_USER_INPUT", why_not)
        async with asyncio.timeout(self._timeout_s):
            result = await self._schema.execute(
                operation.query,
                variable_values=dict(operation.variables) if operation.variables else None,
                context_value=self._context(viewer),
                operation_name=operation.name,
            )
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = formatted(result.errors, subgraph=self.name)
            if result.data is None and not any(error.path for error in result.errors):
                # Nothing ran: no such operation name, or variables of the wrong type.
                return 400, orjson.dumps({"errors": body["errors"]})
        return 200, orjson.dumps(body)


def read_operation(body: bytes) -> Operation:
    """The operation in a request body; BadRequest says what is wrong with it."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, "BAD_REQUEST", f"The body is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise BadRequest(400, "BAD_REQUEST", "The body is one JSON object: batches are not served.")
    query, variables, name = value.get("query"), value.get("variables"), value.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(400, "BAD_REQUEST", "The body needs the operation's text as `query`.")
    if not isinstance(variables, dict | None):
        raise BadRequest(400, "BAD_REQUEST", "`variables` is an object.")
    if not isinstance(name, str | None):
        raise BadRequest(400, "BAD_REQUEST", "`operationName` is a string.")
    # Only an escape can bring it: JSON has no place for the character itself (RFC 8259, section 7).
    if b"\\u0000" in body and (where := nul_in_variables(variables)):
        raise BadRequest(400, "BAD_USER_INPUT", f"{where} holds the character U+0000, which no text may.")
    return Operation(query, variables, name)


def errors_body(message: str, code: str) -> bytes:
    """A GraphQL answer with one error and no data."""
    return orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})


# What graphql-core repeats of a value that does not fit: it may be a card's number or a password.
_REPEATED = re.compile(r"(cannot represent [^:]*)?(?(1)|, found): .*", re.DOTALL)


def formatted(errors: Sequence[GraphQLError], *, subgraph: str) -> list[dict[str, Any]]:
    """Errors as the caller may see them; faults are masked, and logged here and nowhere else.

    A fault that took many fields, as one batch's does, is logged once.
    """
    faults: dict[int, tuple[GraphQLError, BaseException, int]] = {}
    shown = []
    for error in errors:
        cause = _cause(error)
        if (allowed := _allowed(error, cause)) is None:
            first, _, before = faults.get(id(cause), (error, cause, 0))
            faults[id(cause)] = first, cause, before + 1
            allowed = _masked(cause, subgraph)
        shown.append({**error.formatted, **allowed})
    for error, cause, fields in faults.values():
        if _is_unanswered(cause):
            log.warning("database_away", subgraph=subgraph, path=error.path, fields=fields, error=repr(cause))
        else:
            log.error("resolver_failed", subgraph=subgraph, path=error.path, fields=fields, exc_info=cause)
    return shown


def _cause(error: GraphQLError) -> BaseException:
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and not isinstance(cause, Denied) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _allowed(error: GraphQLError, cause: BaseException) -> dict[str, Any] | None:
    """What the caller may read of an error, or None where it is a fault of ours."""
    match cause:
        case Refused():
            return {"message": cause.message, "extensions": {"code": cause.code.value, "field": list(cause.field)}}
        case Denied():
            return {"message": cause.message, "extensions": dict(cause.extensions or {})}
        case GraphQLError():
            # graphql-core's own: an argument or variable of the wrong type, or a null where none may be.
            if error.path and error.original_error is None and cause.message.startswith("Cannot return null"):
                return None
            message = _REPEATED.sub(r"\1.", cause.message)
            return {"message": message, "extensions": {"code": "BAD_USER_INPUT", **(cause.extensions or {})}}
        case _:
            return None


def _is_unanswered(cause: BaseException) -> bool:
    """Whether the database did not answer, or not in time."""
    return is_away(cause) or isinstance(cause, TimeoutError)


def _masked(cause: BaseException, subgraph: str) -> dict[str, Any]:
    if _is_unanswered(cause):
        away = Unavailable("Something this needs did not answer. Ask again.", service=subgraph)
        return {"message": away.message, "extensions": dict(away.extensions or {})}
    return {"message": "Internal error", "extensions": {"code": "INTERNAL_ERROR"}}
