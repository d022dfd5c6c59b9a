"""Stands between the payment provider and the shop, and hands its webhooks on badly: twice, late, in another order.

What is withheld is handed on in the end, as providers do: a webhook that is never sent is another provider's fault.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from tests.journeys.between import headers_of, read_message

HELD_S = 1.5
ANSWERS = {200: b"HTTP/1.1 200 OK\r\n", 503: b"HTTP/1.1 503 Service Unavailable\r\n"}


@dataclass
class Courier:
    """Takes webhooks at a port of its own and brings them to `target`."""

    random: random.Random
    target: str = ""
    faults: Counter[str] = field(default_factory=Counter)
    held: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[int]:
        """Serve until the block ends; answers the port."""
        async with httpx.AsyncClient(trust_env=False, timeout=5) as self.http:
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            bringing = asyncio.create_task(self._bring_held())
            try:
                yield server.sockets[0].getsockname()[1]
            finally:
                bringing.cancel()
                server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head, body = await read_message(reader)
                signed = {
                    name.decode(): value.decode()
                    for name, value in headers_of(head).items()
                    if name == b"content-type" or name.endswith(b"signature")
                }
                status = await self._carry(body, signed)
                writer.write(ANSWERS[status] + b"Content-Length: 0\r\n\r\n")
                await writer.drain()
        writer.close()

    async def _carry(self, body: bytes, headers: dict[str, str]) -> int:
        how = self.random.choices(("once", "twice", "late", "refused"), (50, 20, 20, 10))[0]
        if how == "late":
            self.faults["webhook late, out of order"] += 1
            self.held.append((body, headers))
            return 200
        if how == "refused":
            self.faults["webhook refused at first"] += 1
            return 503
        if how == "twice":
            self.faults["webhook duplicated"] += 1
            await self._bring(body, headers)
        return await self._bring(body, headers)

    async def _bring(self, body: bytes, headers: dict[str, str]) -> int:
        try:
            answer = await self.http.post(self.target, content=body, headers=headers)
        except httpx.HTTPError:
            return 503
        return 200 if answer.is_success else 503

    async def _bring_held(self) -> None:
        """Hand on what was kept, shuffled; what the shop does not take is kept."""
        while True:
            await asyncio.sleep(HELD_S)
            batch, self.held = self.held, []
            self.random.shuffle(batch)
            for body, headers in batch:
                if await self._bring(body, headers) != 200:
                    self.held.append((body, headers))
