"""A crowd that buys the same thing: connections kept open, each answer read, each purchase timed.

A shop is a `Counter`: how something gets into a cart and how it is bought there. What is measured is the buying alone.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

ATTEMPTS_MAX = 60
PAUSE_S = 0.5


class Connection:
    """One kept-alive HTTP/1.1 connection that posts JSON and reads bodies with a Content-Length."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Any:
        """The answer's JSON. Raises ConnectionError when there is none."""
        payload = json.dumps(body).encode()
        further = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\ncontent-type: application/json\r\n"
            f"accept: application/json\r\ncontent-length: {len(payload)}\r\n{further}\r\n"
        )
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        try:
            writer.write(head.encode() + payload)
            answer_head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.partition(b":")[2])
                for line in answer_head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            )
            return json.loads(await reader.readexactly(length))
        except asyncio.IncompleteReadError as ended:
            self._streams = None
            raise ConnectionResetError("the server hung up") from ended

    def close(self) -> None:
        """Let go of it."""
        if self._streams is not None:
            self._streams[1].close()


@dataclass(frozen=True, slots=True)
class Later:
    """No answer yet; `why` in one word."""

    why: str
    after_s: float = PAUSE_S


class Counter(Protocol):
    """Where people buy. A basket is whatever `fill` answers."""

    port: int

    async def fill(self, connection: Connection, number: int) -> Any:
        """Put one piece into the cart of buyer number so and so."""

    async def buy(self, connection: Connection, basket: Any) -> str | Later:
        """Buy it: `CONFIRMED`, or the name of the refusal, or when to ask again with the same key."""


@dataclass
class Sale:
    """What came of it. Seconds and milliseconds are the buyers' own."""

    answers: Tally[str] = field(default_factory=Tally)
    latencies_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    asked_again: Tally[str] = field(default_factory=Tally)

    @property
    def buyers_per_second(self) -> float:
        """How many were served, sold to or refused."""
        return self.answers.total() / self.seconds

    @property
    def orders_per_second(self) -> float:
        """How many were sold to."""
        return self.answers["CONFIRMED"] / self.seconds

    def percentile_ms(self, percent: int) -> float:
        """How long that many of the buyers waited at most."""
        return statistics.quantiles(self.latencies_ms, n=100, method="inclusive")[percent - 1]


async def hold(counter: Counter, *, buyers: int, at_once: int) -> Sale:
    """Everybody fills a cart; then, so many at once, everybody buys."""
    sale, connections = Sale(), [Connection(counter.port) for _ in range(at_once)]
    baskets: list[Any] = [None] * buyers
    numbers = iter(range(buyers))

    async def fill(connection: Connection) -> None:
        for number in numbers:
            baskets[number] = await counter.fill(connection, number)

    # Not measured, so not in a hurry.
    await asyncio.gather(*(fill(connection) for connection in connections[:20]))
    left = iter(baskets)

    async def buy(connection: Connection) -> None:
        for basket in left:
            began = time.perf_counter()
            answer = await _bought(counter, connection, basket, sale)
            sale.latencies_ms.append((time.perf_counter() - began) * 1_000)
            sale.answers[answer] += 1

    began = time.perf_counter()
    await asyncio.gather(*(buy(connection) for connection in connections))
    sale.seconds = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return sale


async def _bought(counter: Counter, connection: Connection, basket: Any, sale: Sale) -> str:
    for _ in range(ATTEMPTS_MAX):
        answer = await counter.buy(connection, basket)
        if isinstance(answer, str):
            return answer
        sale.asked_again[answer.why] += 1
        await asyncio.sleep(answer.after_s)
    return "never answered"


def table(rows: Sequence[tuple[str, Sale]]) -> str:
    """The sales side by side; ratios to the first."""
    first = rows[0][1]
    heads = ("sold", "refused", "orders/s", "buyers/s", "p50 ms", "p99 ms", "ratio")
    lines = [" " * 30 + "".join(f"{head:>10s}" for head in heads)]
    for name, sale in rows:
        sold = sale.answers["CONFIRMED"]
        lines.append(
            f"{name:30s}{sold:10d}{sale.answers.total() - sold:10d}{sale.orders_per_second:10.1f}"
            f"{sale.buyers_per_second:10.1f}{sale.percentile_ms(50):10.0f}{sale.percentile_ms(99):10.0f}"
            f"{sale.buyers_per_second / first.buyers_per_second:10.2f}"
        )
    return "\n".join(lines)
