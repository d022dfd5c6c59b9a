"""The use-cases of carts. Prices are read from products before the transaction, never inside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.database import Database
from chassis.errors import NotSignedIn
from chassis.events import Envelope
from chassis.hints import Hints
from chassis.ids import secret
from chassis.quoting import quoted
from chassis.viewer import Viewer

from . import model, store
from .errors import NotFound, VariantNotForSale
from .events import OrderConfirmed, UserDeleted
from .model import Cart, Filled, Line, Merged, Offer
from .peers import Catalogue

# How many abandoned carts go in one transaction.
DELETED_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """A cart after a change, and its guest's token: the only moment it is known is when the cart is made."""

    cart: Cart
    token: str | None = None
    # What is in it after the change, where that is known without asking.
    lines: list[Line] | None = None


def may_see(viewer: Viewer, cart: Cart) -> bool:
    """Whether a cart may be shown: to its customer, the holder of its token, an admin, another subgraph."""
    if viewer.may_see(cart.customer_id):
        return True
    return viewer.cart_token is not None and cart.token_digest == model.digest(viewer.cart_token)


def topic_of(viewer: Viewer) -> str:
    """Where hints about the viewer's own cart are published. Raises NotSignedIn for who cannot have one."""
    if viewer.user_id is not None:
        return _topic(customer_id=viewer.user_id)
    if viewer.cart_token is not None:
        return _topic(token_digest=model.digest(viewer.cart_token))
    raise NotSignedIn("Sign in, or send the cart's token as X-Cart-Token.")


def _topic(*, customer_id: str | None = None, token_digest: str | None = None) -> str:
    return f"guest:{token_digest}" if customer_id is None else f"customer:{customer_id}"


@dataclass(frozen=True, slots=True)
class Carts:
    """Every use-case, one transaction each. Guests' carts are kept for `retention` after their last change."""

    database: Database
    catalogue: Catalogue
    hints: Hints
    retention: timedelta
    clock: Clock = now

    # ------------------------------------------------------------------------------------------------------- reading

    async def own(self, viewer: Viewer) -> Filled | None:
        """The viewer's own cart as it is now: the customer's, or that of their token."""
        async with self.database.reading() as session:
            if viewer.user_id is not None:
                return (await store.filled_by_customers(session, [viewer.user_id])).get(viewer.user_id)
            if viewer.cart_token is None:
                return None
            digest = model.digest(viewer.cart_token)
            return (await store.filled_by_digests(session, [digest])).get(digest)

    async def snapshot(self, cart_id: str, *, customer_id: str | None, token: str | None) -> Filled | None:
        """A cart for checkout, if it belongs to that customer or token; None otherwise."""
        async with self.database.reading() as session:
            found = (await store.filled_by_ids(session, [cart_id])).get(cart_id)
        if found is None or not may_see(Viewer(user_id=customer_id, cart_token=token), found.cart):
            return None
        return found

    # ------------------------------------------------------------------------------------------------------- changing

    async def add(self, sku: str, *, quantity: int, viewer: Viewer) -> Opened:
        """Put pieces of a SKU into the viewer's cart, making one when they have none.

        Raises InvalidInput, VariantNotForSale, CartLimitReached, CurrencyMixed, PeerFailed.
        """
        model.refuse_quantity(quantity)
        model.refuse_sku(sku)
        offer = await self._offer(sku)
        async with self.database.transaction() as session:
            opened = await self._open(session, viewer)
            lines = await store.lines_of(session, opened.cart.id)
            if new := model.put(opened.cart, lines, offer, quantity, at=self.clock()):
                store.add(session, new)
                lines.append(new)
            self._tell(session, opened.cart)
        return Opened(opened.cart, opened.token, lines)

    async def update(self, line_id: str, *, quantity: int, version: int | None = None, viewer: Viewer) -> Opened:
        """Set how many pieces a line has; the person sees today's price, so it becomes the line's.

        Raises InvalidInput, NotFound, CartChanged (when `version` is given), VariantNotForSale, CartLimitReached,
        PeerFailed.
        """
        model.refuse_quantity(quantity)
        async with self.database.reading() as session:
            known = (await store.lines_by_ids(session, [line_id])).get(line_id)
        if known is None:
            raise NotFound("There is no such line in your cart.", field=("lineId",))
        offer = await self._offer(known.sku)
        async with self.database.transaction() as session:
            cart = await self._owned(session, viewer, version)
            lines = await store.lines_of(session, cart.id)
            line = model.line_of(lines, line_id)
            line.quantity = quantity
            line.seen_at(offer.price)
            self._changed(session, cart)
        return Opened(cart, lines=lines)

    async def remove(self, line_id: str, *, version: int | None = None, viewer: Viewer) -> Opened:
        """Take a line out. Raises NotFound, CartChanged (when `version` is given)."""
        async with self.database.transaction() as session:
            cart = await self._owned(session, viewer, version)
            lines = await store.lines_of(session, cart.id)
            line = model.line_of(lines, line_id)
            await store.delete_lines(session, [line.id])
            self._changed(session, cart)
        return Opened(cart, lines=[each for each in lines if each is not line])

    async def clear(self, *, version: int | None = None, viewer: Viewer) -> Opened:
        """Take everything out. Raises NotFound when there is no cart, CartChanged (when `version` is given)."""
        async with self.database.transaction() as session:
            cart = await self._owned(session, viewer, version)
            lines = await store.lines_of(session, cart.id)
            if lines:
                await store.delete_lines(session, [line.id for line in lines])
                self._changed(session, cart)
        return Opened(cart, lines=[])

    async def merge(self, *, viewer: Viewer) -> Opened:
        """Make the guest's cart, named by the viewer's token, the signed-in customer's; a second call changes nothing.

        Raises NotSignedIn, CartLimitReached, CurrencyMixed.
        """
        customer_id, moment = viewer.require_signed_in(), self.clock()
        async with self.database.transaction() as session:
            await store.lock_customer(session, customer_id)
            guest = None
            if viewer.cart_token is not None:
                guest = await store.owned_for_update(session, token_digest=model.digest(viewer.cart_token))
            own = await store.owned_for_update(session, customer_id=customer_id)
            if guest is None:
                return Opened(own or await self._new(session, customer_id))
            self._tell(session, guest)
            if own is None:
                guest.adopt(customer_id, at=moment)
                self._tell(session, guest)
                return Opened(guest)
            guest_lines = await store.lines_of(session, guest.id)
            absorbed = model.merge(own, await store.lines_of(session, own.id), guest_lines, at=moment)
            await store.delete_lines(session, [line.id for line in absorbed])
            await store.delete_cart(session, guest.id)
            # An order of the guest's cart may be confirmed yet: what it bought is in this cart now.
            store.add(session, Merged(id=guest.id, cart_id=own.id, version=own.version, merged_at=moment))
            self._tell(session, own)
        return Opened(own)

    async def _offer(self, sku: str) -> Offer:
        offer = (await self.catalogue.offers([sku])).get(sku)
        if offer is None:
            raise VariantNotForSale(f"Nothing with the SKU {quoted(sku)} is for sale.", field=("sku",), sku=sku)
        return offer

    async def _open(self, session: AsyncSession, viewer: Viewer) -> Opened:
        if viewer.user_id is not None:
            own = await store.owned_for_update(session, customer_id=viewer.user_id)
            if own is None:
                await store.lock_customer(session, viewer.user_id)
                own = await self._new(session, viewer.user_id)
            return Opened(own)
        if viewer.cart_token is not None:
            held = await store.owned_for_update(session, token_digest=model.digest(viewer.cart_token))
            if held is not None:
                return Opened(held)
        # A token that opens nothing (its cart was merged, or somebody made it up) is never taken for a new cart's.
        token = secret()
        return Opened(await store.open_for_update(session, Cart.empty(token=token, at=self.clock())), token)

    async def _new(self, session: AsyncSession, customer_id: str) -> Cart:
        """A customer's first cart, or the one that was made while this waited for the lock on them."""
        return await store.open_for_update(session, Cart.empty(customer_id=customer_id, at=self.clock()))

    async def _owned(self, session: AsyncSession, viewer: Viewer, version: int | None) -> Cart:
        cart = None
        if viewer.user_id is not None:
            cart = await store.owned_for_update(session, customer_id=viewer.user_id)
        elif viewer.cart_token is not None:
            cart = await store.owned_for_update(session, token_digest=model.digest(viewer.cart_token))
        if cart is None:
            raise NotFound("You have no cart: add something first.")
        cart.expect(version)
        return cart

    def _changed(self, session: AsyncSession, cart: Cart) -> None:
        cart.changed(at=self.clock())
        self._tell(session, cart)

    def _tell(self, session: AsyncSession, cart: Cart) -> None:
        """Let whoever watches the cart, as it is owned at this moment, look again once this is committed."""
        self.hints.give(session, _topic(customer_id=cart.customer_id, token_digest=cart.token_digest))

    # ------------------------------------------------------------------------------------------------- by themselves

    async def delete_abandoned(self) -> int:
        """Delete guests' carts that nobody has changed for long; answers how many."""
        cutoff, deleted = self.clock() - self.retention, 0
        while True:
            async with self.database.transaction() as session:
                await store.forget_merged(session, before=cutoff)
                batch = await store.delete_guests_carts(session, before=cutoff, limit=DELETED_AT_ONCE)
            deleted += batch
            if batch < DELETED_AT_ONCE:
                return deleted

    # ------------------------------------------------------------------------------------------------------ listening

    async def empty_bought(self, session: AsyncSession, event: Envelope) -> None:
        """An order was confirmed: take out the pieces it bought, and leave what was added since."""
        confirmed = OrderConfirmed.read(event.payload)
        cart, version = await store.for_update(session, confirmed.cart_id), confirmed.cart_version
        if cart is None and (merged := await store.merged(session, confirmed.cart_id)):
            # Everything the order bought was in the customer's cart when the guest's had been moved into it.
            cart, version = await store.for_update(session, merged.cart_id), merged.version
        if cart is None:
            return
        lines = await store.lines_of(session, cart.id)
        used_up = model.take_out(cart, lines, confirmed.bought, version=version, at=self.clock())
        if used_up is None:
            return
        await store.delete_lines(session, [line.id for line in used_up])
        self._tell(session, cart)

    async def forget_person(self, session: AsyncSession, event: Envelope) -> None:
        """Somebody has deleted their account: their cart goes with them."""
        cart = await store.owned_for_update(session, customer_id=UserDeleted.read(event.payload).user_id)
        if cart is not None:
            await store.delete_cart(session, cart.id)
            self._tell(session, cart)
