"""Returns: asked for by whoever bought, inspected by administrators, and refunded exactly as far as accepted.

The inspection decides what is refunded, in one transaction; payments is asked afterwards, under a key of the return,
until it is certain: by the administrator's own call, else by the sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.database import Database, after_commit
from chassis.errors import NotFound
from chassis.events import Envelope
from chassis.faults import reach
from chassis.ids import new_id
from chassis.peers import PeerFailed
from chassis.viewer import Viewer
from subgraphs.orders import store
from subgraphs.orders.errors import IdempotencyKeyReused, OrderNotPossible
from subgraphs.orders.events import (
    BoughtLine,
    OrderRefunded,
    OrderReturned,
    OrderReturnRequested,
    PaymentMoved,
    ReturnedLine,
)
from subgraphs.orders.model import (
    Line,
    Order,
    Return,
    ReturnLine,
    ReturnStatus,
    accepted_of,
    returnable,
)
from subgraphs.orders.peers import Payment, Peers, Refusal
from subgraphs.orders.status import Kind

from .access import acting_on, administered, refuse_illegal
from .due import Due
from .herald import Herald
from .sweeping import each_once
from .wishes import Found, Pieces, inspection_of, key_of, quantities_of, refuse_excess, text_of

log = structlog.get_logger("orders.returns")

SWEEP_BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class Returns:
    """Every use-case of giving back."""

    database: Database
    peers: Peers
    herald: Herald
    clock: Clock = now
    due: Due = field(default_factory=Due)

    async def request(
        self, order_id: str, *, wanted: Sequence[Pieces], reason: str, key: str, token: str | None, viewer: Viewer
    ) -> tuple[Order, Return]:
        """Ask to give pieces back; the same key asks once.

        Raises NotFound, InvalidInput, QuantityExceeded, OrderNotPossible (not delivered, or another return is open),
        IdempotencyKeyReused.
        """
        key, reason = key_of(key), text_of(reason, field="reason")
        async with self.database.transaction() as session:
            order = await acting_on(session, order_id, token=token, viewer=viewer)
            lines, known = await self._kept(session, order)
            quantities = quantities_of(wanted, lines)
            done = next((each for each in known if each.idempotency_key == key), None)
            if done is not None:
                if (done.quantities, done.reason) != (quantities, reason):
                    raise IdempotencyKeyReused("This key asked for another return.", field=("idempotencyKey",))
                return order, done
            refuse_illegal(order, Kind.RETURN_REQUESTED, f"It is {order.status}: nothing can be returned now.")
            refuse_excess(quantities, returnable(lines, known), message="More than is left to give back.")
            asked = self._ask(order, quantities, reason=reason, key=key)
            store.add(session, asked)
            pieces = [
                BoughtLine(line.sku, line.product_id, quantities[line.id]) for line in lines if line.id in quantities
            ]
            requested = OrderReturnRequested(order.id, order.customer_id, asked.id, pieces)
            facts = {"returnId": asked.id, "reason": reason}
            await self.herald.record(session, order, Kind.RETURN_REQUESTED, requested, facts=facts)
        return order, asked

    def _ask(self, order: Order, quantities: dict[str, int], *, reason: str, key: str) -> Return:
        return_id, moment = new_id(), self.clock()
        return Return(
            id=return_id,
            order_id=order.id,
            idempotency_key=key,
            status=ReturnStatus.REQUESTED,
            reason=reason,
            refund_minor=0,
            attempt=1,
            leased_until=moment,
            requested_at=moment,
            lines=[
                ReturnLine(return_id=return_id, line_id=line_id, quantity=quantity, restocked=0, scrapped=0)
                for line_id, quantity in quantities.items()
            ],
        )

    async def decline(self, return_id: str, *, reason: str, viewer: Viewer) -> tuple[Order, Return]:
        """Accept nothing; a second call changes nothing. Raises NotFound, InvalidInput, OrderNotPossible."""
        viewer.require_scope("orders:write")
        reason = text_of(reason, field="reason")
        async with self.database.transaction() as session:
            order, asked = await self._locked(session, return_id)
            if asked.status is ReturnStatus.DECLINED:
                return order, asked
            if asked.status is not ReturnStatus.REQUESTED:
                message = f"This return is {asked.status} already."
                raise OrderNotPossible(message, field=("returnId",), status=order.status)
            await self._decline(session, order, asked, reason)
        return order, asked

    async def _decline(self, session: AsyncSession, order: Order, asked: Return, reason: str) -> None:
        asked.decline(reason, at=self.clock())
        facts = {"returnId": asked.id, "reason": reason}
        await self.herald.record(session, order, Kind.RETURN_DECLINED, facts=facts)

    async def receive(
        self, return_id: str, *, found: Sequence[Found], note: str | None, viewer: Viewer
    ) -> tuple[Order, Return]:
        """Say what the inspection accepted, and refund exactly that; accepting nothing declines the return.

        The same inspection a second time changes nothing. Raises NotFound, InvalidInput, QuantityExceeded,
        OrderNotPossible (it was inspected otherwise before). While payments does not answer, the return stays RECEIVED
        and the refund follows.
        """
        viewer.require_scope("orders:write")
        note = None if note is None else text_of(note, field="note")
        reach("orders.return.receiving")
        async with self.database.transaction() as session:
            order, asked = await self._locked(session, return_id)
            inspected = inspection_of(found, asked)
            if asked.status is not ReturnStatus.REQUESTED:
                if {line.line_id: line.inspected for line in asked.lines} != inspected:
                    raise OrderNotPossible(
                        f"This return is {asked.status} after another inspection.",
                        field=("returnId",),
                        status=order.status,
                    )
                return order, asked
            if not any(each.accepted for each in inspected.values()):
                await self._decline(session, order, asked, note or "Nothing of it was accepted.")
                return order, asked
            lines, known = await self._kept(session, order)
            before = accepted_of(each for each in known if each.id != asked.id)
            asked.note = note
            asked.receive(inspected, order=order, lines=lines, before=before, at=self.clock())
            returned = OrderReturned(order.id, order.customer_id, asked.id, _returned(asked, lines))
            facts = {"returnId": asked.id, "refund": str(order.money(asked.refund_minor))}
            await self.herald.record(session, order, Kind.RETURNED, returned, facts=facts)
        reach("orders.return.received")
        try:
            await self._refund(return_id)
        except PeerFailed as failed:
            log.warning("return_not_refunded_yet", order=order.id, peer=failed.peer)
        async with self.database.transaction() as session:
            return await self._locked(session, return_id)

    # ----------------------------------------------------------------------------------------------------- refunding

    async def finish_stuck(self) -> int:
        """Take on every refund nobody is at work on; answers how many are certain now."""
        begun = self.clock()

        async def stuck() -> list[str]:
            async with self.database.reading() as session:
                return await store.unrefunded(session, at=begun, limit=SWEEP_BATCH)

        return await each_once(stuck, self._refund_all)

    async def refund_due(self) -> None:
        """Wait until payments announce a refund, and note what it was about."""
        await self._refund_all(await self.due.take())

    async def payment_moved(self, session: AsyncSession, event: Envelope) -> None:
        """Payments gave something back, or could not: see whether a return waits for that."""
        order_id = PaymentMoved.read(event.payload).order_id
        for return_id in await store.unrefunded_of(session, order_id):
            after_commit(session, lambda waiting=return_id: self.due.add(waiting))  # type: ignore[misc]

    async def _refund_all(self, return_ids: Sequence[str]) -> int:
        refunded = 0
        for return_id in return_ids:
            try:
                if await self._lease(return_id):
                    refunded += await self._refund(return_id)
            except PeerFailed as failed:
                log.warning("return_still_not_refunded", id=return_id, peer=failed.peer)
            except Exception:
                # One refund that cannot go on must not keep the others from it.
                log.exception("return_broken", id=return_id)
        return refunded

    async def _lease(self, return_id: str) -> bool:
        async with self.database.transaction() as session:
            _, asked = await self._locked(session, return_id)
            is_free = asked.status is ReturnStatus.RECEIVED and asked.leased_until <= self.clock()
            if is_free:
                asked.lease(at=self.clock())
        return is_free

    async def _refund(self, return_id: str) -> bool:
        """Ask payments for the refund, and write down that it is certain. The lease is the caller's."""
        try:
            return await self._ask_refund(return_id)
        except BaseException:
            async with self.database.transaction() as session:
                _, asked = await self._locked(session, return_id)
                asked.pause(at=self.clock())
            raise

    async def _ask_refund(self, return_id: str) -> bool:
        async with self.database.reading() as session:
            asked = await store.return_by_id(session, return_id)
            assert asked is not None, "returns are never deleted"
            order = (await store.by_ids(session, [asked.order_id]))[asked.order_id]
        assert order.payment_id is not None, "what was delivered was paid"
        amount = order.money(asked.refund_minor)
        payment: Payment | Refusal | None = None
        reach("orders.return.refunding")
        # What cost nothing has nothing to give back.
        if amount:
            payment = await self.peers.refund(order.payment_id, amount, key=asked.refund_key)
        reach("orders.return.refunded")
        async with self.database.transaction() as session:
            order, asked = await self._locked(session, return_id)
            if asked.status is not ReturnStatus.RECEIVED:
                return False
            if isinstance(payment, Refusal):
                # Nothing was given back, so asking under another key gives it back once: later each time.
                log.error("return_not_refunded", order=order.id, reason=payment.message)
                asked.refund_later(at=self.clock(), at_most=payment.refundable)
                return False
            if payment is not None and payment.refunding:
                # On its way: payments announce it when it has arrived.
                asked.pause(at=self.clock())
                return False
            asked.refunded(at=self.clock())
            order.refunded_minor += amount.minor
            lines, known = await self._kept(session, order)
            kind = Kind.PARTIALLY_REFUNDED if returnable(lines, known) else Kind.REFUNDED
            refunded = OrderRefunded(order.id, order.customer_id, amount)
            facts = {"returnId": asked.id, "amount": str(amount)}
            await self.herald.record(session, order, kind, refunded, facts=facts)
            await self.herald.write_refunded(session, order, amount, cause=asked.id)
        reach("orders.return.kept")
        return True

    # ------------------------------------------------------------------------------------------------------- finding

    async def _locked(self, session: AsyncSession, return_id: str) -> tuple[Order, Return]:
        """A return and its order, which is locked first: two returns of one order wait for each other."""
        order_id = await store.order_of_return(session, return_id)
        if order_id is None:
            raise NotFound("There is no such return.", field=("returnId",))
        order = await administered(session, order_id)
        asked = await store.return_by_id(session, return_id)
        assert asked is not None, "returns are never deleted"
        return order, asked

    async def _kept(self, session: AsyncSession, order: Order) -> tuple[list[Line], list[Return]]:
        lines = (await store.lines(session, [order.id]))[order.id]
        return lines, (await store.returns(session, [order.id])).get(order.id, [])


def _returned(asked: Return, lines: Sequence[Line]) -> list[ReturnedLine]:
    found = {line.line_id: line.inspected for line in asked.lines}
    pieces = [
        ReturnedLine(line.sku, line.product_id, quantity, restock)
        for line in lines
        if line.id in found
        for quantity, restock in ((found[line.id].restocked, True), (found[line.id].scrapped, False))
    ]
    return [each for each in pieces if each.quantity]
