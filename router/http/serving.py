"""The running router: which supergraph it serves, its connections, and how a new supergraph takes over.

Theory. A `Pipeline` belongs to one supergraph. Reloading builds the next one beside it, plans the most used
operations on it, and then swaps one reference: requests under way keep the pipeline they began with, so none is
dropped.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from router.execution.subgraphs import Subgraphs, Target
from router.http.client import Client
from router.http.mounted import Mounted
from router.http.signature import Signature
from router.http.sources import OverHttp, Source
from router.http.transport import Exchange
from router.http.usage import Exporting
from router.http.websocket_source import OverWebSocket
from router.pipeline.authentication import Authentication, KeysUnavailable
from router.pipeline.operations import Planner
from router.pipeline.pipeline import Pipeline
from router.pipeline.request import Request, Response, Responses
from router.pipeline.subscribe import Subscriptions, reloaded
from router.pipeline.warm import Respond, Warm
from router.plan import Plan
from router.settings import Http2, Settings, SettingsError, SubgraphTraffic
from router.supergraph import Supergraph

log = logging.getLogger("router")
PlannerFor = Callable[[Supergraph], Planner]

KEYS_BYTES_MAX = 1024 * 1024
KEYS_TIMEOUT_SECONDS = 5
_DEFAULTS = {
    "timeout_ms": 30_000,
    "connect_timeout_ms": 5_000,
    "connections_max": 256,
    "response_bytes_max": 64 * 1024 * 1024,
}


def planner_for(supergraph: Supergraph) -> Planner:
    """The planner of a supergraph: its graph is built once."""
    from router.graph import Graph  # noqa: PLC0415 (the graph costs start-up time only where it is planned)
    from router.planning import plan  # noqa: PLC0415

    graph = Graph.of(supergraph)
    return lambda document, operation_name, labels, defer: plan(
        graph, document, operation_name, labels=labels, defer=defer
    )


def explain(plan: Plan) -> Any:
    """A plan as Apollo's tools show it, and as text for people."""
    from router.planning import as_json, as_text  # noqa: PLC0415

    return {"object": as_json(plan), "text": as_text(plan)}


def secure_client(http2: Http2, authorities: str | None, limits: Mapping[str, int]) -> Exchange:
    """The client for TLS, proxies and HTTP/2, whose import is paid where it is needed. Raises SettingsError."""
    from router.http.secure import SecureClient  # noqa: PLC0415

    try:
        return SecureClient(http2=http2, authorities=authorities, **limits)
    except ValueError as error:
        raise SettingsError(f"tls.subgraph: certificate_authorities: {error}") from error


class Serving:
    """Serves one supergraph at a time. `mounted` maps subgraph names to ASGI applications called in this process."""

    def __init__(
        self,
        settings: Settings,
        read_supergraph: Callable[[], str],
        *,
        mounted: Mapping[str, Any] | None = None,
        planner: PlannerFor = planner_for,
    ) -> None:
        self.settings = settings
        self.read_supergraph = read_supergraph
        self.mounted = mounted or {}
        self.planner = planner
        self.pipeline: Pipeline | None = None
        usage = settings.telemetry.usage
        self.exporting = Exporting(usage, usage.file) if usage.file else None
        self.subscriptions = Subscriptions(settings.subscription.max_opened_subscriptions)
        self._text = ""
        self._exchanges: dict[tuple[Any, ...], Exchange] = {}
        self._authentication: Authentication | None = None

    async def start(self) -> None:
        """Load the supergraph, unless that is done. Raises what reading it raises."""
        if self.pipeline is not None:
            return
        jwt = self.settings.authentication.router.jwt
        self._authentication = Authentication(jwt, frozenset(self.settings.authorization.policies), self.fetch_keys)
        self._text = self.read_supergraph()
        self.pipeline = self.build(self._text)
        if self.exporting is not None:
            self.exporting.start()

    def drain(self) -> None:
        """The router is about to stop: subscriptions would keep it waiting, so they end now."""
        self.subscriptions.stop()

    async def stop(self) -> None:
        """Close every connection, and write what was counted."""
        self.drain()
        if self.exporting is not None:
            await self.exporting.stop()
        for exchange in self._exchanges.values():
            await exchange.close()
        self._exchanges.clear()

    async def answer(self, request: Request) -> Response:
        """Answer by the pipeline of now, on the warm path where that is possible."""
        warm = await self.answer_warm(request)
        return warm if warm is not None else await self.answer_at_length(request)

    async def stream(self, request: Request, *, subscriptions: bool, incremental: bool) -> Response | Responses:
        """Answer a client that takes several responses to one request: to a subscription, or to @defer."""
        # The warm path gives one answer: who can wait for parts has them instead.
        warm = None if incremental and "@defer" in request.query else await self.answer_warm(request)
        if warm is not None:
            return warm
        return await (await self.started()).stream(request, subscriptions=subscriptions, incremental=incremental)

    async def authenticate(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Raises Refused where the headers carry a token that is not accepted."""
        await (await self.started()).authentication.viewer(Request("", headers=headers))

    async def answer_warm(self, request: Request) -> Response | None:
        """The answer on the warm path; None where nothing was begun."""
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def respond(response: Response) -> None:
            if not future.done():
                future.set_result(response)

        warm = self.begin(request, respond)
        if warm is None:
            return None
        try:
            return await future
        except asyncio.CancelledError:
            warm.cancel()
            raise

    async def answer_at_length(self, request: Request) -> Response:
        """Answer by the pipeline of now, all stages."""
        return await (await self.started()).answer(request)

    async def started(self) -> Pipeline:
        """The pipeline of now."""
        if self.pipeline is None:
            # Mounted where nobody runs a lifespan.
            await self.start()
        pipeline = self.pipeline
        assert pipeline is not None
        return pipeline

    def begin(self, request: Request, respond: Respond) -> Warm | None:
        """The pipeline's warm path; None where the long way, `answer`, has to be taken."""
        pipeline = self.pipeline
        return None if pipeline is None else pipeline.begin(request, respond)

    # --------------------------------------------------------------------------------------------------- supergraph

    async def reload(self) -> bool:
        """Take the supergraph up again if it changed; a broken one is logged and the old one stays. True if swapped."""
        try:
            text = self.read_supergraph()
            if text == self._text:
                return False
            # Built in a thread: requests go on meanwhile.
            loop = asyncio.get_running_loop()
            supergraph = await loop.run_in_executor(None, Supergraph.parse, text)
            planner = await loop.run_in_executor(None, self.planner, supergraph)
            fresh = self.assemble(supergraph, planner)
        except Exception:
            log.exception("the new supergraph cannot be used; the old one stays")
            return False
        if self.pipeline is not None:
            count = self.settings.query_planning.warmed_up_queries
            await fresh.warm_up(self.pipeline, count)
        self._text = text
        self.pipeline = fresh
        self.subscriptions.end(reloaded())
        log.info("serving a new supergraph: %s", ", ".join(sorted(fresh.supergraph.subgraphs)))
        return True

    def build(self, text: str) -> Pipeline:
        """A pipeline for a supergraph's text."""
        supergraph = Supergraph.parse(text)
        return self.assemble(supergraph, self.planner(supergraph))

    def assemble(self, supergraph: Supergraph, planner: Planner) -> Pipeline:
        """A pipeline for a supergraph. Raises SettingsError where settings name subgraphs it does not have."""
        settings = self.settings
        for where, names in (
            ("override_subgraph_url", settings.override_subgraph_url),
            ("traffic_shaping.subgraphs", settings.traffic_shaping.subgraphs),
            ("tls.subgraph.subgraphs", settings.tls.subgraph.subgraphs),
            ("subscription.mode.passthrough.subgraphs", settings.subscription.mode.passthrough.subgraphs),
            ("include_subgraph_errors.subgraphs", settings.include_subgraph_errors.subgraphs),
            ("authentication.subgraph.subgraphs", settings.authentication.subgraph.subgraphs),
        ):
            unknown = sorted(set(names) - set(supergraph.subgraphs))
            if unknown:
                known = ", ".join(sorted(supergraph.subgraphs))
                raise SettingsError(f"{where} names {', '.join(unknown)}, but the subgraphs are: {known}")
        assert self._authentication is not None
        targets = {name: self.target(name, subgraph.url) for name, subgraph in supergraph.subgraphs.items()}
        pipeline = Pipeline(
            supergraph, planner, Subgraphs(targets), self._authentication, settings, explain, self.subscriptions
        )
        pipeline.usage = self.exporting.usage if self.exporting is not None else None
        return pipeline

    # ---------------------------------------------------------------------------------------------------- subgraphs

    def target(self, name: str, url: str) -> Target:
        """How a subgraph is called, all settings taken together."""
        shaping = self.settings.traffic_shaping
        traffic = _together(shaping.all, shaping.subgraphs.get(name, SubgraphTraffic()))
        url = self.settings.override_subgraph_url.get(name, url)
        errors = self.settings.include_subgraph_errors
        secret = self.settings.authentication.subgraph.secret_of(name)
        if name in self.mounted:
            mounted = Mounted(self.mounted[name], traffic.response_bytes_max or _DEFAULTS["response_bytes_max"])
            exchange: Exchange = self._exchanges.setdefault(("mounted", name), mounted)
            source: Source = mounted
        else:
            source = self.source(name, traffic)
            exchange = self.exchange(name, url, traffic)
        return Target(
            name=name,
            url=url,
            timeout_ms=traffic.timeout.milliseconds if traffic.timeout else _DEFAULTS["timeout_ms"],
            shared=traffic.deduplicate_query is not False,
            show_errors=errors.subgraphs.get(name, errors.all),
            exchange=exchange,
            source=source,
            signature=Signature(secret) if secret else None,
        )

    def exchange(self, name: str, url: str, traffic: SubgraphTraffic) -> Exchange:
        """The client for a URL; subgraphs that are called alike share one, and with it its connections."""
        limits = {
            "connections_max": traffic.connections_max or _DEFAULTS["connections_max"],
            "connect_timeout_ms": (
                traffic.connect_timeout.milliseconds if traffic.connect_timeout else _DEFAULTS["connect_timeout_ms"]
            ),
            "response_bytes_max": traffic.response_bytes_max or _DEFAULTS["response_bytes_max"],
        }
        http2 = traffic.experimental_http2 or "disable"
        scheme = urlsplit(url).scheme
        secure: tuple[Http2, str | None] | None = None
        if scheme == "https":
            secure = http2, self.authorities(name)
        elif scheme == "http" and http2 == "http2only":
            secure = http2, None
        elif scheme not in ("http", "unix"):
            raise SettingsError(f"{name}: {url} is not an http, https or unix URL")
        key = (secure, *limits.values())
        found = self._exchanges.get(key)
        if found is None:
            found = self._exchanges[key] = secure_client(*secure, limits) if secure else Client(**limits)
        return found

    def source(self, name: str, traffic: SubgraphTraffic) -> Source:
        """How a subgraph is subscribed at: by WebSocket where `passthrough` says so, else by HTTP."""
        limits: dict[str, Any] = {
            "connect_timeout_ms": (
                traffic.connect_timeout.milliseconds if traffic.connect_timeout else _DEFAULTS["connect_timeout_ms"]
            ),
            "timeout_ms": traffic.timeout.milliseconds if traffic.timeout else _DEFAULTS["timeout_ms"],
            "response_bytes_max": traffic.response_bytes_max or _DEFAULTS["response_bytes_max"],
            "authorities": self.authorities(name),
        }
        passthrough = self.settings.subscription.mode.passthrough
        by_websocket = passthrough.subgraphs.get(name, passthrough.all)
        return OverHttp(**limits) if by_websocket is None else OverWebSocket(by_websocket.path, **limits)

    def authorities(self, name: str) -> str | None:
        """The certificates (PEM) that a subgraph's is held against; None for the system's."""
        tls = self.settings.tls.subgraph
        return tls.subgraphs.get(name, tls.all).certificate_authorities or tls.all.certificate_authorities

    async def fetch_keys(self, url: str) -> bytes:
        """A key set, from a file: or http(s): URL. Raises KeysUnavailable."""
        parts = urlsplit(url)
        if parts.scheme == "file":
            try:
                return await asyncio.to_thread(Path(parts.path).read_bytes)
            except OSError as error:
                raise KeysUnavailable(str(error)) from error
        if parts.scheme not in ("http", "https"):
            raise KeysUnavailable(f"{url} is neither a file nor an http URL")
        try:
            return await asyncio.to_thread(_download, url)
        except (OSError, ValueError, HTTPException) as error:
            raise KeysUnavailable(f"{url}: {error}") from error


class Watch:
    """Reloads a supergraph file when it changes; `reloaded` is called after each time."""

    def __init__(self, serving: Serving, path: Path, interval_ms: int, reloaded: Callable[[], None]) -> None:
        self.serving = serving
        self.path = path
        self.interval_ms = interval_ms
        self.reloaded = reloaded
        self._now = asyncio.Event()

    def at_once(self) -> None:
        """Look now, as SIGHUP asks."""
        self._now.set()

    async def run(self) -> None:
        """Look for ever."""
        seen = _stamp(self.path)
        while True:
            try:
                async with asyncio.timeout(self.interval_ms / 1000 if self.interval_ms else None):
                    await self._now.wait()
                self._now.clear()
            except TimeoutError:
                if _stamp(self.path) == seen:
                    continue
            seen = _stamp(self.path)
            began = time.perf_counter()
            if await self.serving.reload():
                self.reloaded()
                log.info("reloaded %s in %d ms", self.path, (time.perf_counter() - began) * 1000)


def _download(url: str) -> bytes:
    """A small document. Raises OSError, ValueError or HTTPException."""
    with urlopen(url, timeout=KEYS_TIMEOUT_SECONDS) as reply:  # noqa: S310 (http or https, by the caller)
        body: bytes = reply.read(KEYS_BYTES_MAX + 1)
    if len(body) > KEYS_BYTES_MAX:
        raise ValueError(f"more than {KEYS_BYTES_MAX} bytes")
    return body


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _together(all_of_them: SubgraphTraffic, this: SubgraphTraffic) -> SubgraphTraffic:
    given = {name: value for name in SubgraphTraffic.__slots__ if (value := getattr(this, name)) is not None}
    return replace(all_of_them, **given)
