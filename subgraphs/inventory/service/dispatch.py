"""What leaves the shelf for good, and what comes back to it: told by orders' events, in the order they happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events import Envelope
from subgraphs.inventory import store
from subgraphs.inventory.events import OrderReturned, OrderShipped
from subgraphs.inventory.model import Change, MovementKind, Overdrawn, Place, Reservation, ReservationStatus, Sold, draw

from .ledger import Ledger


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Parcels and returns of orders, whose stock is committed under their id.

    What cannot be true (more shipped than was sold, more back than was shipped) raises Overdrawn and changes nothing:
    the event is set aside as a dead letter, for a person to look at.
    """

    ledger: Ledger

    async def ship(self, session: AsyncSession, event: Envelope) -> None:
        """A parcel left: its pieces are neither on hand nor committed any more."""
        shipped = OrderShipped.read(event.payload)
        if await store.movements_by_cause(session, shipped.shipment_id):
            return
        reservation, sold = await self._sold(session, shipped.order_id)
        left = {place: each.to_ship for place, each in sold.items()}
        await self._record(session, reservation, shipped.shipment_id, draw(shipped.pieces, left), MovementKind.SHIP)

    async def take_back(self, session: AsyncSession, event: Envelope) -> None:
        """Pieces came back: what can be sold again lies where it was sent from."""
        returned = OrderReturned.read(event.payload)
        if not returned.restocked or await store.movements_by_cause(session, returned.return_id):
            return
        reservation, sold = await self._sold(session, returned.order_id)
        left = {place: each.to_return for place, each in sold.items()}
        await self._record(
            session, reservation, returned.return_id, draw(returned.restocked, left), MovementKind.RETURN
        )

    async def _sold(self, session: AsyncSession, order_id: str) -> tuple[Reservation, dict[Place, Sold]]:
        reservation = await store.reservation_for_update(session, order_id)
        if reservation is None or reservation.status != ReservationStatus.COMMITTED.value:
            raise Overdrawn(f"no stock is committed to order {order_id}")
        return reservation, await store.sold(session, reservation.id)

    async def _record(
        self,
        session: AsyncSession,
        reservation: Reservation,
        cause_id: str,
        pieces: Mapping[Place, int],
        kind: MovementKind,
    ) -> None:
        change = Change.ship if kind is MovementKind.SHIP else Change.take_back
        await self.ledger.record(
            session,
            [
                self.ledger.row(place, change(quantity), kind, reservation_id=reservation.id, cause_id=cause_id)
                for place, quantity in pieces.items()
            ],
        )
