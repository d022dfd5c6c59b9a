"""One subgraph, or all of them in one process, as an ASGI application.

    # subgraphs/orders/app.py
    def subgraph(settings: Settings) -> Subgraph:
        database = open_database("orders", settings)
        orders = Orders(database, now)
        return Subgraph(
            name="orders",
            schema=schema,
            database=database,
            context=lambda viewer: Context(viewer=viewer, orders=orders, loaders=Loaders(database)),
            listens=[Listener("payments", "PaymentFailed", orders.fail)],
            periodic=[Periodic("expire orders", every_s=30, call=orders.expire)],
        )

    app = create_app([orders.subgraph(settings)], settings)

serves `POST /orders/graphql`, `GET /orders/health`, `GET /health`, the subgraph's REST routes under /orders, and, while
it runs, relays its outbox, listens to events and makes its periodic calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from chassis import faults
from chassis.context import Context
from chassis.database import Database
from chassis.documents import Limits
from chassis.endpoint import Endpoint, Receive, Scope, Send
from chassis.events import InProcess, Listener, Transport
from chassis.inbox import Consumer
from chassis.mail import Sender
from chassis.outbox import Relay
from chassis.post_office import outlet_of
from chassis.revocations import RevokedSessions, over_http
from chassis.schema import Schema
from chassis.settings import Settings, UnsafeSettings
from chassis.signature import RouterOnly
from chassis.tasks import end
from chassis.tokens import Keys, RemoteKeys, Revocations, Verifier
from chassis.viewer import Viewer, Viewers

log = structlog.get_logger("chassis.app")

_HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Periodic:
    """Something done again and again while the process runs. A failure is logged and the next turn comes."""

    name: str
    every_s: float
    call: Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Subgraph:
    """Everything one subgraph is made of. Building it connects to nothing."""

    name: str
    schema: Schema
    database: Database
    context: Callable[[Viewer], Context]
    listens: Sequence[Listener] = ()
    periodic: Sequence[Periodic] = ()
    routes: Sequence[APIRouter] = ()
    # The subgraph that signs tokens lets its process check them without asking itself over HTTP.
    keys: Keys | None = None
    revocations: Revocations | None = None
    # Raises when the process must not start: demo credentials in production, a generated key.
    check: Callable[[], Awaitable[None]] | None = None
    closes: Sequence[Callable[[], Awaitable[None]]] = field(default=())
    # Whether its database has the table `mails` (chassis.mail), which the process then delivers.
    mails: bool = False


def open_database(name: str, settings: Settings) -> Database:
    """The database of a subgraph, as the settings say."""
    return Database(
        settings.database_of(name),
        pool_size=settings.database_pool_size,
        timeout_ms=settings.database_timeout_ms,
    )


def transport_of(settings: Settings) -> Transport:
    """Redis Streams where there is a Redis, else straight calls inside this process."""
    if settings.redis_url is None:
        return InProcess()
    from chassis.streams import RedisStreams  # noqa: PLC0415 -- redis is loaded only where it is used

    return RedisStreams(settings.redis_url, prefix=settings.database_prefix, attempts_max=settings.event_attempts_max)


class App:
    """The ASGI application: GraphQL by a dictionary lookup, everything else by FastAPI."""

    def __init__(self, edges: FastAPI, endpoints: dict[str, Endpoint]) -> None:
        self.edges = edges
        self.endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one ASGI scope."""
        if scope["type"] == "http" and (endpoint := self.endpoints.get(scope["path"])) is not None:
            await endpoint(scope, receive, send)
        else:
            await self.edges(scope, receive, send)

    def stop(self) -> None:
        """End what would keep a stopping server waiting: subscriptions."""
        for endpoint in self.endpoints.values():
            endpoint.stop()


def create_app(
    subgraphs: Sequence[Subgraph],
    settings: Settings,
    *,
    transport: Transport | None = None,
    keys: Keys | None = None,
    background: bool = True,
) -> App:
    """Wire subgraphs into one application.

    `transport` and `keys` default to what the settings say; `background=False` leaves out relays, listeners and
    periodic calls, for tests that drive them by hand.
    """
    settings.refuse_unsafe()
    refuse_unsent(subgraphs, settings)
    faults.arm(settings.crash_at)
    carried = transport or transport_of(settings)
    viewers = viewers_of(subgraphs, settings, keys)
    limits = Limits(settings.depth_max, settings.aliases_max, settings.tokens_max)

    endpoints = {}
    for subgraph in subgraphs:
        subgraph.schema.limit(limits, entities_max=settings.entities_per_fetch_max)
        endpoints[f"/{subgraph.name}/graphql"] = Endpoint(
            subgraph.name, subgraph.schema, viewers, subgraph.context, settings
        )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            for subgraph in subgraphs:
                running.push_async_callback(subgraph.database.close)
                for close in subgraph.closes:
                    running.push_async_callback(close)
            await check(subgraphs)
            if background:
                await running.enter_async_context(events_of(subgraphs, settings, carried))
            yield

    edges = FastAPI(title="Subgraphs", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    edges.include_router(health_of(subgraphs))
    for subgraph in subgraphs:
        for router in subgraph.routes:
            edges.include_router(router, prefix=f"/{subgraph.name}")
    return App(edges, endpoints)


async def check(subgraphs: Sequence[Subgraph]) -> None:
    """Raise UnsafeSettings when one of them must not start as things are."""
    for subgraph in subgraphs:
        if subgraph.check:
            await subgraph.check()


def refuse_unsent(subgraphs: Sequence[Subgraph], settings: Settings) -> None:
    """Raise UnsafeSettings when production would keep what it has to send."""
    mailing = [subgraph.name for subgraph in subgraphs if subgraph.mails]
    if settings.production and mailing and settings.smtp_url is None:
        raise UnsafeSettings(f"SMTP_URL is not set, and {', '.join(mailing)} sends mails: set it to the mail server")


def viewers_of(subgraphs: Sequence[Subgraph], settings: Settings, keys: Keys | None = None) -> Viewers:
    """How this process reads who is asking: by the keys of a subgraph it serves, else by the JWKS URL."""
    local = next((subgraph for subgraph in subgraphs if subgraph.keys is not None), None)
    known = keys or (local.keys if local else None)
    internal_token = settings.internal_token.get_secret_value()
    revocations: Revocations | None = None
    if known is None:
        read = over_http(
            settings.ended_sessions_url, internal_token=internal_token, timeout_ms=settings.jwks_timeout_ms
        )
        revocations = RevokedSessions(read, cache_s=settings.token_revocation_cache_s)
    verifier = Verifier(
        known or RemoteKeys(settings.keys_url, timeout_ms=settings.jwks_timeout_ms, cache_s=settings.jwks_cache_s),
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        revocations=(local.revocations if local else None) or revocations,
    )
    secret = settings.router_secret.get_secret_value() if settings.router_secret else None
    return Viewers(
        verifier, internal_token=internal_token, router_only=RouterOnly(secret), proxies=settings.trusted_proxies
    )


@asynccontextmanager
async def events_of(subgraphs: Sequence[Subgraph], settings: Settings, transport: Transport) -> AsyncIterator[None]:
    """Relays, listeners and periodic calls, running until the block ends."""
    relays = [
        Relay(
            subgraph.name,
            subgraph.database,
            transport,
            poll_ms=settings.event_poll_ms,
            attempts_max=settings.event_attempts_max,
        )
        for subgraph in subgraphs
    ]
    senders = [sender_of(subgraph, settings) for subgraph in subgraphs if subgraph.mails]
    periodic = [turn for subgraph in subgraphs for turn in subgraph.periodic]
    periodic += [Periodic("old mails", every_s=_HOUR_S, call=sender.forget_old) for sender in senders]
    for subgraph in subgraphs:
        if subgraph.listens:
            consumer = Consumer(subgraph.name, subgraph.database, subgraph.listens)
            transport.subscribe(subgraph.name, consumer.sources, consumer.deliver)
            periodic.append(Periodic(f"old events of {subgraph.name}", every_s=_HOUR_S, call=consumer.forget_old))
    turns: list[asyncio.Task[None]] = []
    await transport.start()
    try:
        for relay in relays:
            await relay.start()
        for sender in senders:
            await sender.start()
        turns += [asyncio.create_task(_repeat(turn), name=turn.name) for turn in periodic]
        yield
    finally:
        await end(turns)
        for sender in senders:
            await sender.stop()
        for relay in relays:
            await relay.stop()
        await transport.stop()


def sender_of(subgraph: Subgraph, settings: Settings) -> Sender:
    """What delivers a subgraph's mails, to where the settings say."""
    return Sender(
        subgraph.name,
        subgraph.database,
        outlet_of(settings),
        sender=settings.mail_from,
        poll_ms=settings.event_poll_ms,
        # Longer than one delivery may take: four time-outs.
        claim_ms=8 * settings.smtp_timeout_ms,
    )


async def _repeat(turn: Periodic) -> None:
    while True:
        try:
            await turn.call()
        except Exception as error:  # noqa: BLE001 -- the next turn may succeed
            log.warning("periodic_failed", name=turn.name, error=repr(error))
        await asyncio.sleep(turn.every_s)


def health_of(subgraphs: Sequence[Subgraph]) -> APIRouter:
    """`/health` for the process and `/<name>/health` for each subgraph; 503 while a database does not answer."""
    router = APIRouter()

    async def answer(asked: Sequence[Subgraph]) -> JSONResponse:
        ready = await asyncio.gather(*(subgraph.database.ready() for subgraph in asked))
        states = ["ok" if well else "database unavailable" for well in ready]
        body = dict(zip((subgraph.name for subgraph in asked), states, strict=True))
        status = "ok" if all(ready) else "unavailable"
        return JSONResponse({"status": status, "subgraphs": body}, 200 if all(ready) else 503)

    def of_one(subgraph: Subgraph) -> Callable[[], Awaitable[JSONResponse]]:
        async def health() -> JSONResponse:
            return await answer([subgraph])

        return health

    async def health() -> JSONResponse:
        return await answer(subgraphs)

    router.add_api_route("/health", health, methods=["GET"], response_model=None)
    for subgraph in subgraphs:
        router.add_api_route(f"/{subgraph.name}/health", of_one(subgraph), methods=["GET"], response_model=None)
    return router
