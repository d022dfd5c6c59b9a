"""Sends the sandbox's webhooks, signed, again until they are taken: over HTTP, or straight to who takes them here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import httpx
import structlog

from chassis.clock import Clock, now

from .books import SandboxWebhook
from .sandbox import Sandbox
from .signature import sign

log = structlog.get_logger("payments.sandbox")

BATCH: Final = 20
POLL_S: Final = 0.5
TIMEOUT_S: Final = 5.0
ATTEMPTS_MAX: Final = 16
KEPT: Final = timedelta(days=3)


class Outbox(Protocol):
    """Where the sandbox's webhooks wait; `store.SandboxOutbox`."""

    async def take(self, *, at: datetime, limit: int) -> Sequence[SandboxWebhook]:
        """What is due, put off until it should be sent again."""

    async def delivered(self, ids: Sequence[int], *, at: datetime) -> None:
        """They were taken."""

    async def failed(self, id: int, error: str, *, at: datetime, attempts_max: int) -> None:
        """It was not."""

    async def forget_delivered(self, *, before: datetime) -> None:
        """Remove what was delivered before a moment."""


# Hands over a raw body and its signature; why it was not taken, or None.
Send = Callable[[bytes, str], Awaitable[str | None]]


def over_http(url: str, client: httpx.AsyncClient, *, header: str) -> Send:
    """To an address, the signature in `header`; each attempt takes at most TIMEOUT_S."""

    async def send(body: bytes, signature: str) -> str | None:
        headers = {"content-type": "application/json", header: signature}
        try:
            async with asyncio.timeout(TIMEOUT_S):
                response = await client.post(url, content=body, headers=headers)
        except (httpx.HTTPError, TimeoutError) as error:
            return repr(error)
        return None if response.is_success else f"HTTP {response.status_code}: {response.text[:200]}"

    return send


@dataclass(frozen=True, slots=True)
class Deliveries:
    """`send` is how they get to where the shop takes them."""

    outbox: Outbox
    sandbox: Sandbox
    send: Send
    clock: Clock = now

    async def work(self) -> None:
        """Send what is due, until cancelled."""
        while True:
            if await self.send_due() < BATCH:
                await asyncio.sleep(POLL_S)

    async def send_due(self) -> int:
        """Send what is due, one after another; how many were taken by the shop."""
        taken: list[int] = []
        for webhook in await self.outbox.take(at=self.clock(), limit=BATCH):
            body = webhook.payload.encode()
            problem = await self.send(body, sign(body, self.sandbox.webhook_secrets, at=self.clock()))
            if problem is None:
                taken.append(webhook.id)
            else:
                log.warning("sandbox_webhook_not_taken", webhook=webhook.event_id, problem=problem)
                await self.outbox.failed(webhook.id, problem, at=self.clock(), attempts_max=ATTEMPTS_MAX)
        if taken:
            await self.outbox.delivered(taken, at=self.clock())
        return len(taken)

    async def forget_old(self) -> None:
        """Remove what was delivered long ago."""
        await self.outbox.forget_delivered(before=self.clock() - KEPT)
