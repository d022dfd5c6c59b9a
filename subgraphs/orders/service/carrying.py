"""Carrying checkouts on: the steps of the saga, each written down before it is taken.

A step asks one peer, outside any transaction, and writes down where that leads. All of them may be taken again, because
what they ask carries a key made of the order's id: so a checkout that was cut off anywhere goes on when its customer
asks again with the same key, when payments announce that something became of its payment, or when the sweep finds it.

One process works on a checkout at a time (its lease); a step is only written down if the checkout is still where that
process found it, so a process that was overtaken, by a cancellation too, writes nothing more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.database import Database, after_commit
from chassis.events import Envelope
from chassis.faults import reach
from chassis.peers import PeerFailed
from subgraphs.orders import store
from subgraphs.orders.events import OrderConfirmed, PaymentMoved
from subgraphs.orders.model import HOLDS_MAX, PATIENCE, Checkout, Ending, GivenUp, Line, Order, Step, quantities_of
from subgraphs.orders.peers import Payment, PaymentStatus, Peers, Refusal, Short
from subgraphs.orders.status import Kind

from .due import Due
from .endings import note_ending
from .herald import Herald
from .sweeping import each_once

log = structlog.get_logger("orders.checkout")

POLL_MS: Final = 50
SWEEP_BATCH: Final = 50
# How many checkouts one process sweeps at a time: some wait for a slow peer.
SWEEP_AT_ONCE: Final = 4

# What payments announce, and the step of a checkout that waits for it.
WAITED_FOR: Final[Mapping[str, Step]] = {
    "PaymentAuthorized": Step.TAKE_PAYMENT,
    "PaymentDeclined": Step.TAKE_PAYMENT,
    "PaymentVoided": Step.TAKE_PAYMENT,
    "PaymentCaptured": Step.CAPTURE,
    "PaymentCaptureFailed": Step.CAPTURE,
    "PaymentRefunded": Step.GIVE_UP,
    "PaymentRefundFailed": Step.GIVE_UP,
    "PaymentRefundReversed": Step.GIVE_UP,
}

TOO_LATE: Final = GivenUp(
    Ending.EXPIRED, "expired", "The checkout was not finished in time: start again with a new idempotency key."
)
SOLD_MEANWHILE: Final = (
    "The payment came after the time for which the stock was held, and it was sold meanwhile. Your money goes back."
)


# An order and its checkout, as they were last written down.
Standing = tuple[Order, Checkout]


class Overtaken(Exception):
    """Another process has taken this checkout further; what this one found out is no news."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """Takes checkouts from step to step, and undoes what cannot be finished."""

    database: Database
    peers: Peers
    herald: Herald
    clock: Clock = now
    due: Due = field(default_factory=Due)

    # ------------------------------------------------------------------------------------------------ who carries, when

    async def carry(self, order_id: str, source: Mapping[str, Any] | None = None, *, wait_ms: int = 0) -> bool:
        """Take the steps that are left; whether the checkout is done. Waits while another process is at work.

        `source` is how it is paid: only its customer has that. Raises PeerFailed when a peer did not answer; the
        checkout is left as it is.
        """
        until = time.monotonic() + wait_ms / 1_000
        while True:
            async with self.database.reading() as session:
                _, checkout = await store.checkout_of(session, order_id)
            if checkout.step is Step.DONE:
                return True
            # Only looked at while it is leased: waiting for its row would hold up whoever is at work on it.
            if checkout.leased_until <= self.clock() and (standing := await self._lease(order_id)) is not None:
                return await self.go_on(standing, source) is not None
            if time.monotonic() >= until:
                return False
            await asyncio.sleep(POLL_MS / 1_000)

    async def go_on(
        self, standing: Standing, source: Mapping[str, Any] | None = None, *, lines: Sequence[Line] | None = None
    ) -> Standing | None:
        """As `carry`, for a checkout that is leased to the caller: where it stands once it is done, else None."""
        order_id = standing[0].id
        try:
            return await self._run(standing, source, lines)
        except Overtaken:
            return None
        except BaseException:
            await self._let_go(order_id)
            raise

    async def finish_stuck(self) -> int:
        """Take on every checkout nobody is at work on: finish it, or undo it once it has expired.

        Answers how many ended. One that cannot be finished now is left for the next sweep.
        """
        begun = self.clock()

        async def stuck() -> list[str]:
            async with self.database.reading() as session:
                return await store.unfinished(session, at=begun, limit=SWEEP_BATCH)

        return await each_once(stuck, self._carry_all)

    async def carry_due(self) -> None:
        """Wait until payments announce something, and carry on the orders it is about."""
        await self._carry_all(await self.due.take())

    async def payment_moved(self, session: AsyncSession, event: Envelope) -> None:
        """Something became of a payment: carry its order on, if it waits for that."""
        order_id = PaymentMoved.read(event.payload).order_id
        if await store.note_news(session, order_id, during=WAITED_FOR[event.type]):
            after_commit(session, lambda: self.due.add(order_id))

    async def _carry_all(self, order_ids: Sequence[str]) -> int:
        turn = asyncio.Semaphore(SWEEP_AT_ONCE)

        async def carry(order_id: str) -> bool:
            async with turn:
                try:
                    return await self.carry(order_id)
                except PeerFailed as failed:
                    log.warning("checkout_still_stuck", order=order_id, peer=failed.peer)
                except Exception:
                    # One checkout that cannot go on must not keep the others from it.
                    log.exception("checkout_broken", order=order_id)
                return False

        return sum(await asyncio.gather(*(carry(order_id) for order_id in order_ids)))

    async def _lease(self, order_id: str) -> Standing | None:
        async with self.database.transaction() as session:
            order, checkout = await store.checkout_for_update(session, order_id)
            is_free = checkout.step is not Step.DONE and checkout.leased_until <= self.clock()
            if is_free:
                checkout.lease(at=self.clock())
        return (order, checkout) if is_free else None

    async def _let_go(self, order_id: str) -> None:
        async with self.database.transaction() as session:
            _, checkout = await store.checkout_for_update(session, order_id)
            checkout.pause(at=self.clock(), action_url=checkout.action_url)
            if checkout.heard():
                after_commit(session, lambda: self.due.add(order_id))

    async def _run(
        self, standing: Standing, source: Mapping[str, Any] | None, lines: Sequence[Line] | None
    ) -> Standing | None:
        if lines is None:
            async with self.database.reading() as session:
                lines = (await store.lines(session, [standing[0].id]))[standing[0].id]
        steps: dict[Step, Callable[[Order, Checkout], Awaitable[Standing | None]]] = {
            Step.HOLD_STOCK: lambda order, _: self._hold_stock(order, lines, is_attended=source is not None),
            Step.TAKE_PAYMENT: lambda order, _: self._take_payment(order, source),
            Step.COMMIT_STOCK: lambda order, _: self._commit_stock(order),
            Step.HOLD_AGAIN: lambda order, _: self._hold_again(order, lines),
            Step.CAPTURE: lambda order, _: self._capture(order, lines),
            Step.GIVE_UP: self._give_up,
        }
        order, checkout = standing
        while checkout.step is not Step.DONE:
            after = await steps[checkout.step](order, checkout)
            if after is None:
                return None
            order, checkout = after
        return order, checkout

    @asynccontextmanager
    async def _at(self, order: Order, step: Step) -> AsyncIterator[tuple[AsyncSession, Order, Checkout]]:
        """Write down what came of a step, if the checkout still stands there. Raises Overtaken."""
        async with self.database.transaction() as session:
            current, checkout = await store.checkout_for_update(session, order.id)
            if checkout.step is not step:
                raise Overtaken
            yield session, current, checkout

    # Each step answers where the checkout stands now, to go on from there at once, or None to leave it.

    # ------------------------------------------------------------------------------------------------------ going on

    async def _hold_stock(self, order: Order, lines: Sequence[Line], *, is_attended: bool) -> Standing | None:
        if not is_attended:
            # Whoever could pay has gone: they may come back until it expires.
            return await self._expire(order, Step.HOLD_STOCK)
        reach("orders.hold.holding")
        held = await self.peers.reserve(order.id, quantities_of(lines))
        reach("orders.hold.held")
        moment = self.clock()
        async with self._at(order, Step.HOLD_STOCK) as (session, current, checkout):
            if isinstance(held, Short):
                checkout.give_up(
                    GivenUp(Ending.STOCK_UNAVAILABLE, "insufficient_stock", held.message, held.skus), at=moment
                )
                return current, checkout
            current.reservation_id = held.reservation_id
            facts = {"reservationId": held.reservation_id}
            await self.herald.record(session, current, Kind.STOCK_RESERVED, facts=facts)
            await self.herald.record(session, current, Kind.PAYMENT_REQUESTED)
            checkout.move(Step.TAKE_PAYMENT, at=moment)
        reach("orders.hold.kept")
        return current, checkout

    async def _take_payment(self, order: Order, source: Mapping[str, Any] | None) -> Standing | None:
        reach("orders.payment.authorizing")
        payment = await self._payment(order, source)
        reach("orders.payment.authorized")
        moment = self.clock()
        if payment is None:
            return await self._expire(order, Step.TAKE_PAYMENT)
        async with self._at(order, Step.TAKE_PAYMENT) as (_, current, checkout):
            if isinstance(payment, Refusal):
                checkout.give_up(GivenUp(Ending.PAYMENT_DECLINED, "refused", payment.message), at=moment)
                return current, checkout
            current.payment_id = payment.id
            if payment.status in {PaymentStatus.PENDING, PaymentStatus.REQUIRES_ACTION}:
                # A challenge is the customer's to answer in time. What nobody knows yet may still turn out well.
                patience = PATIENCE if payment.status is PaymentStatus.PENDING else timedelta()
                if moment < checkout.expires_at + patience:
                    # What was announced since it was asked is asked about at once.
                    is_news = checkout.heard()
                    if not is_news:
                        checkout.pause(at=moment, action_url=payment.action_url)
                    return (current, checkout) if is_news else None
                checkout.give_up(TOO_LATE, at=moment)
            elif payment.status in {PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED}:
                checkout.move(Step.COMMIT_STOCK, at=moment)
            else:
                code = payment.decline_code or payment.status.lower()
                message = f"The payment was declined ({code}). Try another way to pay."
                checkout.give_up(GivenUp(Ending.PAYMENT_DECLINED, code, message), at=moment)
        reach("orders.payment.kept")
        return current, checkout

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

    async def _expire(self, order: Order, step: Step) -> Standing | None:
        moment = self.clock()
        async with self._at(order, step) as (_, current, checkout):
            if moment < checkout.expires_at:
                checkout.pause(at=moment)
                return None
            checkout.give_up(TOO_LATE, at=moment)
        return current, checkout

    async def _commit_stock(self, order: Order) -> Standing | None:
        reach("orders.stock.committing")
        refused = await self.peers.commit(order.id)
        reach("orders.stock.committed")
        moment = self.clock()
        async with self._at(order, Step.COMMIT_STOCK) as (_, current, checkout):
            if refused is None:
                checkout.move(Step.CAPTURE, at=moment)
            elif checkout.hold < HOLDS_MAX:
                # The hold had run out before the payment came: perhaps the stock can be had again.
                checkout.hold += 1
                checkout.move(Step.HOLD_AGAIN, at=moment)
            else:
                checkout.give_up(TOO_LATE, at=moment)
        reach("orders.stock.kept")
        return current, checkout

    async def _hold_again(self, order: Order, lines: Sequence[Line]) -> Standing | None:
        reach("orders.hold_again.holding")
        held = await self.peers.reserve(order.id, quantities_of(lines))
        reach("orders.hold_again.held")
        moment = self.clock()
        async with self._at(order, Step.HOLD_AGAIN) as (session, current, checkout):
            if isinstance(held, Short):
                checkout.give_up(
                    GivenUp(Ending.STOCK_UNAVAILABLE, "sold_meanwhile", SOLD_MEANWHILE, held.skus), at=moment
                )
                return current, checkout
            current.reservation_id = held.reservation_id
            facts = {"reservationId": held.reservation_id, "reason": "hold_expired"}
            await self.herald.record(session, current, Kind.STOCK_RESERVED, facts=facts)
            checkout.move(Step.COMMIT_STOCK, at=moment)
        reach("orders.hold_again.kept")
        return current, checkout

    async def _capture(self, order: Order, lines: Sequence[Line]) -> Standing | None:
        assert order.payment_id is not None, "the payment was authorized two steps ago"
        reach("orders.capture.capturing")
        refused = await self.peers.capture(order.id, order.payment_id, order.total)
        reach("orders.capture.captured")
        moment = self.clock()
        async with self._at(order, Step.CAPTURE) as (session, current, checkout):
            if refused is not None:
                checkout.give_up(GivenUp(Ending.PAYMENT_DECLINED, "capture_failed", refused.message), at=moment)
                return current, checkout
            confirmed = OrderConfirmed.of(current, lines)
            facts = {"paymentId": order.payment_id}
            await self.herald.record(session, current, Kind.CONFIRMED, confirmed, facts=facts)
            await self.herald.write_confirmed(session, current, lines)
            checkout.move(Step.DONE, at=moment)
        reach("orders.capture.kept")
        return current, checkout

    # ------------------------------------------------------------------------------------------------------- undoing

    async def _give_up(self, order: Order, seen: Checkout) -> Standing | None:
        # Payments is only asked once the stock is held.
        payment = None if order.reservation_id is None else await self._void(order)
        reach("orders.give_up.releasing")
        kept = await self.peers.release(order.id)
        reach("orders.give_up.released")
        if kept is not None:
            log.error("stock_not_released", order=order.id, reason=kept.message)
            raise PeerFailed("inventory", "wrong", kept.message)
        back = None
        if payment is not None and payment.captured:
            back = payment.captured
            if not await self._has_given_back(order, payment, seen):
                return None
        moment = self.clock()
        async with self._at(order, Step.GIVE_UP) as (session, current, checkout):
            if back is not None:
                # What was given back by hand before, the order has told of already.
                back -= current.money(current.refunded_minor)
                current.refunded_minor += back.minor
            await note_ending(self.herald, session, current, checkout, back)
            checkout.move(Step.DONE, at=moment)
        reach("orders.give_up.kept")
        return current, checkout

    async def _void(self, order: Order) -> Payment | None:
        """Let the money go for good; what was captured, payments gives back, if they can."""
        reach("orders.give_up.voiding")
        payment = await self.peers.void(order.id)
        reach("orders.give_up.voided")
        if isinstance(payment, Refusal):
            # Neither let go nor given back: keep it in sight until payments can.
            log.error("payment_not_voided", order=order.id, reason=payment.message)
            raise PeerFailed("payments", "wrong", payment.message)
        return payment

    async def _has_given_back(self, order: Order, payment: Payment, seen: Checkout) -> bool:
        """Whether all that was captured is certain to have gone back; asks for what payments did not give back."""
        left = payment.captured - payment.refunded - payment.refunding
        refunded: Payment | Refusal = payment
        if left:
            reach("orders.give_up.refunding")
            refunded = await self.peers.refund(payment.id, left, key=seen.refund_key)
            reach("orders.give_up.refunded")
        if isinstance(refunded, Payment) and refunded.refunded == payment.captured:
            return True
        async with self._at(order, Step.GIVE_UP) as (session, _, checkout):
            if isinstance(refunded, Refusal):
                # Nothing was given back, so asking under another key gives it back once: later each time.
                log.error("order_not_refunded", order=order.id, reason=refunded.message)
                checkout.refund_later(at=self.clock())
            else:
                # On its way: payments announce it when it has arrived.
                checkout.pause(at=self.clock())
                if checkout.heard():
                    after_commit(session, lambda: self.due.add(order.id))
        return False
