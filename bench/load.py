"""A load generator that reads what it gets: every answer is compared with the right one.

    python -m bench.load '{"port": 4000, "path": "/graphql", "bodies": [...], "connections": 16, "seconds": 3}'

Prints one JSON line: requests, wrong (answers that differ from the first for their body, or are not 200), errors
(connections lost), p50_ms and p99_ms.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import httptools


@dataclass
class Load:
    """What to send, and what came of it. `until` is on the monotonic clock."""

    requests: list[bytes]
    until: float
    right: dict[int, bytes] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    done: int = 0
    wrong: int = 0
    lost: int = 0
    first_wrong: str = ""


class Client(asyncio.Protocol):
    """One connection: sends the next request as soon as the last is answered."""

    def __init__(self, load: Load, start: int) -> None:
        self.load = load
        self.number = start
        self.parser = httptools.HttpResponseParser(self)
        self.finished = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self.transport = transport
        self._send()

    def _send(self) -> None:
        self.number = (self.number + 1) % len(self.load.requests)
        self.body, self.sent = b"", time.monotonic()
        self.transport.write(self.load.requests[self.number])  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """See httptools."""
        self.body += body

    def on_message_complete(self) -> None:
        """See httptools."""
        now, load = time.monotonic(), self.load
        load.done += 1
        load.latencies.append(now - self.sent)
        right = load.right.setdefault(self.number, self.body)
        if self.parser.get_status_code() != 200 or self.body != right:
            load.wrong += 1
            load.first_wrong = load.first_wrong or self.body[:300].decode(errors="replace")
        if now < load.until:
            # Not from inside the parser's callback.
            asyncio.get_running_loop().call_soon(self._send)
        else:
            self.finished.set_result(None)
            self.transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        """See asyncio.Protocol."""
        if not self.finished.done():
            self.load.lost += 1
            self.finished.set_result(None)


def request(port: int, path: str, body: bytes) -> bytes:
    """A whole POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"accept: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def run(port: int, path: str, bodies: list[str], *, connections: int, seconds: float) -> dict[str, Any]:
    """Keep every connection busy for some seconds."""
    load = Load([request(port, path, body.encode()) for body in bodies], time.monotonic() + seconds)
    loop = asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(lambda i=i: Client(load, i), "127.0.0.1", port))[1]  # type: ignore[misc]
        for i in range(connections)
    ]
    await asyncio.wait([client.finished for client in clients], timeout=seconds + 30)
    times = sorted(load.latencies) or [0.0]
    return {
        "requests": load.done,
        "wrong": load.wrong,
        "first_wrong": load.first_wrong,
        "lost": load.lost + sum(not client.finished.done() for client in clients),
        "p50_ms": statistics.median(times) * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000 if len(times) > 1 else times[0] * 1000,
    }


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(asyncio.run(run(asked.pop("port"), asked.pop("path"), asked.pop("bodies"), **asked))))
