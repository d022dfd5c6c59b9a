"""The use-cases of carts. Prices are read from products before the transaction, never inside it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.database import Database
from chassis.events import Envelope
from chassis.ids import secret
from chassis.viewer import Viewer

from . import model, store
from .errors import NotFound, VariantNotForSale
from .events import OrderConfirmed
from .model import Cart, Line, Offer
from .peers import Catalogue


@dataclass(frozen=True, slots=True)
class Opened:
    """A cart after a change, and its guest's token: the only moment it is known is when the cart is made."""

    cart: Cart
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A cart as checkout buys it: one version and what is in it."""

    cart: Cart
    lines: list[Line]


def may_see(viewer: Viewer, cart: Cart) -> bool:
    """Whether a cart may be shown: to its customer, the holder of its token, an admin, another subgraph."""
    if viewer.may_see(cart.customer_id):
        return True
    return viewer.cart_token is not None and cart.token_digest == model.digest(viewer.cart_token)


@dataclass(frozen=True, slots=True)
class Carts:
    """Every use-case, one transaction each."""

    database: Database
    catalogue: Catalogue
    clock: Clock = now

    # ------------------------------------------------------------------------------------------------------- reading

    async def snapshot(self, cart_id: str, *, customer_id: str | None, token: str | None) -> Snapshot | None:
        """A cart for checkout, if it belongs to that customer or token; None otherwise."""
        async with self.database.reading() as session:
            cart = (await store.by_ids(session, [cart_id])).get(cart_id)
            if cart is None or not may_see(Viewer(user_id=customer_id, cart_token=token), cart):
                return None
            lines = (await store.lines(session, [cart_id])).get(cart_id, [])
        return Snapshot(cart, lines)

    # ------------------------------------------------------------------------------------------------------- changing

    async def add(self, sku: str, *, quantity: int, viewer: Viewer) -> Opened:
        """Put pieces of a SKU into the viewer's cart, making one when they have none.

        Raises InvalidInput, VariantNotForSale, CartLimitReached, PeerFailed.
        """
        model.refuse_quantity(quantity)
        offer = await self._offer(sku)
        async with self.database.transaction() as session:
            opened = await self._open(session, viewer)
            lines = await store.lines_of(session, opened.cart.id)
            if new := model.put(opened.cart, lines, offer, quantity, at=self.clock()):
                store.add(session, new)
        return opened

    async def update(self, line_id: str, *, quantity: int, viewer: Viewer) -> Opened:
        """Set how many pieces a line has; the person sees today's price, so it becomes the line's.

        Raises InvalidInput, NotFound, VariantNotForSale, CartLimitReached, PeerFailed.
        """
        model.refuse_quantity(quantity)
        async with self.database.reading() as session:
            known = (await store.lines_by_ids(session, [line_id])).get(line_id)
        if known is None:
            raise NotFound("There is no such line in your cart.", field=("lineId",))
        offer = await self._offer(known.sku)
        async with self.database.transaction() as session:
            cart = await self._owned(session, viewer)
            line = model.line_of(await store.lines_of(session, cart.id), line_id)
            line.quantity = quantity
            line.seen_at(offer.price)
            cart.changed(at=self.clock())
        return Opened(cart)

    async def remove(self, line_id: str, *, viewer: Viewer) -> Opened:
        """Take a line out. Raises NotFound."""
        async with self.database.transaction() as session:
            cart = await self._owned(session, viewer)
            line = model.line_of(await store.lines_of(session, cart.id), line_id)
            await store.delete_lines(session, [line.id])
            cart.changed(at=self.clock())
        return Opened(cart)

    async def clear(self, *, viewer: Viewer) -> Opened:
        """Take everything out. Raises NotFound when there is no cart."""
        async with self.database.transaction() as session:
            cart = await self._owned(session, viewer)
            lines = await store.lines_of(session, cart.id)
            if lines:
                await store.delete_lines(session, [line.id for line in lines])
                cart.changed(at=self.clock())
        return Opened(cart)

    async def merge(self, *, viewer: Viewer) -> Opened:
        """Make the guest's cart, named by the viewer's token, the signed-in customer's; a second call changes nothing.

        Raises NotSignedIn, CartLimitReached.
        """
        customer_id, moment = viewer.require_signed_in(), self.clock()
        async with self.database.transaction() as session:
            guest = None
            if viewer.cart_token is not None:
                guest = await store.owned_for_update(session, token_digest=model.digest(viewer.cart_token))
            own = await store.owned_for_update(session, customer_id=customer_id)
            if guest is not None and own is None:
                guest.adopt(customer_id, at=moment)
                return Opened(guest)
            if own is None:
                own = await store.open_for_update(session, Cart.empty(customer_id=customer_id, at=moment))
            if guest is not None:
                guest_lines = await store.lines_of(session, guest.id)
                absorbed = model.merge(own, await store.lines_of(session, own.id), guest_lines, at=moment)
                await store.delete_lines(session, [line.id for line in absorbed])
                await store.delete_cart(session, guest.id)
        return Opened(own)

    async def _offer(self, sku: str) -> Offer:
        offer = (await self.catalogue.offers([sku])).get(sku)
        if offer is None:
            raise VariantNotForSale(f"Nothing with the SKU {sku!r} is for sale.", field=("sku",), sku=sku)
        return offer

    async def _open(self, session: AsyncSession, viewer: Viewer) -> Opened:
        moment = self.clock()
        if viewer.user_id is not None:
            return Opened(await store.open_for_update(session, Cart.empty(customer_id=viewer.user_id, at=moment)))
        if viewer.cart_token is not None:
            held = await store.owned_for_update(session, token_digest=model.digest(viewer.cart_token))
            if held is not None:
                return Opened(held)
        # A token that opens nothing (its cart was merged, or somebody made it up) is never taken for a new cart's.
        token = secret()
        return Opened(await store.open_for_update(session, Cart.empty(token=token, at=moment)), token)

    async def _owned(self, session: AsyncSession, viewer: Viewer) -> Cart:
        cart = None
        if viewer.user_id is not None:
            cart = await store.owned_for_update(session, customer_id=viewer.user_id)
        elif viewer.cart_token is not None:
            cart = await store.owned_for_update(session, token_digest=model.digest(viewer.cart_token))
        if cart is None:
            raise NotFound("You have no cart: add something first.")
        return cart

    # ------------------------------------------------------------------------------------------------------ listening

    async def empty_bought(self, session: AsyncSession, event: Envelope) -> None:
        """An order was confirmed: take out the pieces it bought, and leave what was added since."""
        confirmed = OrderConfirmed.read(event.payload)
        cart = await store.for_update(session, confirmed.cart_id)
        if cart is None:
            return
        lines = await store.lines_of(session, cart.id)
        used_up = model.take_out(cart, lines, confirmed.bought, at=self.clock())
        await store.delete_lines(session, [line.id for line in used_up])
