"""Changes of the viewer's own cart. No input carries a price."""

from __future__ import annotations

import strawberry

from chassis.refusals import mutation
from subgraphs.cart.errors import (
    CartChanged,
    CartLimitReached,
    CurrencyMixed,
    InvalidInput,
    NotFound,
    VariantNotForSale,
)
from subgraphs.cart.model import Filled
from subgraphs.cart.service import Opened

from .carts import Cart
from .context import Info


@strawberry.type
class CartLineAddSuccess:
    """The cart as it is now; a new guest's carries the token to come back with."""

    cart: Cart


@strawberry.type
class CartLineUpdateSuccess:
    """The cart as it is now."""

    cart: Cart


@strawberry.type
class CartLineRemoveSuccess:
    """The cart as it is now."""

    cart: Cart


@strawberry.type
class CartClearSuccess:
    """The empty cart."""

    cart: Cart


@strawberry.type
class CartMergeSuccess:
    """The customer's cart with what the guest had put in theirs."""

    cart: Cart


def _shown(opened: Opened, info: Info) -> Cart:
    if opened.lines is not None:
        info.context.loaders.knows(Filled(opened.cart, opened.lines))
    return Cart.of(opened.cart, token=opened.token)


@strawberry.type
class Mutation:
    """Changes of the viewer's own cart."""

    @mutation(refuses=(VariantNotForSale, CartLimitReached, CurrencyMixed, InvalidInput), tags=["storefront"])
    async def cart_line_add(self, info: Info, sku: str, quantity: int = 1) -> CartLineAddSuccess:
        """Put pieces of a SKU into the cart, beside those already in it."""
        opened = await info.context.carts.add(sku, quantity=quantity, viewer=info.context.viewer)
        return CartLineAddSuccess(cart=_shown(opened, info))

    @mutation(refuses=(NotFound, CartChanged, VariantNotForSale, CartLimitReached, InvalidInput), tags=["storefront"])
    async def cart_line_update(
        self, info: Info, line_id: strawberry.ID, quantity: int, cart_version: int | None = None
    ) -> CartLineUpdateSuccess:
        """Set how many pieces a line has; this accepts today's price.

        With a version: only if the cart is still that one.
        """
        opened = await info.context.carts.update(
            line_id, quantity=quantity, version=cart_version, viewer=info.context.viewer
        )
        return CartLineUpdateSuccess(cart=_shown(opened, info))

    @mutation(refuses=(NotFound, CartChanged), tags=["storefront"])
    async def cart_line_remove(
        self, info: Info, line_id: strawberry.ID, cart_version: int | None = None
    ) -> CartLineRemoveSuccess:
        """Take a line out. With a version: only if the cart is still that one."""
        opened = await info.context.carts.remove(line_id, version=cart_version, viewer=info.context.viewer)
        return CartLineRemoveSuccess(cart=_shown(opened, info))

    @mutation(refuses=(NotFound, CartChanged), tags=["storefront"])
    async def cart_clear(self, info: Info, cart_version: int | None = None) -> CartClearSuccess:
        """Take everything out. With a version: only if the cart is still that one."""
        opened = await info.context.carts.clear(version=cart_version, viewer=info.context.viewer)
        return CartClearSuccess(cart=_shown(opened, info))

    @mutation(refuses=(CartLimitReached, CurrencyMixed), authenticated=True, tags=["storefront"])
    async def cart_merge(self, info: Info) -> CartMergeSuccess:
        """After signing in: move the cart of X-Cart-Token into the customer's. A second call changes nothing."""
        return CartMergeSuccess(cart=_shown(await info.context.carts.merge(viewer=info.context.viewer), info))
