"""The graph of payments: translates, decides nothing.

What moves money is for other subgraphs (`@inaccessible`, service token) or administrators; customers read what is
theirs and answer their bank's challenges.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self, cast

import strawberry

import chassis.context
from chassis.money import Amount, Money, MoneyInput
from chassis.refusals import mutation
from chassis.schema import Schema

from . import model
from .errors import (
    InvalidInput,
    NotFound,
    PaymentKeyReused,
    PaymentMethodDeclined,
    PaymentNotPossible,
    RefundExceedsCharge,
    TooManyPaymentMethods,
)
from .loaders import Loaders
from .model import ChargeStatus, Outcome
from .providers.port import Card
from .rules import Source
from .service import Authorization, Methods, Payments, may_see


@dataclass(frozen=True)
class Context(chassis.context.Context):
    """What a resolver of payments finds in `info.context`."""

    payments: Payments
    methods: Methods
    loaders: Loaders


Info = strawberry.Info[Context, None]

strawberry.enum(model.Status, name="PaymentStatus", description="Where a payment is.")
strawberry.enum(ChargeStatus, name="OrderChargeStatus", description="How far an order is paid, by all its payments.")
strawberry.enum(model.Operation, name="TransactionKind", description="What the provider was asked to do.")
strawberry.enum(Outcome, name="TransactionOutcome", description="What came of asking.")


@strawberry.type(description="A card, as far as it may be shown.")
class CardPaymentMethod:
    """A saved card has an id; one typed at a checkout has none."""

    id: strawberry.ID | None
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    holder: str | None
    is_default: bool


@strawberry.type(description="An account with a wallet, its address masked.")
class WalletPaymentMethod:
    """A saved wallet has an id."""

    id: strawberry.ID | None
    brand: str
    account: str | None
    is_default: bool


PaymentMethod = Annotated[CardPaymentMethod | WalletPaymentMethod, strawberry.union("PaymentMethod")]


def _method_of(
    method: model.Method, *, id: str | None, is_default: bool = False
) -> CardPaymentMethod | WalletPaymentMethod:
    known = strawberry.ID(id) if id else None
    match method.kind:
        case model.MethodKind.CARD:
            return CardPaymentMethod(
                id=known,
                brand=method.brand,
                last4=method.last4 or "",
                exp_month=method.exp_month,
                exp_year=method.exp_year,
                holder=method.holder,
                is_default=is_default,
            )
        case model.MethodKind.WALLET:
            return WalletPaymentMethod(id=known, brand=method.brand, account=method.account, is_default=is_default)


def _saved(row: model.SavedMethod) -> CardPaymentMethod | WalletPaymentMethod:
    return _method_of(row.method, id=row.id, is_default=row.is_default)


@strawberry.type(description="One thing asked of the payment provider, or its answer. Never changed afterwards.")
class Transaction:
    """Numbered within its payment by `sequence`."""

    id: strawberry.ID
    sequence: int
    kind: model.Operation
    outcome: Outcome
    amount: Money
    code: str | None = strawberry.field(description="Why the provider said no, in its own words.")
    occurred_at: datetime

    @classmethod
    def of(cls, row: model.Transaction) -> Self:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            sequence=row.sequence,
            kind=row.operation,
            outcome=row.outcome,
            amount=Money.of(Amount(row.amount_minor, row.currency)),
            code=row.code,
            occurred_at=row.occurred_at,
        )


@strawberry.federation.type(keys=["id"], description="One attempt to pay an order.")
class Payment:
    """Shown to its customer, its guest and administrators; not found for everybody else."""

    id: strawberry.ID
    row: strawberry.Private[model.Payment]
    status: model.Status
    amount: Money
    authorized: Money
    captured: Money
    refunded: Money
    refunding: Money = strawberry.field(
        description="On its way back to the customer, and not counted in `refunded` yet."
    )
    decline_code: str | None
    action_url: str | None = strawberry.field(description="Where the customer proves themself to their bank.")
    created_at: datetime

    @classmethod
    def of(cls, row: model.Payment) -> Self:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            status=row.status,
            amount=Money.of(row.money(row.amount_minor)),
            authorized=Money.of(row.money(row.authorized_minor)),
            captured=Money.of(row.money(row.captured_minor)),
            refunded=Money.of(row.money(row.refunded_minor)),
            refunding=Money.of(row.money(row.refunding_minor)),
            decline_code=row.decline_code,
            action_url=row.action_url,
            created_at=row.created_at,
        )

    @strawberry.field
    def method(self) -> PaymentMethod:
        """How it is paid."""
        return _method_of(self.row.method, id=self.row.saved_method_id)

    @strawberry.field
    async def transactions(self, info: Info) -> list[Transaction]:
        """Everything asked of the provider and answered, in order."""
        return [Transaction.of(row) for row in await info.context.loaders.transactions.load(self.row.id)]

    @strawberry.field
    def order(self) -> Order:
        """What it pays for."""
        return Order(id=strawberry.ID(self.row.order_id))

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> Payment | None:
        """The payment, if the viewer may see it."""
        row = await info.context.loaders.payment.load(id)
        return cls.of(row) if row is not None and may_see(info.context.viewer, row.owner) else None


@strawberry.federation.type(keys=["id"])
class Order:
    """An order's money: not found unless the viewer owns the order or may read payments."""

    id: strawberry.ID
    known_total: strawberry.Private[Money | None] = None

    @strawberry.federation.field(external=True)
    def total(self) -> Money:
        """What orders says it costs."""
        return cast("Money", self.known_total)

    @strawberry.field
    async def payments(self, info: Info) -> list[Payment] | None:
        """Every attempt to pay it, oldest first."""
        return [Payment.of(row) for row in await info.context.loaders.payments_of_order.load(self.id)]

    @strawberry.federation.field(requires=["total { amount currency }"])
    async def charge_status(self, info: Info) -> ChargeStatus | None:
        """How far its total is paid."""
        if self.known_total is None:
            return None
        rows = await info.context.loaders.payments_of_order.load(self.id)
        return model.charge_status(rows, total=self.known_total.to_amount())

    @strawberry.federation.field(requires=["total { amount currency }"])
    async def balance_due(self, info: Info) -> Money | None:
        """What of its total has not been captured yet; a refund does not make it due again."""
        if self.known_total is None:
            return None
        rows = await info.context.loaders.payments_of_order.load(self.id)
        return Money.of(model.balance_due(rows, total=self.known_total.to_amount()))

    @classmethod
    async def resolve_reference(cls, info: Info, id: str, total: dict[str, Any] | None = None) -> Order | None:
        """The order's payments, if the viewer may see them."""
        owner = await info.context.loaders.owner_of_order.load(id)
        if owner is None or not may_see(info.context.viewer, owner):
            return None
        return cls(id=strawberry.ID(id), known_total=Money.of(Amount.from_reference(total)) if total else None)


@strawberry.federation.type(keys=["id"])
class User:
    """A person and how they pay."""

    id: strawberry.ID

    @strawberry.field
    async def payment_methods(self, info: Info) -> list[PaymentMethod] | None:
        """The ways to pay they keep, the default first; null for everybody else's."""
        if not info.context.viewer.may_see(self.id, scope="payments:read"):
            return None
        rows = await info.context.loaders.saved_methods.load(self.id)
        return [_saved(row) for row in rows]

    @classmethod
    def resolve_reference(cls, info: Info, id: str) -> User:
        """Whoever has this id; what is theirs is checked field by field."""
        del info
        return cls(id=strawberry.ID(id))


@strawberry.input(description="A card as its holder types it; its number is never stored.")
class CardDetailsInput:
    """For keeping a card; what pays for an order comes through orders' checkout."""

    number: str
    exp_month: int
    exp_year: int
    cvc: str
    holder: str | None = None


@strawberry.input(description="A way to pay to keep: exactly one of `card` and `paymentMethodId`.")
class PaymentMethodSaveInput:
    """`payment_method_id` is a token made by the provider's own form in the browser."""

    card: CardDetailsInput | None = None
    payment_method_id: str | None = None
    make_default: bool = False


@strawberry.federation.input(inaccessible=True, description="A card as its holder types it; never stored.")
class CardSourceInput:
    """Comes from orders' checkout."""

    number: str
    exp_month: int
    exp_year: int
    cvc: str
    holder: str | None = None


@strawberry.federation.input(
    inaccessible=True, description="What to charge: exactly one of `card`, `savedMethodId` and `paymentMethodId`."
)
class PaymentSourceInput:
    """Comes from orders' checkout."""

    card: CardSourceInput | None = None
    saved_method_id: strawberry.ID | None = None
    payment_method_id: str | None = None
    save: bool = False

    def to_source(self) -> Source:
        """In the words of the service."""
        return Source(
            card=_card_of(self.card) if self.card else None,
            saved_method_id=self.saved_method_id,
            payment_method_id=self.payment_method_id,
            save=self.save,
        )


def _card_of(typed: CardSourceInput | CardDetailsInput) -> Card:
    number = typed.number.replace(" ", "").replace("-", "")
    return Card(number, typed.exp_month, typed.exp_year, typed.cvc, typed.holder)


@strawberry.federation.input(inaccessible=True, description="A wish to reserve an amount for an order.")
class PaymentAuthorizeInput:
    """`owner` is orders' name for the order's customer or guest."""

    order_id: strawberry.ID
    owner: str
    customer_id: strawberry.ID | None = None
    amount: MoneyInput
    source: PaymentSourceInput


@strawberry.federation.type(inaccessible=True, description="Why a way to pay cannot be charged.")
class PaymentSourceProblem:
    """`field` is the path within the source."""

    message: str
    field: list[str]


@strawberry.type
class Query:
    """Reads of payments."""

    @strawberry.federation.field(tags=["storefront", "admin"])
    async def payment(self, info: Info, id: strawberry.ID) -> Payment | None:
        """One payment of the viewer's, or any for administrators; null when there is none."""
        return await Payment.resolve_reference(info, id)

    @strawberry.federation.field(inaccessible=True)
    async def payment_by_key(self, info: Info, idempotency_key: str) -> Payment | None:
        """What became of an authorization, asked of the provider while nobody knows. For other subgraphs."""
        info.context.viewer.require_internal()
        row = await info.context.payments.by_key(idempotency_key)
        return Payment.of(row) if row else None

    @strawberry.federation.field(inaccessible=True)
    async def payment_source_problem(
        self, info: Info, source: PaymentSourceInput, customer_id: strawberry.ID | None = None
    ) -> PaymentSourceProblem | None:
        """What is wrong with a way to pay, as far as can be said without charging it. For other subgraphs."""
        info.context.viewer.require_internal()
        try:
            await info.context.payments.check(source.to_source(), customer_id=customer_id)
        except (InvalidInput, NotFound) as refused:
            return PaymentSourceProblem(message=refused.message, field=list(refused.field))
        return None


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

    @mutation(refuses=(InvalidInput, NotFound, PaymentKeyReused, PaymentNotPossible), inaccessible=True)
    async def payment_authorize(
        self, info: Info, input: PaymentAuthorizeInput, idempotency_key: str
    ) -> PaymentAuthorizeSuccess:
        """Reserve an amount, once per key. For other subgraphs."""
        info.context.viewer.require_internal()
        wish = Authorization(
            order_id=input.order_id,
            owner=input.owner,
            customer_id=input.customer_id,
            amount=input.amount.to_amount(),
            source=input.source.to_source(),
            key=idempotency_key,
        )
        return PaymentAuthorizeSuccess(payment=Payment.of(await info.context.payments.authorize(wish)))

    @mutation(refuses=(InvalidInput, NotFound, PaymentKeyReused, PaymentNotPossible), inaccessible=True)
    async def payment_capture(
        self, info: Info, payment_id: strawberry.ID, amount: MoneyInput, idempotency_key: str
    ) -> PaymentCaptureSuccess:
        """Take an authorized amount, once per key. For other subgraphs."""
        info.context.viewer.require_internal()
        row = await info.context.payments.capture(payment_id, amount.to_amount(), key=idempotency_key)
        return PaymentCaptureSuccess(payment=Payment.of(row))

    @mutation(refuses=(PaymentNotPossible,), inaccessible=True)
    async def payment_void(self, info: Info, idempotency_key: str) -> PaymentVoidSuccess:
        """Let go whatever was authorized under a key, now or later. For other subgraphs."""
        info.context.viewer.require_internal()
        row = await info.context.payments.abandon(idempotency_key)
        return PaymentVoidSuccess(payment=Payment.of(row) if row else None)

    @mutation(
        refuses=(InvalidInput, NotFound, PaymentKeyReused, PaymentNotPossible, RefundExceedsCharge),
        requires_scopes=[["payments:write"]],
        tags=["admin"],
    )
    async def payment_refund(
        self, info: Info, payment_id: strawberry.ID, amount: MoneyInput, idempotency_key: str
    ) -> PaymentRefundSuccess:
        """Give back some of what was captured, once per key."""
        row = await info.context.payments.refund(payment_id, _amount_of(amount), key=idempotency_key)
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
        source = Source(card=_card_of(input.card) if input.card else None, payment_method_id=input.payment_method_id)
        row = await info.context.methods.save(
            source, default=input.make_default, key=idempotency_key, viewer=info.context.viewer
        )
        return PaymentMethodSaveSuccess(payment_method=_saved(row))

    @mutation(refuses=(NotFound,), authenticated=True, tags=["storefront"])
    async def payment_method_remove(self, info: Info, id: strawberry.ID) -> PaymentMethodRemoveSuccess:
        """Keep a way to pay no longer; the oldest of those left becomes the default if this one was."""
        await info.context.methods.remove(id, viewer=info.context.viewer)
        return PaymentMethodRemoveSuccess(id=id)

    @mutation(refuses=(NotFound,), authenticated=True, tags=["storefront"])
    async def payment_method_make_default(self, info: Info, id: strawberry.ID) -> PaymentMethodMakeDefaultSuccess:
        """Offer this way to pay first from now on."""
        row = await info.context.methods.make_default(id, viewer=info.context.viewer)
        return PaymentMethodMakeDefaultSuccess(payment_method=_saved(row))


def _amount_of(money: MoneyInput) -> Amount:
    try:
        return money.to_amount()
    except ValueError as error:
        raise InvalidInput(f"This is not an amount of money: {error}.", field=("amount",)) from error


schema = Schema(query=Query, mutation=Mutation, types=[Order, User, Payment])
