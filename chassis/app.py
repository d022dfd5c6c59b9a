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

serves `POST /orders/graphql`, `GET /orders/health`, `GET /health`, `GET /metrics`, the subgraph's REST routes under
/orders, and, while it runs, relays its outbox, listens to events, delivers mails and makes its periodic calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse

from chassis import faults
from chassis.background import Periodic, at_work, gauges_of, refuse_unheard, refuse_unsent, transport_of
from chassis.context import Context
from chassis.database import Database
from chassis.documents import Limits
from chassis.endpoint import Endpoint, Receive, Scope, Send
from chassis.events import Listener, Transport
from chassis.issuers import Identities, RemoteIdentities, issuers_of
from chassis.metrics import CONTENT_TYPE, Gauge, Metrics, Requests
from chassis.peers import Peer
from chassis.revocations import RevokedSessions, over_http
from chassis.schema import Schema
from chassis.settings import Settings
from chassis.signature import RouterOnly
from chassis.tokens import Keys, RemoteKeys, Revocations, Verifier
from chassis.viewer import Viewer, Viewers

__all__ = ["App", "Periodic", "Subgraph", "check", "create_app", "open_database", "transport_of", "viewers_of"]


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
    identities: Identities | None = None
    # Raises when the process must not start: demo credentials in production, a generated key.
    check: Callable[[], Awaitable[None]] | None = None
    closes: Sequence[Callable[[], Awaitable[None]]] = field(default=())
    # Whom it asks: those served by the same process are called within it.
    peers: Sequence[Peer] = ()
    # Whether its database has the table `mails` (chassis.mail), which the process then delivers.
    mails: bool = False
    # Figures of its own at /metrics, each a cheap query.
    gauges: Sequence[Gauge] = ()


def open_database(name: str, settings: Settings) -> Database:
    """The database of a subgraph, as the settings say."""
    return Database(
        settings.database_of(name),
        pool_size=settings.database_pool_size,
        timeout_ms=settings.database_timeout_ms,
    )


class App:
    """The ASGI application: GraphQL by a dictionary lookup, everything else by FastAPI."""

    def __init__(self, edges: FastAPI, endpoints: dict[str, Endpoint], requests: Requests) -> None:
        self.edges = edges
        self.endpoints = endpoints
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one ASGI scope."""
        endpoint = self.endpoints.get(scope["path"]) if scope["type"] == "http" else None
        if scope["type"] == "http":
            send = self._requests.watching(scope, send, known=endpoint is not None)
        if endpoint is not None:
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
    complete: bool = True,
) -> App:
    """Wire subgraphs into one application.

    `transport` and `keys` default to what the settings say; `background=False` leaves out relays, listeners and
    periodic calls, for tests that drive them by hand. `complete` says that no subgraph is served elsewhere.
    """
    settings.refuse_unsafe()
    refuse_unsent(subgraphs, settings)
    heard = complete or transport is not None or refuse_unheard(settings)
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
                await running.enter_async_context(at_work(subgraphs, settings, carried, heard=heard))
            yield

    edges = FastAPI(title="Subgraphs", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    edges.include_router(health_of(subgraphs))
    metrics = Metrics([*(gauge for subgraph in subgraphs for gauge in subgraph.gauges), *gauges_of(subgraphs, carried)])
    edges.include_router(metrics_of(metrics))
    for subgraph in subgraphs:
        for router in subgraph.routes:
            edges.include_router(router, prefix=f"/{subgraph.name}")
    app = App(edges, endpoints, metrics.requests)
    if settings.peers_in_process:
        for each in (each for subgraph in subgraphs for each in subgraph.peers):
            if f"/{each.name}/graphql" in endpoints and each.name not in settings.peers:
                each.answered_by(app)
    return app


async def check(subgraphs: Sequence[Subgraph]) -> None:
    """Raise UnsafeSettings when one of them must not start as things are."""
    for subgraph in subgraphs:
        if subgraph.check:
            await subgraph.check()


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
    identities = (local.identities if local else None) or RemoteIdentities(
        settings.persons_url, internal_token=internal_token, timeout_ms=settings.jwks_timeout_ms
    )
    verifier = Verifier(
        known or RemoteKeys(settings.keys_url, timeout_ms=settings.jwks_timeout_ms, cache_s=settings.jwks_cache_s),
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        revocations=(local.revocations if local else None) or revocations,
        others=issuers_of(settings, identities),
    )
    secret = settings.router_secret.get_secret_value() if settings.router_secret else None
    return Viewers(
        verifier, internal_token=internal_token, router_only=RouterOnly(secret), proxies=settings.trusted_proxies
    )


def metrics_of(metrics: Metrics) -> APIRouter:
    """`/metrics`, for Prometheus."""
    router = APIRouter()

    async def answer() -> Response:
        return Response(await metrics.text(), media_type=CONTENT_TYPE)

    router.add_api_route("/metrics", answer, methods=["GET"], response_model=None)
    return router


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
