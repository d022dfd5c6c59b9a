"""What providers tell: stored before it is acknowledged, and handled afterwards, once, in whatever order it came.

A webhook is only taken as a hint that something about a charge has changed. What has, the provider is asked: so an old
webhook cannot undo what a newer one told, one that comes twice finds nothing new, and a forged one that got past the
signature could move nothing.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from chassis import faults
from chassis.errors import NotFound, Unavailable
from subgraphs.payments import store
from subgraphs.payments.model import WebhookEvent
from subgraphs.payments.providers.signature import verify
from subgraphs.payments.store import WebhookInbox

from .payments import SETTLED_AT_ONCE, Payments

log = structlog.get_logger("payments.webhooks")

BATCH: Final = 50
POLL_S: Final = 1.0
# A second, then twice as long each time, ten minutes at most: some two hours in all.
ATTEMPTS_MAX: Final = 20
# Providers stop repeating an event after three days; its id is remembered far longer.
KEPT: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Takes webhooks in, and handles them while `work` runs."""

    payments: Payments
    inbox: WebhookInbox
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, provider_name: str, body: bytes, signature: str | None) -> bool:
        """Store a webhook; False when its id was here before.

        Raises NotFound (no such provider), BadSignature, Malformed. Once this returns the provider may forget it.
        """
        provider = self.payments.providers.named(provider_name)
        if provider is None or not provider.webhook_secrets:
            raise NotFound("There is no such payment provider.")
        moment = self.payments.clock()
        verify(signature, body, provider.webhook_secrets, at=moment)
        notice = provider.read(body)
        faults.reach("payments.webhook.received")
        is_new = await self.inbox.put(provider.name, notice, body, at=moment)
        faults.reach("payments.webhook.stored")
        self.woken.set()
        return is_new

    def signature_header(self, provider_name: str) -> str:
        """Which header carries a provider's signature; empty for a provider there is none of."""
        provider = self.payments.providers.named(provider_name)
        return provider.signature_header if provider else ""

    async def work(self) -> None:
        """Handle what comes until cancelled; what is due again is looked for every POLL_S seconds."""
        while True:
            self.woken.clear()
            while await self.handle_waiting():
                pass
            try:
                await asyncio.wait_for(self.woken.wait(), POLL_S)
            except TimeoutError:
                continue

    async def handle_waiting(self) -> int:
        """Handle what is due, those of one charge together; how many there were."""
        taken = await self.inbox.take(at=self.payments.clock(), limit=BATCH)
        faults.reach("payments.webhook.taken")
        by_charge: dict[tuple[str, str], list[WebhookEvent]] = defaultdict(list)
        for event in taken:
            by_charge[event.provider, event.reference or ""].append(event)
        at_once = asyncio.Semaphore(SETTLED_AT_ONCE)

        async def settle(charge: tuple[str, str]) -> None:
            async with at_once:
                await self._settle(*charge, [event.position for event in by_charge[charge]])

        await asyncio.gather(*map(settle, by_charge))
        return len(taken)

    async def _settle(self, provider: str, reference: str, positions: Sequence[int]) -> None:
        try:
            problem = await self._handle(provider, reference)
        except Unavailable as silent:
            problem = silent.message
        except Exception as error:
            # One charge that cannot be settled must not keep the others from it.
            log.exception("webhook_not_handled", provider=provider, reference=reference)
            problem = repr(error)
        faults.reach("payments.webhook.settled")
        if problem is None:
            await self.inbox.handled(positions, at=self.payments.clock())
        else:
            await self._put_back(positions, problem, reference)

    async def _handle(self, provider_name: str, reference: str) -> str | None:
        """Ask how the charge stands and write it down; why that was not possible, or None."""
        async with self.payments.database.reading() as session:
            payment = await store.by_reference(session, provider_name, reference)
        if payment is None:
            # It may be on its way into the database: the provider is sometimes faster than we are.
            return "There is no payment of that charge."
        till = self.payments.till
        charge = await till.ask(payment, None)
        if charge is None:
            return "The payment provider does not answer."
        _, fitted = await till.learn(payment.id, charge)
        return None if fitted else "A refund found no room yet."

    async def _put_back(self, positions: Sequence[int], problem: str, reference: str) -> None:
        log.warning("webhook_put_back", reference=reference, problem=problem)
        await self.inbox.failed(positions, problem, at=self.payments.clock(), attempts_max=ATTEMPTS_MAX)

    async def forget_old(self) -> None:
        """Remove what was handled long ago."""
        await self.inbox.forget_handled(before=self.payments.clock() - KEPT)
