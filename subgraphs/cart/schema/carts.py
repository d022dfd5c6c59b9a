"""Carts, their lines and what is wrong with them.

A cart is shown to its customer, to the guest who sends its token as `X-Cart-Token`, to administrators and to other
subgraphs; for everybody else it is not there. Live prices and stock come from peers, so the fields that need them are
nullable: a peer that is down takes those fields, named in the errors, and leaves the cart.
"""

from __future__ import annotations

import asyncio

import strawberry
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet

from chassis.money import Money
from subgraphs.cart import model
from subgraphs.cart.service import may_see

from .context import Info


@strawberry.federation.type(keys=[Key(fields=FieldSet("sku"), resolvable=False)])
class Variant:
    """What a line asks for; products, inventory and others say the rest."""

    sku: str


@strawberry.federation.type(keys=["id"], description="So many pieces of one variant.")
class CartLine:
    """Belongs to a cart, and is shown to whom the cart is."""

    id: strawberry.ID
    row: strawberry.Private[model.Line]
    quantity: int
    price_snapshot: Money = strawberry.field(description="The price of one when the line was last touched.")
    variant: Variant | None = strawberry.field(description="The variant today; null when it is no longer sold.")

    @classmethod
    def of(cls, row: model.Line) -> CartLine:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            quantity=row.quantity,
            price_snapshot=Money.of(row.snapshot),
            variant=Variant(sku=row.sku),
        )

    @strawberry.field
    async def live_price(self, info: Info) -> Money | None:
        """The price of one now; null when it is no longer for sale."""
        offer = await info.context.loaders.offer.load(self.row.sku)
        return Money.of(offer.price) if offer else None

    @strawberry.field
    async def line_total(self, info: Info) -> Money | None:
        """What the line costs now: live price times quantity; null when it is no longer for sale."""
        offer = await info.context.loaders.offer.load(self.row.sku)
        return Money.of(offer.price * self.row.quantity) if offer else None

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> CartLine | None:
        """The line, if the viewer may see its cart."""
        loaders = info.context.loaders
        row = await loaders.line.load(id)
        cart = await loaders.cart.load(row.cart_id) if row else None
        return cls.of(row) if row and cart and may_see(info.context.viewer, cart) else None


@strawberry.interface(description="Something that keeps a line from being bought as it is.")
class CartProblem:
    """`message` is for people."""

    line: CartLine
    sku: str
    message: str


@strawberry.type(description="Fewer pieces are available than the line asks for.")
class InsufficientStock(CartProblem):
    """Lower the quantity, or wait."""

    requested: int
    available: int


@strawberry.type(description="The price is no longer the one seen when the line was last touched.")
class PriceChanged(CartProblem):
    """Updating the line accepts the new price."""

    was: Money
    now: Money


@strawberry.type(description="The variant is no longer for sale.")
class VariantUnavailable(CartProblem):
    """Remove the line."""


def _problem(problem: model.Problem) -> CartProblem:
    line = CartLine.of(problem.line)
    sku = problem.line.sku
    match problem:
        case model.InsufficientStock(row, available):
            message = f"Only {available} of {sku} are available, not {row.quantity}."
            return InsufficientStock(line=line, sku=sku, message=message, requested=row.quantity, available=available)
        case model.PriceChanged(_, was, now):
            message = f"{sku} costs {now} now; it was {was}."
            return PriceChanged(line=line, sku=sku, message=message, was=Money.of(was), now=Money.of(now))
        case model.VariantUnavailable():
            return VariantUnavailable(line=line, sku=sku, message=f"{sku} is no longer for sale.")


@strawberry.federation.type(keys=["id"], description="What somebody means to buy.")
class Cart:
    """One per customer, one per guest's token."""

    id: strawberry.ID
    row: strawberry.Private[model.Cart]
    new_token: strawberry.Private[str | None] = None
    version: int = strawberry.field(description="Moves on with every change; an order is placed for one version.")

    @classmethod
    def of(cls, row: model.Cart, *, token: str | None = None) -> Cart:
        """Show a row; `token` only when the cart has just been made for a guest."""
        return cls(id=strawberry.ID(row.id), row=row, new_token=token, version=row.version)

    @strawberry.field
    def token(self, info: Info) -> str | None:
        """What a guest sends as X-Cart-Token to come back to this cart; null for customers' carts."""
        if self.new_token is not None:
            return self.new_token
        sent = info.context.viewer.cart_token
        return sent if sent is not None and self.row.token_digest == model.digest(sent) else None

    @strawberry.field
    async def lines(self, info: Info) -> list[CartLine]:
        """In the order they were added."""
        return [CartLine.of(row) for row in await info.context.loaders.lines_of_cart.load(self.row.id)]

    @strawberry.field
    async def item_count(self, info: Info) -> int:
        """How many pieces, over all lines."""
        return sum(row.quantity for row in await info.context.loaders.lines_of_cart.load(self.row.id))

    @strawberry.field
    async def subtotal(self, info: Info) -> Money | None:
        """What everything in it that is for sale costs now; null should that be in several currencies."""
        rows = await info.context.loaders.lines_of_cart.load(self.row.id)
        total = model.subtotal(rows, await info.context.loaders.offer.load_many([row.sku for row in rows]))
        return None if total is None else Money.of(total)

    @strawberry.field
    async def problems(self, info: Info) -> list[CartProblem] | None:
        """What keeps its lines from being bought as they are, of each line the gravest first; none is an empty list."""
        rows = await info.context.loaders.lines_of_cart.load(self.row.id)
        skus = [row.sku for row in rows]
        offers, available = await asyncio.gather(
            info.context.loaders.offer.load_many(skus), info.context.loaders.available.load_many(skus)
        )
        found = [row.problems(offer, left or 0) for row, offer, left in zip(rows, offers, available, strict=True)]
        return [_problem(problem) for problems in found for problem in problems]

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> Cart | None:
        """The cart, if the viewer may see it."""
        row = await info.context.loaders.cart.load(id)
        return cls.of(row) if row is not None and may_see(info.context.viewer, row) else None


@strawberry.federation.type(keys=["id"])
class User:
    """A person and their cart."""

    id: strawberry.ID

    @strawberry.field
    async def cart(self, info: Info) -> Cart | None:
        """What they mean to buy; null when that is nothing, and for everybody else's."""
        if not info.context.viewer.may_see(self.id):
            return None
        row = await info.context.loaders.cart_of_customer.load(self.id)
        return Cart.of(row) if row else None

    @classmethod
    def resolve_reference(cls, info: Info, id: str) -> User:
        """Whoever has this id; what is theirs is checked field by field."""
        del info
        return cls(id=strawberry.ID(id))
