"""Checkout: a cart becomes an order in steps, each written down before it is taken.

Everything that must be known first is read from the peers; then the order is placed, which makes its idempotency key
and its version of the cart taken; then `_STEPS` carry it on. A step asks one peer, outside any transaction, and writes
down where that leads. All of them may be taken again, because what they ask carries the order's id as its key: so a
checkout that was cut off anywhere goes on when its customer asks again with the same key, or when the sweep finds it.

One process works on a checkout at a time (its lease); a step is only written down if the checkout is still where that
process found it, so a process that was overtaken writes nothing more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.database import Database
from chassis.outbox import announce
from chassis.peers import PeerFailed
from chassis.viewer import Viewer
from subgraphs.orders import model, store
from subgraphs.orders.errors import (
    CartAlreadyOrdered,
    CheckoutExpired,
    CheckoutInterrupted,
    IdempotencyKeyReused,
    InvalidInput,
    PaymentDeclined,
    StockUnavailable,
)
from subgraphs.orders.events import OrderAbandoned, OrderConfirmed, OrderPlaced
from subgraphs.orders.model import (
    Bought,
    Checkout,
    Ending,
    GivenUp,
    Order,
    Owner,
    Placement,
    Step,
)
from subgraphs.orders.peers import Payment, PaymentStatus, Peers, Refusal, Short
from subgraphs.orders.status import Kind, Status

from .agreement import (
    CheckoutRequest,
    agreed_cart,
    agreed_lines,
    owner_of,
    refuse_changed_total,
    refuse_mistyped,
)

log = structlog.get_logger("orders.checkout")

# How long a second request with the same key waits for the first to finish before it answers the order as it is.
WAIT_MS: Final = 8_000
POLL_MS: Final = 50
SWEEP_BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a checkout has come: the order, and what its customer must do next, if anything."""

    order: Order
    payment_id: str | None
    action_url: str | None


class Overtaken(Exception):
    """Another process has taken this checkout further; what this one found out is no news."""


@dataclass(frozen=True, slots=True)
class Checkouts:
    """Every use-case of checking out."""

    database: Database
    peers: Peers
    clock: Clock = now

    async def check_out(self, request: CheckoutRequest, *, viewer: Viewer) -> Placed:
        """Buy a version of a cart. The same key always answers the same order.

        Raises every refusal in errors.py; CheckoutInterrupted when a peer did not answer, after which the same
        request goes on where this one stopped.
        """
        owner = owner_of(viewer)
        refuse_mistyped(request, is_guest=viewer.user_id is None)
        async with self.database.reading() as session:
            order = await store.by_key(session, owner, request.key)
        try:
            if order is None:
                order, is_mine = await self._place(request, owner, viewer)
            else:
                is_mine = False
            if order.request_digest != request.digest:
                raise IdempotencyKeyReused(
                    "This idempotency key belongs to another checkout: use a new one.", field=("idempotencyKey",)
                )
            await self._carry(order.id, request.source, is_mine=is_mine)
        except PeerFailed as failed:
            raise CheckoutInterrupted(
                f"The {failed.peer} service did not answer. Try again: the same idempotency key goes on from here."
            ) from failed
        async with self.database.reading() as session:
            return _answer(*await store.checkout_of(session, order.id))

    async def finish_stuck(self) -> int:
        """Take on every checkout nobody is at work on: finish it, or undo it once it has expired.

        Answers how many ended. One that cannot be finished now is left for the next sweep.
        """
        async with self.database.reading() as session:
            stuck = await store.unfinished(session, at=self.clock(), limit=SWEEP_BATCH)
        ended = 0
        for order_id in stuck:
            try:
                ended += await self._carry(order_id, None, is_mine=False, wait_ms=0)
            except PeerFailed as failed:
                log.warning("checkout_still_stuck", order=order_id, peer=failed.peer)
            except Exception:
                # One checkout that cannot go on must not keep the others from it.
                log.exception("checkout_broken", order=order_id)
        return ended

    # ------------------------------------------------------------------------------------------------------- placing

    async def _place(self, request: CheckoutRequest, owner: Owner, viewer: Viewer) -> tuple[Order, bool]:
        snapshot = agreed_cart(
            request, await self.peers.snapshot(request.cart_id, customer_id=viewer.user_id, token=viewer.cart_token)
        )
        offers, problem, email = await asyncio.gather(
            self.peers.offers(snapshot.quantities.keys()),
            self.peers.source_problem(request.source, customer_id=viewer.user_id),
            self._email(request, viewer),
        )
        lines = agreed_lines(snapshot, offers)
        if problem is not None:
            raise InvalidInput(problem.message, field=("input", *problem.field))
        refuse_changed_total(request, lines)
        placement = Placement(
            owner=owner,
            customer_id=viewer.user_id,
            email=email,
            cart_id=snapshot.id,
            cart_version=snapshot.version,
            cart_token=None if viewer.user_id else viewer.cart_token,
            idempotency_key=request.key,
            request_digest=request.digest,
            address=request.address,
            lines=lines,
        )
        return await self._insert(placement)

    async def _insert(self, placement: Placement) -> tuple[Order, bool]:
        async with self.database.transaction() as session:
            number = await store.next_number(session)
            order, lines, event, checkout = model.place(placement, number=number, at=self.clock())
            if await store.insert_order(session, order):
                store.add(session, *lines, event, checkout)
                await announce(session, OrderPlaced.of(order), clock=self.clock)
                return order, True
            placed = await store.by_key(session, placement.owner, placement.idempotency_key)
            if placed is not None:
                return placed, False
            taken = await store.by_cart_version(session, placement.cart_id, placement.cart_version)
        if taken is None:
            # The order that was in the way has just come to nothing.
            return await self._insert(placement)
        raise CartAlreadyOrdered(
            "This cart has been ordered already.",
            field=("input", "cartId"),
            order_id=taken.id,
        )

    async def _email(self, request: CheckoutRequest, viewer: Viewer) -> str | None:
        if request.email is not None or viewer.user_id is None:
            return request.email
        return await self.peers.email(viewer.user_id)

    # ------------------------------------------------------------------------------------------------------- carrying

    async def _carry(
        self, order_id: str, source: Mapping[str, Any] | None, *, is_mine: bool, wait_ms: int = WAIT_MS
    ) -> bool:
        """Take the steps that are left; whether the checkout is done. Waits while another process is at work."""
        until = time.monotonic() + wait_ms / 1_000
        while not (is_mine or await self._lease(order_id)):
            async with self.database.reading() as session:
                _, checkout = await store.checkout_of(session, order_id)
            if checkout.step is Step.DONE or time.monotonic() >= until:
                return checkout.step is Step.DONE
            await asyncio.sleep(POLL_MS / 1_000)
        try:
            return await self._run(order_id, source)
        except Overtaken:
            return False
        except BaseException:
            await self._let_go(order_id)
            raise

    async def _lease(self, order_id: str) -> bool:
        async with self.database.transaction() as session:
            _, checkout = await store.checkout_for_update(session, order_id)
            is_free = checkout.step is not Step.DONE and checkout.leased_until <= self.clock()
            if is_free:
                checkout.lease(at=self.clock())
        return is_free

    async def _let_go(self, order_id: str) -> None:
        async with self.database.transaction() as session:
            _, checkout = await store.checkout_for_update(session, order_id)
            checkout.pause(at=self.clock(), action_url=checkout.action_url)

    async def _run(self, order_id: str, source: Mapping[str, Any] | None) -> bool:
        steps: dict[Step, Callable[[Order], Awaitable[bool]]] = {
            Step.HOLD_STOCK: lambda order: self._hold_stock(order, is_attended=source is not None),
            Step.TAKE_PAYMENT: lambda order: self._take_payment(order, source),
            Step.COMMIT_STOCK: self._commit_stock,
            Step.CAPTURE: self._capture,
            Step.GIVE_UP: self._give_up,
        }
        while True:
            async with self.database.reading() as session:
                order, checkout = await store.checkout_of(session, order_id)
            if checkout.step is Step.DONE:
                return True
            if not await steps[checkout.step](order):
                return False

    @asynccontextmanager
    async def _at(self, order: Order, step: Step) -> AsyncIterator[tuple[AsyncSession, Order, Checkout]]:
        """Write down what came of a step, if the checkout still stands there. Raises Overtaken."""
        async with self.database.transaction() as session:
            current, checkout = await store.checkout_for_update(session, order.id)
            if checkout.step is not step:
                raise Overtaken
            yield session, current, checkout

    # Each step answers whether to go on with the next one at once.

    async def _hold_stock(self, order: Order, *, is_attended: bool) -> bool:
        if not is_attended:
            # Whoever could pay has gone: they may come back until it expires.
            return await self._expire(order, Step.HOLD_STOCK)
        async with self.database.reading() as session:
            lines = (await store.lines(session, [order.id]))[order.id]
        bought = [
            Bought(line.sku, line.product_id, line.name, order.money(line.unit_price_minor), line.quantity)
            for line in lines
        ]
        held = await self.peers.reserve(order.id, bought)
        moment = self.clock()
        async with self._at(order, Step.HOLD_STOCK) as (session, current, checkout):
            if isinstance(held, Short):
                checkout.give_up(
                    GivenUp(Ending.STOCK_UNAVAILABLE, "insufficient_stock", held.message, held.skus), at=moment
                )
                return True
            current.reservation_id = held.reservation_id
            reserved = current.record(Kind.STOCK_RESERVED, at=moment, facts={"reservationId": held.reservation_id})
            store.add(session, reserved, current.record(Kind.PAYMENT_REQUESTED, at=moment))
            checkout.move(Step.TAKE_PAYMENT, at=moment)
        return True

    async def _take_payment(self, order: Order, source: Mapping[str, Any] | None) -> bool:
        payment = await self._payment(order, source)
        moment = self.clock()
        if payment is None:
            return await self._expire(order, Step.TAKE_PAYMENT)
        async with self._at(order, Step.TAKE_PAYMENT) as (_, current, checkout):
            if isinstance(payment, Refusal):
                checkout.give_up(GivenUp(Ending.PAYMENT_DECLINED, "refused", payment.message), at=moment)
                return True
            current.payment_id = payment.id
            match payment.status:
                case PaymentStatus.AUTHORIZED | PaymentStatus.CAPTURED:
                    checkout.move(Step.COMMIT_STOCK, at=moment)
                case PaymentStatus.DECLINED | PaymentStatus.VOIDED:
                    code = payment.decline_code or "voided"
                    message = f"The payment was declined ({code}). Try another way to pay."
                    checkout.give_up(GivenUp(Ending.PAYMENT_DECLINED, code, message), at=moment)
                case PaymentStatus.PENDING | PaymentStatus.REQUIRES_ACTION:
                    if moment < checkout.expires_at:
                        checkout.pause(at=moment, action_url=payment.action_url)
                        return False
                    checkout.give_up(_TOO_LATE, at=moment)
        return True

    async def _payment(self, order: Order, source: Mapping[str, Any] | None) -> Payment | Refusal | None:
        if source is None:
            return await self.peers.payment_of(order.id)
        try:
            return await self.peers.authorize(
                order.id, owner=order.owner, customer_id=order.customer_id, total=order.total, source=source
            )
        except PeerFailed as failed:
            # It may have been done all the same: ask by key, and never charge on a guess.
            payment = await self.peers.payment_of(order.id)
            if payment is None:
                raise failed from None
            return payment

    async def _expire(self, order: Order, step: Step) -> bool:
        moment = self.clock()
        async with self._at(order, step) as (_, _, checkout):
            if moment < checkout.expires_at:
                checkout.pause(at=moment)
                return False
            checkout.give_up(_TOO_LATE, at=moment)
        return True

    async def _commit_stock(self, order: Order) -> bool:
        refused = await self.peers.commit(order.id)
        moment = self.clock()
        async with self._at(order, Step.COMMIT_STOCK) as (_, _, checkout):
            if refused is None:
                checkout.move(Step.CAPTURE, at=moment)
            else:
                checkout.give_up(_TOO_LATE, at=moment)
        return True

    async def _capture(self, order: Order) -> bool:
        assert order.payment_id is not None, "the payment was authorized two steps ago"
        refused = await self.peers.capture(order.id, order.payment_id, order.total)
        moment = self.clock()
        async with self._at(order, Step.CAPTURE) as (session, current, checkout):
            if refused is not None:
                checkout.give_up(GivenUp(Ending.PAYMENT_DECLINED, "capture_failed", refused.message), at=moment)
                return True
            store.add(session, current.record(Kind.CONFIRMED, at=moment, facts={"paymentId": order.payment_id}))
            checkout.move(Step.DONE, at=moment)
            lines = (await store.lines(session, [order.id]))[order.id]
            await announce(session, OrderConfirmed.of(current, lines), clock=self.clock)
        return True

    async def _give_up(self, order: Order) -> bool:
        if order.status is Status.AWAITING_PAYMENT:
            refused = await self.peers.void(order.id)
            if refused is not None:
                # Money was taken for an order that cannot be: keep it in sight until somebody has looked.
                log.error("payment_not_voided", order=order.id, reason=refused.message)
                raise PeerFailed("payments", "wrong", refused.message)
        await self.peers.release(order.id)
        moment = self.clock()
        async with self._at(order, Step.GIVE_UP) as (session, current, checkout):
            ending = checkout.ending or Ending.EXPIRED
            kind = Kind.EXPIRED if ending is Ending.EXPIRED else Kind.FAILED
            store.add(session, current.record(kind, at=moment, facts={"reason": checkout.ending_code}))
            checkout.move(Step.DONE, at=moment)
            await announce(session, OrderAbandoned(order.id, order.customer_id, ending.value), clock=self.clock)
        return True


_TOO_LATE: Final = GivenUp(
    Ending.EXPIRED, "expired", "The checkout was not finished in time: start again with a new idempotency key."
)


def _answer(order: Order, checkout: Checkout) -> Placed:
    """What the idempotency key answers: the order, or the refusal it ended in."""
    message, order_id = checkout.ending_message or "", order.id
    if checkout.step is not Step.DONE or checkout.ending is None:
        return Placed(order, order.payment_id if checkout.action_url else None, checkout.action_url)
    match checkout.ending:
        case Ending.STOCK_UNAVAILABLE:
            raise StockUnavailable(message, field=("input", "cartId"), skus=list(checkout.ending_skus))
        case Ending.PAYMENT_DECLINED:
            code = checkout.ending_code or ""
            raise PaymentDeclined(message, field=("input", "payment"), order_id=order_id, decline_code=code)
        case Ending.EXPIRED:
            raise CheckoutExpired(message, order_id=order_id)
