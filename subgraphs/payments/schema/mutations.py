"""What moves money, and what is kept to pay with."""

from __future__ import annotations

import strawberry

from chassis.money import MoneyInput
from chassis.refusals import mutation
from subgraphs.payments.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    PaymentMethodDeclined,
    PaymentNotPossible,
    RefundExceedsCharge,
    TooManyPaymentMethods,
)
from subgraphs.payments.rules import Source
from subgraphs.payments.service import Authorization

from .context import Info
from .inputs import PaymentAuthorizeInput, PaymentMethodSaveInput, amount_of, card_of
from .types import Payment, PaymentMethod, saved


@strawberry.federation.type(inaccessible=True)
class PaymentAuthorizeSuccess:
    """The payment, whatever the provider said: look at its status."""

    payment: Payment


@strawberry.federation.type(inaccessible=True)
class PaymentCaptureSuccess:
    """The captured payment."""

    payment: Payment


@strawberry.federation.type(inaccessible=True)
class PaymentVoidSuccess:
    """The voided or declined payment; null when the key had never arrived."""

    payment: Payment | None


@strawberry.type
class PaymentRefundSuccess:
    """The refunded payment."""

    payment: Payment


@strawberry.type
class PaymentConfirmSuccess:
    """The payment after the challenge; a failed one is DECLINED."""

    payment: Payment


@strawberry.type
class PaymentMethodSaveSuccess:
    """What is kept now; the same card saved twice is one."""

    payment_method: PaymentMethod


@strawberry.type
class PaymentMethodRemoveSuccess:
    """The one that is kept no longer."""

    id: strawberry.ID


@strawberry.type
class PaymentMethodMakeDefaultSuccess:
    """The default from now on."""

    payment_method: PaymentMethod


@strawberry.type
class Mutation:
    """What moves money."""

    @mutation(refuses=(InvalidInput, NotFound, IdempotencyKeyReused, PaymentNotPossible), inaccessible=True)
    async def payment_authorize(
        self, info: Info, input: PaymentAuthorizeInput, idempotency_key: str
    ) -> PaymentAuthorizeSuccess:
        """Reserve an amount, once per key. For other subgraphs."""
        info.context.viewer.require_internal()
        wish = Authorization(
            order_id=input.order_id,
            owner=input.owner,
            customer_id=input.customer_id,
            amount=amount_of(input.amount),
            source=input.source.to_source(),
            key=idempotency_key,
        )
        return PaymentAuthorizeSuccess(payment=Payment.of(await info.context.payments.authorize(wish)))

    @mutation(refuses=(InvalidInput, NotFound, IdempotencyKeyReused, PaymentNotPossible), inaccessible=True)
    async def payment_capture(
        self, info: Info, payment_id: strawberry.ID, amount: MoneyInput, idempotency_key: str
    ) -> PaymentCaptureSuccess:
        """Take an authorized amount, once per key. For other subgraphs."""
        info.context.viewer.require_internal()
        row = await info.context.payments.capture(payment_id, amount_of(amount), key=idempotency_key)
        return PaymentCaptureSuccess(payment=Payment.of(row))

    @mutation(refuses=(PaymentNotPossible,), inaccessible=True)
    async def payment_void(self, info: Info, idempotency_key: str) -> PaymentVoidSuccess:
        """Let go whatever was authorized under a key, now or later. For other subgraphs."""
        info.context.viewer.require_internal()
        row = await info.context.payments.abandon(idempotency_key)
        return PaymentVoidSuccess(payment=Payment.of(row) if row else None)

    @mutation(
        refuses=(InvalidInput, NotFound, IdempotencyKeyReused, PaymentNotPossible, RefundExceedsCharge),
        requires_scopes=[["payments:write"]],
        tags=["admin"],
    )
    async def payment_refund(
        self, info: Info, payment_id: strawberry.ID, amount: MoneyInput, idempotency_key: str
    ) -> PaymentRefundSuccess:
        """Give back some of what was captured, once per key."""
        row = await info.context.payments.refund(payment_id, amount_of(amount), key=idempotency_key)
        return PaymentRefundSuccess(payment=Payment.of(row))

    @mutation(refuses=(NotFound, PaymentNotPossible), tags=["storefront"])
    async def payment_confirm(
        self, info: Info, payment_id: strawberry.ID, code: str | None = None
    ) -> PaymentConfirmSuccess:
        """
        Say that the bank's challenge was answered: with `code` where the bank asked for one through us, without it
        when it asked on its own page. Then check out again with the same key.
        """
        row = await info.context.payments.confirm(payment_id, code=code, viewer=info.context.viewer)
        return PaymentConfirmSuccess(payment=Payment.of(row))

    @mutation(
        refuses=(InvalidInput, PaymentMethodDeclined, TooManyPaymentMethods), authenticated=True, tags=["storefront"]
    )
    async def payment_method_save(
        self, info: Info, input: PaymentMethodSaveInput, idempotency_key: str
    ) -> PaymentMethodSaveSuccess:
        """Keep a way to pay for later, without charging it, once per key."""
        source = Source(card=card_of(input.card) if input.card else None, payment_method_id=input.payment_method_id)
        row = await info.context.methods.save(
            source, default=input.make_default, key=idempotency_key, viewer=info.context.viewer
        )
        return PaymentMethodSaveSuccess(payment_method=saved(row))

    @mutation(refuses=(NotFound,), authenticated=True, tags=["storefront"])
    async def payment_method_remove(self, info: Info, id: strawberry.ID) -> PaymentMethodRemoveSuccess:
        """Keep a way to pay no longer; the oldest of those left becomes the default if this one was."""
        await info.context.methods.remove(id, viewer=info.context.viewer)
        return PaymentMethodRemoveSuccess(id=id)

    @mutation(refuses=(NotFound,), authenticated=True, tags=["storefront"])
    async def payment_method_make_default(self, info: Info, id: strawberry.ID) -> PaymentMethodMakeDefaultSuccess:
        """Offer this way to pay first from now on."""
        row = await info.context.methods.make_default(id, viewer=info.context.viewer)
        return PaymentMethodMakeDefaultSuccess(payment_method=saved(row))
