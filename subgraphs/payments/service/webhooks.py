"""What providers tell: stored before it is acknowledged, and handled afterwards, once, in whatever order it came.

A webhook is only taken as a hint that something about a charge has changed. What has, the provider is asked: so an old
webhook cannot undo what a newer one told, one that comes twice finds nothing new, and a forged one that got past the
signature could move nothing. Most tell what the provider's direct answer has told already: their type says where the
charge was, the payment is there or beyond, and nobody needs to be asked.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from chassis import faults
from chassis.errors import NotFound, Unavailable
from subgraphs.payments import store
from subgraphs.payments.model import Payment, Status
from subgraphs.payments.providers.port import State
from subgraphs.payments.providers.signature import verify
from subgraphs.payments.store import TakenWebhook, WebhookInbox

from .payments import SETTLED_AT_ONCE, Payments

log = structlog.get_logger("payments.webhooks")

BATCH: Final = 50
POLL_S: Final = 1.0
# So long after the first of them, webhooks are looked at together; the direct answer mostly comes before that.
GATHERING_S: Final = 0.1
# A second, then twice as long each time, ten minutes at most: some two hours in all.
ATTEMPTS_MAX: Final = 20
# Providers stop repeating an event after three days; its id is remembered far longer.
KEPT: Final = timedelta(days=90)
_TAKEN: Final = frozenset({Status.CAPTURED, Status.PARTIALLY_REFUNDED, Status.REFUNDED})
# Where a payment is that knows already what a charge in this state could tell.
_KNOWN: Final[Mapping[State, frozenset[Status]]] = {
    State.AUTHORIZED: _TAKEN | {Status.AUTHORIZED},
    State.CAPTURED: _TAKEN,
    State.DECLINED: frozenset({Status.DECLINED}),
    State.VOIDED: frozenset({Status.VOIDED}),
}


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
            while await self.handle_waiting() >= BATCH:
                pass
            try:
                await asyncio.wait_for(self.woken.wait(), POLL_S)
                await asyncio.sleep(GATHERING_S)
            except TimeoutError:
                continue

    async def handle_waiting(self) -> int:
        """Handle what is due, those of one charge together; how many there were."""
        taken = await self.inbox.take(at=self.payments.clock(), limit=BATCH)
        faults.reach("payments.webhook.taken")
        if not taken:
            return 0
        by_charge: dict[tuple[str, str], list[TakenWebhook]] = defaultdict(list)
        for webhook in taken:
            by_charge[webhook.provider, webhook.reference or ""].append(webhook)
        async with self.payments.database.reading() as session:
            payments = await store.by_references(session, by_charge)
        known = [each for each in by_charge if self._tell_nothing_new(payments.get(each), by_charge[each])]
        if known:
            faults.reach("payments.webhook.settled")
            told = [webhook.position for charge in known for webhook in by_charge.pop(charge)]
            await self.inbox.handled(told, at=self.payments.clock())
        at_once = asyncio.Semaphore(SETTLED_AT_ONCE)

        async def settle(charge: tuple[str, str]) -> None:
            async with at_once:
                await self._settle(charge, payments.get(charge), [webhook.position for webhook in by_charge[charge]])

        await asyncio.gather(*map(settle, by_charge))
        return len(taken)

    def _tell_nothing_new(self, payment: Payment | None, webhooks: Sequence[TakenWebhook]) -> bool:
        """Whether the payment is where these webhooks could bring it, or beyond."""
        provider = self.payments.providers.named(payment.provider) if payment else None
        if payment is None or provider is None:
            return False
        hints = [provider.hint_of(webhook.type) for webhook in webhooks]
        if payment.unsettled and not all(hint is State.AUTHORIZED for hint in hints):
            # Something is on its way, and this may be what comes of it.
            return False
        return all(hint is not None and payment.status in _KNOWN.get(hint, ()) for hint in hints)

    async def _settle(self, charge: tuple[str, str], payment: Payment | None, positions: Sequence[int]) -> None:
        provider, reference = charge
        try:
            problem = await self._handle(payment)
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

    async def _handle(self, payment: Payment | None) -> str | None:
        """Ask how the charge stands and write it down; why that was not possible, or None."""
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
