"""Stock for purchases, by a key of the asker's: reserve, commit, release, and the sweep of what was left lying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    Place,
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
        wanted = Reservation(
            id=new_id(),
            key=key,
            status=ReservationStatus.HELD.value,
            created_at=moment,
            expires_at=moment + timedelta(seconds=hold_seconds),
            closed_at=None,
        )
        reach("inventory.reserve.held")
        held = await self._hold_at_once(lines, wanted)
        while held is None:
            held = await self._hold_in_steps(lines, wanted)
        reach("inventory.reserve.kept")
        return held

    async def _hold_at_once(self, lines: Sequence[Line], wanted: Reservation) -> Reservation | None:
        """The sale's usual step, in one statement; None when it takes more than one. Raises StockShort."""
        async with self.database.single() as session:
            seen = await store.hold_at_once(session, lines, wanted, [new_id() for _ in lines])
            if seen is None:
                for line in lines:
                    await self.ledger.tell(session, line.sku)
                return wanted
        if not seen.is_known:
            _refuse_short(lines, seen.available)
        return None

    async def _hold_in_steps(self, lines: Sequence[Line], wanted: Reservation) -> Reservation | None:
        """The same, announcing what is to be announced; None when somebody else has just come with the same key.

        A reservation that is there is locked before the items, a new one is kept after: nobody who waits for a key
        that is being kept holds an item that its keeper waits for.
        """
        async with self.database.transaction() as session:
            known = await store.reservation_for_update(session, wanted.key)
            if known is not None and not await self._is_to_hold_again(session, known, lines, wanted):
                return known
            items = await store.items_for_update(session, [line.sku for line in lines])
            _refuse_short(lines, {sku: item.available for sku, item in items.items()})
            if known is None and not await store.insert_reservation(session, wanted):
                return None
            reservation = known or wanted
            await self._allocate(session, reservation, lines)
            reach("inventory.reserve.held")
        return reservation

    async def _is_to_hold_again(
        self, session: AsyncSession, known: Reservation, lines: Sequence[Line], wanted: Reservation
    ) -> bool:
        is_given_back = known.hold_on(now=wanted.created_at, until=wanted.expires_at)
        taken = add_up(Line(each.sku, each.quantity) for each in await self._allocations(session, known))
        if taken != list(lines):
            raise IdempotencyKeyReused("This key already reserved other lines.", field=("input", "key"))
        if is_given_back:
            # The ledger remembers where it was held before; now it may be held elsewhere.
            await store.delete_allocations(session, known.id)
        return is_given_back

    async def _allocate(self, session: AsyncSession, reservation: Reservation, lines: Sequence[Line]) -> None:
        levels = await store.levels_to_take_from(session, [line.sku for line in lines])
        rows: list[Movement] = []
        for line in lines:
            available = {level.warehouse_id: level.available for level in levels[line.sku]}
            for warehouse_id, quantity in sorted(allocate(line.quantity, available).items()):
                place = (line.sku, warehouse_id)
                store.add(session, _allocation(reservation, *place, quantity))
                change = Change.hold(quantity)
                rows.append(self.ledger.row(place, change, MovementKind.HOLD, reservation_id=reservation.id))
        await self.ledger.record(session, rows)

    async def commit(self, key: str, *, viewer: Viewer) -> Reservation:
        """Sell what a reservation holds; a second call changes nothing. Raises NotFound, ReservationClosed."""
        viewer.require_internal()
        reach("inventory.commit.committed")
        while True:
            async with self.database.single() as session:
                sold = await store.commit_at_once(session, key, movement_id=new_id(), now=self.clock())
            if sold is None:
                async with self.database.reading() as session:
                    sold = await store.reservation_by_key(session, key)
                if sold is None:
                    raise NotFound(f"There is no reservation {quoted(key)}.", field=("key",))
                if sold.commit():
                    # Held again since the statement looked.
                    continue
            reach("inventory.commit.kept")
            return sold

    async def release(self, key: str, *, viewer: Viewer) -> Reservation:
        """Give back what a reservation holds or has sold; a second call changes nothing. Raises ReservationShipped.

        A key nobody reserved with is remembered as released: a request to reserve that was given up by its sender and
        arrives late then holds nothing for ever.
        """
        viewer.require_internal()
        moment = self.clock()
        async with self.database.transaction() as session:
            reservation = await self._known_or_closed(session, key_of(key, field=("key",)), moment)
            taken = await store.sold(session, reservation.id)
            is_shipped = any(each.shipped for each in taken.values())
            if was := reservation.release(now=moment, is_shipped=is_shipped):
                pieces = {place: each.quantity for place, each in taken.items()}
                await self._give_back(session, reservation, pieces, was, MovementKind.RELEASE)
            reach("inventory.release.released")
        reach("inventory.release.kept")
        return reservation

    async def _known_or_closed(self, session: AsyncSession, key: str, moment: datetime) -> Reservation:
        """The reservation of a key, locked: one that is there, or else one that is closed from the start."""
        while (known := await store.reservation_for_update(session, key)) is None:
            closed = Reservation(
                id=new_id(),
                key=key,
                status=ReservationStatus.RELEASED.value,
                created_at=moment,
                expires_at=moment,
                closed_at=moment,
            )
            if await store.insert_reservation(session, closed):
                return closed
        return known

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
                taken = await self._allocations(session, reservation)
                pieces = {(each.sku, each.warehouse_id): each.quantity for each in taken}
                await self._give_back(session, reservation, pieces, ReservationStatus.HELD, MovementKind.EXPIRE)
                reach("inventory.sweep.expired")
            reach("inventory.sweep.kept")
        return SWEEP_MAX

    async def _give_back(
        self,
        session: AsyncSession,
        reservation: Reservation,
        pieces: Mapping[Place, int],
        was: ReservationStatus,
        kind: MovementKind,
    ) -> None:
        rows = [
            self.ledger.row(place, Change.give_back(quantity, was=was), kind, reservation_id=reservation.id)
            for place, quantity in pieces.items()
        ]
        await self.ledger.record(session, rows)

    async def _allocations(self, session: AsyncSession, reservation: Reservation) -> Sequence[Allocation]:
        found = await store.allocations_by_reservations(session, [reservation.id])
        return found.get(reservation.id, [])


def _refuse_short(lines: Sequence[Line], available: Mapping[str, int]) -> None:
    """Raise StockShort naming every SKU of which less is available than a line asks for."""
    short = [
        Shortage(sku=line.sku, requested=line.quantity, available=available.get(line.sku, 0))
        for line in lines
        if available.get(line.sku, 0) < line.quantity
    ]
    if short:
        raise StockShort(short)


def _allocation(reservation: Reservation, sku: str, warehouse_id: str, quantity: int) -> Allocation:
    return Allocation(reservation_id=reservation.id, sku=sku, warehouse_id=warehouse_id, quantity=quantity)
