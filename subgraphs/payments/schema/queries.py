"""Reads of payments."""

from __future__ import annotations

import strawberry

from subgraphs.payments.errors import InvalidInput, NotFound

from .context import Info
from .inputs import PaymentSourceInput
from .types import Payment


@strawberry.federation.type(inaccessible=True, description="Why a way to pay cannot be charged.")
class PaymentSourceProblem:
    """`field` is the path within the source."""

    message: str
    field: list[str]


@strawberry.type
class Query:
    """Reads of payments."""

    @strawberry.federation.field(tags=["storefront"])
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
