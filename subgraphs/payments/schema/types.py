"""The types of payments: payments, transactions, ways to pay, and an order's money."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self, cast

import strawberry

from chassis.money import Amount, Money
from chassis.passes import holds
from subgraphs.payments import model
from subgraphs.payments.model import ChargeStatus, Outcome
from subgraphs.payments.service import may_see

from .context import Info

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


def saved(row: model.SavedMethod) -> CardPaymentMethod | WalletPaymentMethod:
    """Show a way to pay that is kept."""
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
    """An order's money: not found unless the viewer owns the order, was shown it by its token, or may read payments."""

    id: strawberry.ID
    known_total: strawberry.Private[Money | None] = None

    @strawberry.federation.field(external=True)
    def payments_pass(self) -> str | None:
        """Orders' word that the viewer opened the order by its token."""
        return None

    @strawberry.federation.field(external=True)
    def total(self) -> Money:
        """What orders says it costs."""
        return cast("Money", self.known_total)

    @strawberry.federation.field(requires=["paymentsPass"])
    async def payments(self, info: Info) -> list[Payment] | None:
        """Every attempt to pay it, oldest first."""
        return [Payment.of(row) for row in await info.context.loaders.payments_of_order.load(self.id)]

    @strawberry.federation.field(requires=["total { amount currency } paymentsPass"])
    async def charge_status(self, info: Info) -> ChargeStatus | None:
        """How far its total is paid."""
        if self.known_total is None:
            return None
        rows = await info.context.loaders.payments_of_order.load(self.id)
        return model.charge_status(rows, total=self.known_total.to_amount())

    @strawberry.federation.field(requires=["total { amount currency } paymentsPass"])
    async def balance_due(self, info: Info) -> Money | None:
        """What of its total has not been captured yet; a refund does not make it due again."""
        if self.known_total is None:
            return None
        rows = await info.context.loaders.payments_of_order.load(self.id)
        return Money.of(model.balance_due(rows, total=self.known_total.to_amount()))

    @classmethod
    async def resolve_reference(
        cls, info: Info, id: str, total: dict[str, Any] | None = None, payments_pass: str | None = None
    ) -> Order | None:
        """The order's payments, if the viewer may see them."""
        owner = await info.context.loaders.owner_of_order.load(id)
        was_shown = holds(payments_pass, info.context.secret, "order", id)
        if owner is None or not (was_shown or may_see(info.context.viewer, owner)):
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
        return [saved(row) for row in rows]

    @classmethod
    def resolve_reference(cls, info: Info, id: str) -> User:
        """Whoever has this id; what is theirs is checked field by field."""
        del info
        return cls(id=strawberry.ID(id))
