"""Stock for purchases, by a key of the asker's: reserve, commit, release, and the sweep of what was left lying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.database import Database
from chassis.errors import IdempotencyKeyReused, InvalidInput, NotFound
from chassis.faults import reach
from chassis.ids import new_id
from chassis.quoting import quoted
from chassis.viewer import Viewer
from subgraphs.inventory import store
from subgraphs.inventory.errors import Shortage, StockShort
from subgraphs.inventory.model import (
    Allocation,
    Change,
    Line,
    Movement,
    MovementKind,
    Reservation,
    ReservationStatus,
    add_up,
    allocate,
)

from .keys import key_of
from .ledger import Ledger

HOLD_SECONDS_MAX: Final = 86_400
SWEEP_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Reservations:
    """Holds on stock, and what becomes of them. For other subgraphs."""

    database: Database
    ledger: Ledger
    clock: Clock = now

    async def reserve(self, lines: Sequence[Line], *, key: str, hold_seconds: int, viewer: Viewer) -> Reservation:
        """Hold every line or none. The same key with the same lines answers the same reservation.

        A hold that has run out is held again, as long as nobody released it. Raises StockShort naming every SKU that is
        short, IdempotencyKeyReused for other lines under a known key, and ReservationClosed for a released one.
        """
        viewer.require_internal()
        key, lines = key_of(key, field=("input", "key")), add_up(lines)
        if not 1 <= hold_seconds <= HOLD_SECONDS_MAX:
            raise InvalidInput(f"Hold for 1 to {HOLD_SECONDS_MAX} seconds.", field=("input", "holdSeconds"))
        moment = self.clock()
        until = moment + timedelta(seconds=hold_seconds)
        async with self.database.transaction() as session:
            reservation, made = await store.claim(
                session, id=new_id(), key=key, status=ReservationStatus.HELD, now=moment, expires_at=until
            )
            if made or await self._is_to_hold_again(session, reservation, lines, now=moment, until=until):
                await self._hold(session, reservation, lines)
            reach("inventory.reserve.held")
        reach("inventory.reserve.kept")
        return reservation

    async def _is_to_hold_again(
        self, session: AsyncSession, reservation: Reservation, lines: Sequence[Line], *, now: datetime, until: datetime
    ) -> bool:
        is_given_back = reservation.hold_on(now=now, until=until)
        taken = add_up(Line(each.sku, each.quantity) for each in await self._allocations(session, reservation))
        if taken != list(lines):
            raise IdempotencyKeyReused("This key already reserved other lines.", field=("input", "key"))
        if is_given_back:
            # The ledger remembers where it was held before; now it may be held elsewhere.
            await store.delete_allocations(session, reservation.id)
        return is_given_back

    async def _hold(self, session: AsyncSession, reservation: Reservation, lines: Sequence[Line]) -> None:
        held = [(line, await store.hold(session, line)) for line in lines]
        if any(item is None for _, item in held):
            short = [line for line, item in held if item is None]
            raise StockShort(await self._shortages(session, short))
        levels = await store.levels_to_take_from(session, [line.sku for line in lines])
        rows: list[Movement] = []
        for line in lines:
            available = {level.warehouse_id: level.available for level in levels[line.sku]}
            for warehouse_id, quantity in sorted(allocate(line.quantity, available).items()):
                place = (line.sku, warehouse_id)
                store.add(session, _allocation(reservation, *place, quantity))
                change = Change.hold(quantity)
                rows.append(self.ledger.row(place, change, MovementKind.HOLD, reservation_id=reservation.id))
        changed = [(item, Change.hold(line.quantity)) for line, item in held if item is not None]
        await self.ledger.settle(session, changed, rows)

    async def _shortages(self, session: AsyncSession, lines: Sequence[Line]) -> list[Shortage]:
        items = await store.items_by_skus(session, [line.sku for line in lines])
        return [
            Shortage(
                sku=line.sku,
                requested=line.quantity,
                available=items[line.sku].available if line.sku in items else 0,
            )
            for line in lines
        ]

    async def commit(self, key: str, *, viewer: Viewer) -> Reservation:
        """Sell what a reservation holds; a second call changes nothing. Raises NotFound, ReservationClosed."""
        viewer.require_internal()
        async with self.database.transaction() as session:
            reservation = await store.reservation_for_update(session, key)
            if reservation is None:
                raise NotFound(f"There is no reservation {quoted(key)}.", field=("key",))
            if reservation.commit():
                allocations = await self._allocations(session, reservation)
                await self.ledger.record(
                    session,
                    [self._row(each, Change.commit(each.quantity), MovementKind.COMMIT) for each in allocations],
                )
            reach("inventory.commit.committed")
        reach("inventory.commit.kept")
        return reservation

    async def release(self, key: str, *, viewer: Viewer) -> Reservation:
        """Give back what a reservation holds or has sold; a second call changes nothing. Raises ReservationShipped.

        A key nobody reserved with is remembered as released: a request to reserve that was given up by its sender and
        arrives late then holds nothing for ever.
        """
        viewer.require_internal()
        moment = self.clock()
        async with self.database.transaction() as session:
            reservation, _ = await store.claim(
                session,
                id=new_id(),
                key=key_of(key, field=("key",)),
                status=ReservationStatus.RELEASED,
                now=moment,
                expires_at=moment,
            )
            is_shipped = await store.has_shipped(session, reservation.id)
            if was := reservation.release(now=moment, is_shipped=is_shipped):
                await self._give_back(session, reservation, was, MovementKind.RELEASE)
            reach("inventory.release.released")
        reach("inventory.release.kept")
        return reservation

    async def sweep(self) -> int:
        """Give back what overdue reservations hold, one transaction each; answers how many expired.

        Several processes may sweep at once: each takes what no other is working on.
        """
        for swept in range(SWEEP_MAX):
            async with self.database.transaction() as session:
                moment = self.clock()
                reservation = await store.overdue_for_update(session, now=moment)
                if reservation is None:
                    return swept
                reservation.expire(now=moment)
                await self._give_back(session, reservation, ReservationStatus.HELD, MovementKind.EXPIRE)
                reach("inventory.sweep.expired")
            reach("inventory.sweep.kept")
        return SWEEP_MAX

    async def _give_back(
        self, session: AsyncSession, reservation: Reservation, was: ReservationStatus, kind: MovementKind
    ) -> None:
        allocations = await self._allocations(session, reservation)
        await self.ledger.record(
            session, [self._row(each, Change.give_back(each.quantity, was=was), kind) for each in allocations]
        )

    async def _allocations(self, session: AsyncSession, reservation: Reservation) -> Sequence[Allocation]:
        found = await store.allocations_by_reservations(session, [reservation.id])
        return found.get(reservation.id, [])

    def _row(self, allocation: Allocation, change: Change, kind: MovementKind) -> Movement:
        place = (allocation.sku, allocation.warehouse_id)
        return self.ledger.row(place, change, kind, reservation_id=allocation.reservation_id)


def _allocation(reservation: Reservation, sku: str, warehouse_id: str, quantity: int) -> Allocation:
    return Allocation(reservation_id=reservation.id, sku=sku, warehouse_id=warehouse_id, quantity=quantity)
