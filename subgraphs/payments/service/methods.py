"""The ways to pay that customers keep: saving, removing, choosing the default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import Unavailable
from chassis.events import Envelope
from chassis.viewer import Viewer
from subgraphs.payments import store
from subgraphs.payments.errors import InvalidInput, NotFound, PaymentMethodDeclined, TooManyPaymentMethods
from subgraphs.payments.events import UserDeleted
from subgraphs.payments.model import SavedMethod
from subgraphs.payments.providers.port import Card, Declined, Kept, NoAnswer, Token
from subgraphs.payments.rules import UNTOLD, Source, method_of

from .keeping import SAVED_MAX, keep
from .payments import Payments
from .till import ASKS_MAX

log = structlog.get_logger("payments.methods")

FORGET_BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class Methods:
    """Every use-case about ways to pay; each is the signed-in viewer's own."""

    payments: Payments

    async def save(self, source: Source, *, default: bool, key: str, viewer: Viewer) -> SavedMethod:
        """Keep a way to pay without charging it, once per key; saved twice it is there once.

        Raises NotSignedIn, InvalidInput, PaymentMethodDeclined, TooManyPaymentMethods, Unavailable.
        """
        customer_id = viewer.require_signed_in()
        provider, moment = self.payments.providers.default, self.payments.clock()
        if (source.card is None) == (source.payment_method_id is None):
            raise InvalidInput("Give either a card or a token of the provider.", field=("input",))
        if not 1 <= len(key) <= 200:
            raise InvalidInput("A key has between 1 and 200 characters.", field=("idempotencyKey",))
        what: Card | Token
        if source.card is not None:
            what, method, field = source.card, method_of(source.card, today=moment, path=("input", "card")), "card"
        else:
            what, method, field = Token(source.payment_method_id or ""), UNTOLD, "paymentMethodId"
        if (refusal := provider.refusal_of(what)) is not None:
            raise InvalidInput(refusal, field=("input", field))
        await self._refuse_more(customer_id)
        answer: Kept | Declined | None = None
        for _ in range(ASKS_MAX):
            try:
                customer = await self.payments.customer_at(provider, customer_id)
                # The customer's own name in the key: nobody gets hold of what another saved.
                answer = await provider.keep(what, method, customer=customer, key=f"{customer_id}:{key}")
                break
            except NoAnswer:
                continue
        if answer is None:
            raise Unavailable("The payment provider does not answer.", service="payments")
        if isinstance(answer, Declined):
            raise PaymentMethodDeclined(
                f"This way to pay was declined ({answer.code}).", field=("input", field), decline_code=answer.code
            )
        async with self.payments.database.transaction() as session:
            saved = await keep(session, customer_id, provider.name, answer, at=moment, default=default)
        if saved is None:
            raise self._too_many()
        return saved

    async def remove(self, method_id: str, *, viewer: Viewer) -> None:
        """Keep it no longer; its provider is told at once, or later if it is silent. Raises NotSignedIn, NotFound."""
        customer_id = viewer.require_signed_in()
        async with self.payments.database.transaction() as session:
            await store.lock_customer(session, customer_id)
            saved = await self._own(session, method_id, customer_id)
            await store.delete_method(session, saved, at=self.payments.clock())
            left = (await store.saved_methods(session, [customer_id])).get(customer_id, [])
            if left and not left[0].is_default:
                await store.make_default(session, left[0])
        await self.tell_providers()

    async def make_default(self, method_id: str, *, viewer: Viewer) -> SavedMethod:
        """Offer this one first from now on. Raises NotSignedIn, NotFound."""
        customer_id = viewer.require_signed_in()
        async with self.payments.database.transaction() as session:
            await store.lock_customer(session, customer_id)
            saved = await self._own(session, method_id, customer_id)
            await store.make_default(session, saved)
        return saved

    async def person_left(self, session: AsyncSession, event: Envelope) -> None:
        """A person's account is gone: how they pay is forgotten, and whose card it was."""
        await store.forget_customer(session, UserDeleted.read(event.payload).user_id, at=self.payments.clock())

    async def tell_providers(self) -> int:
        """Have providers forget what is kept no longer; how many they did. The silent ones are told again later."""
        async with self.payments.database.reading() as session:
            waiting = await store.to_forget(session, limit=FORGET_BATCH)
        told = 0
        for method in waiting:
            provider = self.payments.providers.named(method.provider)
            try:
                if provider is not None:
                    await provider.forget(method.token)
            except NoAnswer:
                log.warning("method_not_forgotten_yet", provider=method.provider)
                continue
            async with self.payments.database.transaction() as session:
                await store.forgotten(session, method)
            told += 1
        return told

    async def _own(self, session: AsyncSession, method_id: str, customer_id: str) -> SavedMethod:
        saved = await store.saved_method(session, method_id)
        if saved is None or saved.customer_id != customer_id:
            raise NotFound("There is no such saved payment method.", field=("id",))
        return saved

    async def _refuse_more(self, customer_id: str) -> None:
        """Before the provider is asked; it counts again where nothing can come in between."""
        async with self.payments.database.reading() as session:
            known = (await store.saved_methods(session, [customer_id])).get(customer_id, [])
        if len(known) >= SAVED_MAX:
            raise self._too_many()

    def _too_many(self) -> TooManyPaymentMethods:
        return TooManyPaymentMethods(
            f"At most {SAVED_MAX} payment methods are kept: remove one first.", field=("input",), limit=SAVED_MAX
        )
