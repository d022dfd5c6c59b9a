"""Checkout: a cart becomes an order.

Everything that must be known first is read from the peers; then the order is placed, which makes its idempotency key
and its version of the cart taken; then it is carried on (carrying.py) as far as it comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chassis.clock import Clock, now
from chassis.database import Database
from chassis.faults import reach
from chassis.peers import PeerFailed
from chassis.viewer import Viewer
from subgraphs.orders import model, store
from subgraphs.orders.errors import (
    CartAlreadyOrdered,
    CheckoutBusy,
    CheckoutExpired,
    CheckoutInterrupted,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    PaymentDeclined,
    StockUnavailable,
)
from subgraphs.orders.events import OrderPlaced
from subgraphs.orders.model import Address, Checkout, Ending, Line, Order, Owner, Placement, Step
from subgraphs.orders.peers import Peers
from subgraphs.orders.quote import quote

from .agreement import (
    CheckoutRequest,
    agreed_cart,
    agreed_lines,
    owner_of,
    refuse_changed_total,
    refuse_mistyped,
    refuse_short,
    short_of,
)
from .carrying import Carrier, Standing
from .herald import Herald
from .turns import Crowded, Turns

# How long a second request with the same key waits for the first to finish before it answers the order as it is.
WAIT_MS: Final = 8_000


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a checkout has come: the order, and what its customer must do next, if anything."""

    order: Order
    payment_id: str | None
    action_url: str | None


@dataclass(frozen=True, slots=True)
class Checkouts:
    """Buying what is in a cart."""

    database: Database
    peers: Peers
    carrier: Carrier
    herald: Herald
    turns: Turns
    clock: Clock = now

    async def check_out(self, request: CheckoutRequest, *, viewer: Viewer) -> Placed:
        """Buy a version of a cart. The same key always answers the same order.

        Raises every refusal in errors.py; CheckoutInterrupted when a peer did not answer, after which the same
        request goes on where this one stopped; CheckoutBusy when its turn did not come.
        """
        owner = owner_of(viewer)
        refuse_mistyped(request, is_guest=viewer.user_id is None)
        known = await self._known(request, owner)
        if known is not None and known[1].step is Step.DONE:
            return _answer(*known)
        try:
            async with self.turns.turn((owner, request.key)) as waited:
                if waited:
                    known = await self._known(request, owner)
                return _answer(*await self._carry(request, owner, viewer, known))
        except Crowded as crowded:
            raise CheckoutBusy(
                "Many people are buying at this moment. Try again in a moment, with the same idempotency key.",
                retry_after_seconds=crowded.retry_after_s,
            ) from None
        except PeerFailed as failed:
            raise CheckoutInterrupted(
                f"The {failed.peer} service did not answer. Try again: the same idempotency key goes on from here."
            ) from failed

    async def _carry(self, request: CheckoutRequest, owner: Owner, viewer: Viewer, known: Standing | None) -> Standing:
        if known is not None:
            standing, lines = known, None
        else:
            standing, lines = await self._place(request, owner, viewer)
            refuse_reused(request, standing[0])
        if lines is None:
            await self.carrier.carry(standing[0].id, request.source, wait_ms=WAIT_MS)
        elif (done := await self.carrier.go_on(standing, request.source, lines=lines)) is not None:
            return done
        async with self.database.reading() as session:
            return await store.checkout_of(session, standing[0].id)

    async def _known(self, request: CheckoutRequest, owner: Owner) -> Standing | None:
        """What became of this key so far. Raises IdempotencyKeyReused."""
        async with self.database.reading() as session:
            standing = await store.checkout_by_key(session, owner, request.key)
        if standing is not None:
            refuse_reused(request, standing[0])
        return standing

    async def _place(
        self, request: CheckoutRequest, owner: Owner, viewer: Viewer
    ) -> tuple[Standing, Sequence[Line] | None]:
        """The order as it was placed, leased to the caller, with its lines; None for another process's."""
        snapshot = agreed_cart(
            request, await self.peers.snapshot(request.cart_id, customer_id=viewer.user_id, token=viewer.cart_token)
        )
        # Before anything else is asked or written: most of those who come too late shall not cost the others anything.
        skus = snapshot.quantities.keys()
        short = short_of(snapshot, await self.peers.available(skus))
        offers = await (self.peers.prices(skus) if short else self.peers.offers(skus))
        lines = agreed_lines(snapshot, offers)
        quoted = quote(lines)
        refuse_short(request, short, quoted)
        refuse_changed_total(request, quoted)
        problem, email, address = await asyncio.gather(
            self.peers.source_problem(request.source, customer_id=viewer.user_id),
            self._email(request, viewer),
            self._address(request, viewer),
        )
        if problem is not None:
            raise InvalidInput(problem.message, field=("input", *problem.field))
        placement = Placement(
            owner=owner,
            customer_id=viewer.user_id,
            email=email,
            cart_id=snapshot.id,
            cart_version=snapshot.version,
            cart_token=None if viewer.user_id else viewer.cart_token,
            idempotency_key=request.key,
            request_digest=request.digest,
            address=address,
            quote=quoted,
        )
        reach("orders.checkout.placing")
        placed = await self._insert(placement)
        reach("orders.checkout.placed")
        return placed

    async def _insert(self, placement: Placement) -> tuple[Standing, Sequence[Line] | None]:
        order, lines, event, checkout = model.place(placement, at=self.clock(), hold=self.peers.hold)
        async with self.database.transaction() as session:
            if await store.insert_order(session, order):
                store.add(session, *lines, event, checkout)
                await self.herald.announce(session, order, OrderPlaced.of(order))
                return (order, checkout), lines
            placed = await store.checkout_by_key(session, placement.owner, placement.idempotency_key)
            if placed is not None:
                return placed, None
            taken = await store.by_cart_version(session, placement.cart_id, placement.cart_version)
        if taken is None:
            # The order that was in the way has just come to nothing.
            return await self._insert(placement)
        raise CartAlreadyOrdered(
            "This cart has been ordered already.",
            field=("input", "cartId"),
            order_id=taken.id,
        )

    async def _address(self, request: CheckoutRequest, viewer: Viewer) -> Address:
        if request.address is not None:
            return request.address
        kept = None
        if viewer.user_id is not None and request.address_id is not None:
            kept = await self.peers.address(viewer.user_id, request.address_id)
        if kept is None:
            raise NotFound("You have no such address.", field=("input", "shippingAddressId"))
        return kept

    async def _email(self, request: CheckoutRequest, viewer: Viewer) -> str | None:
        if request.email is not None or viewer.user_id is None:
            return request.email
        return await self.peers.email(viewer.user_id)


def refuse_reused(request: CheckoutRequest, order: Order) -> None:
    """Raise IdempotencyKeyReused unless this is the request the order was placed with."""
    if order.request_digest != request.digest:
        raise IdempotencyKeyReused(
            "This idempotency key belongs to another checkout: use a new one.", field=("idempotencyKey",)
        )


def _answer(order: Order, checkout: Checkout) -> Placed:
    """What the idempotency key answers: the order, or the refusal it ended in."""
    message, order_id = checkout.ending_message or "", order.id
    if checkout.ending is Ending.CANCELLED:
        return Placed(order, None, None)
    if checkout.step is not Step.DONE or checkout.ending is None:
        return Placed(order, order.payment_id if checkout.action_url else None, checkout.action_url)
    match checkout.ending:
        case Ending.STOCK_UNAVAILABLE:
            raise StockUnavailable(
                message, field=("input", "cartId"), skus=list(checkout.ending_skus), actual_total=None
            )
        case Ending.PAYMENT_DECLINED:
            code = checkout.ending_code or ""
            raise PaymentDeclined(message, field=("input", "payment"), order_id=order_id, decline_code=code)
        case Ending.EXPIRED:
            raise CheckoutExpired(message, order_id=order_id)
