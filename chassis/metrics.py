"""What `/metrics` shows, in Prometheus's text format.

| metric                                             | what it counts                                          |
|----------------------------------------------------|---------------------------------------------------------|
| `http_requests_total{method,path,status}`          | requests answered; `path` is the route, never its values |
| `http_request_duration_seconds{method,path}`       | until the answer begins                                 |
| `outbox_waiting_events{subgraph}`                  | announced and not yet sent                              |
| `outbox_oldest_waiting_seconds{subgraph}`          | how long the first of them waits                        |
| `inbox_waiting_events{subgraph,source}`            | published by others and not yet settled here            |
| `outbox_dead_events`, `inbox_dead_events`          | set aside by the relay, by the consumer                 |
| `mails_waiting`, `mails_dead{subgraph}`            | posted and not yet delivered; given up                  |
| what a subgraph offers: `Subgraph(gauges=[…])`     | `ecommerce_orders_total{status}` and the like           |

    Gauge("ecommerce_orders_total", "Orders, by status.", figure(database, store.count_by_status), label="status")

A gauge is read when it is asked for, at most once in `FRESH_S`; one that cannot be read is left out and logged.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database

log = structlog.get_logger("chassis.metrics")

# A second series for each counter, that nothing here reads.
disable_created_metrics()  # type: ignore[no-untyped-call]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# However often /metrics is asked, the databases are not.
FRESH_S = 5.0
READ_TIMEOUT_S = 5.0
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)

Message = Mapping[str, Any]
Reading = float | Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure read from where it is kept: one number, or with `label` one for each of its values.

    `fixed` are labels that are always the same. Several gauges of one name are shown as one metric.
    """

    name: str
    help: str
    read: Callable[[], Awaitable[Reading]]
    label: str | None = None
    fixed: Mapping[str, str] | None = None


def figure(database: Database, read: Callable[[AsyncSession], Awaitable[Reading]]) -> Callable[[], Awaitable[Reading]]:
    """A store's query, as a gauge reads it."""

    async def reading() -> Reading:
        async with database.reading() as session:
            return await read(session)

    return reading


class Requests:
    """Counts HTTP requests in an ASGI application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._answered = Counter(
            "http_requests_total", "HTTP requests answered.", ("method", "path", "status"), registry=registry
        )
        self._took = Histogram(
            "http_request_duration_seconds",
            "Seconds until an answer begins.",
            ("method", "path"),
            buckets=_BUCKETS,
            registry=registry,
        )

    def watching(
        self, scope: Mapping[str, Any], send: Callable[[Any], Awaitable[None]], *, known: bool
    ) -> Callable[[Any], Awaitable[None]]:
        """`send`, counting the answer as it begins; `known` when the path itself is a route."""
        began = time.perf_counter()

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in _METHODS else "OTHER"
                path = scope["path"] if known else _route(scope)
                self._answered.labels(method, path, str(message["status"])).inc()
                self._took.labels(method, path).observe(time.perf_counter() - began)
            await send(message)

        return counting


def _route(scope: Mapping[str, Any]) -> str:
    """The path with its parameters' names for their values.

    What nobody serves has no label of its own: anybody could make up as many as he likes.
    """
    if "route" not in scope:
        return "none"
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(segment, segment) for segment in scope["path"].split("/"))


class Gauges(Collector):
    """The gauges of a process, as they were read last."""

    def __init__(self, gauges: Sequence[Gauge]) -> None:
        self._gauges = gauges
        self._readings: list[tuple[Gauge, Reading]] = []
        self._fresh_until = 0.0
        self._turn = asyncio.Lock()

    async def refresh(self) -> None:
        """Read all of them, side by side, unless that was done a moment ago."""
        async with self._turn:
            if time.monotonic() < self._fresh_until:
                return
            read = await asyncio.gather(*(self._read(gauge) for gauge in self._gauges))
            self._readings = [
                (gauge, value) for gauge, value in zip(self._gauges, read, strict=True) if value is not None
            ]
            self._fresh_until = time.monotonic() + FRESH_S

    async def _read(self, gauge: Gauge) -> Reading | None:
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                return await gauge.read()
        except Exception as error:  # noqa: BLE001 -- one figure that is missing takes no other along
            log.warning("gauge_not_read", gauge=gauge.name, error=repr(error))
            return None

    def collect(self) -> list[GaugeMetricFamily]:
        """The readings as Prometheus's library wants them."""
        families: dict[str, GaugeMetricFamily] = {}
        for gauge, reading in self._readings:
            fixed = dict(gauge.fixed or {})
            labels = [*fixed, *([gauge.label] if gauge.label else [])]
            family = families.setdefault(gauge.name, GaugeMetricFamily(gauge.name, gauge.help, labels=labels))
            if isinstance(reading, Mapping):
                for value, number in reading.items():
                    family.add_metric([*fixed.values(), value], number)
            else:
                family.add_metric(list(fixed.values()), reading)
        return list(families.values())

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing yet: they are read only when asked for."""
        return []


class Metrics:
    """Everything one process shows."""

    def __init__(self, gauges: Sequence[Gauge]) -> None:
        self._registry = CollectorRegistry()
        self.requests = Requests(self._registry)
        self._gauges = Gauges(gauges)
        self._registry.register(self._gauges)

    async def text(self) -> bytes:
        """The page."""
        await self._gauges.refresh()
        return generate_latest(self._registry)
