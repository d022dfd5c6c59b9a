"""What can be done with stock, one transaction each. The order of locks is told in model.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.connection import Page, Window
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.outbox import announce
from chassis.viewer import Viewer
from subgraphs.inventory import store
from subgraphs.inventory.errors import ReservationKeyReused, Shortage, StockPromised, StockShort
from subgraphs.inventory.events import ProductDeleted, ProductListed, crossings
from subgraphs.inventory.model import (
    Allocation,
    Change,
    Filter,
    Level,
    Line,
    Movement,
    MovementKind,
    Reservation,
    ReservationStatus,
    Warehouse,
    add_up,
    allocate,
)
from subgraphs.inventory.peers import Catalogue

ON_HAND_MAX = 1_000_000_000
REASON_MAX = 500
KEY_MAX = 200
HOLD_SECONDS_MAX = 86_400
SWEEP_MAX = 1_000


class Stock:
    """Counting, adjusting and promising stock."""

    def __init__(self, database: Database, catalogue: Catalogue, clock: Clock = now) -> None:
        self.database = database
        self.catalogue = catalogue
        self.clock = clock

    # -------------------------------------------------------------------------------------------------------- reading

    async def levels(self, window: Window, *, filter: Filter) -> Page[Level]:
        """A page of levels by SKU and warehouse."""
        async with self.database.reading() as session:
            rows = await store.levels(session, window, filter=filter)
        return window.page(rows, key=lambda level: (level.sku, level.warehouse_id))

    async def ledger(self, window: Window, *, sku: str) -> Page[Movement]:
        """A page of what happened to a SKU, the newest first."""
        async with self.database.reading() as session:
            rows = await store.movements(session, window, sku=sku)
        return window.page(rows, key=lambda movement: (movement.at.isoformat(), movement.id))

    async def warehouses(self) -> Sequence[Warehouse]:
        """Every warehouse, the preferred first."""
        async with self.database.reading() as session:
            return await store.warehouses(session)

    # ------------------------------------------------------------------------------------------------------ by people

    async def set(
        self, sku: str, *, warehouse_id: str, on_hand: int, reason: str | None = None, viewer: Viewer
    ) -> Level:
        """State how many lie in a warehouse; the difference goes into the ledger."""
        viewer.require_scope("inventory:write")
        if not 0 <= on_hand <= ON_HAND_MAX:
            raise InvalidInput(f"Stock is between 0 and {ON_HAND_MAX}, not {on_hand}.", field=("input", "onHand"))
        reason = None if reason is None else _reason(reason)
        await self._know(sku)
        async with self.database.transaction() as session:
            level = await self._locked_level(session, sku, warehouse_id)
            change = Change(on_hand=on_hand - level.on_hand)
            if change.on_hand:
                await self._count(
                    session, level, change, MovementKind.SET, field="onHand", reason=reason, viewer=viewer
                )
        return await self._level(sku, warehouse_id)

    async def adjust(
        self, sku: str, *, warehouse_id: str, by: int, reason: str, idempotency_key: str, viewer: Viewer
    ) -> Level:
        """Add to or take from what lies in a warehouse, for a reason; the same key does it once."""
        viewer.require_scope("inventory:write")
        if by == 0 or abs(by) > ON_HAND_MAX:
            raise InvalidInput("Say by how many, up or down.", field=("input", "by"))
        reason, key = _reason(reason), _key(idempotency_key, field=("idempotencyKey",))
        await self._know(sku)
        async with self.database.transaction() as session:
            level = await self._locked_level(session, sku, warehouse_id)
            done = await store.movement_by_key(session, key)
            if done is None:
                change = Change(on_hand=by)
                await self._count(
                    session, level, change, MovementKind.ADJUST, field="by", reason=reason, key=key, viewer=viewer
                )
            elif (done.sku, done.warehouse_id, done.on_hand) != (sku, warehouse_id, by):
                raise InvalidInput("This key already made another adjustment.", field=("idempotencyKey",))
        return await self._level(sku, warehouse_id)

    async def _know(self, sku: str) -> None:
        """Ask the catalogue about a SKU that no event has named yet: it may have been made a moment ago.

        Before the transaction, because no lock is held while another service is asked.
        """
        async with self.database.reading() as session:
            if await store.items_by_skus(session, [sku]):
                return
        product_id = await self.catalogue.product_of(sku)
        if product_id is None:
            raise NotFound(f"There is no SKU {sku!r}.", field=("input", "sku"))
        async with self.database.transaction() as session:
            await store.add_items(session, product_id, [sku])

    async def _locked_level(self, session: AsyncSession, sku: str, warehouse_id: str) -> Level:
        item = await store.item_for_update(session, sku)
        assert item is not None, "an item is never deleted"
        if not await store.warehouses_by_ids(session, [warehouse_id]):
            raise NotFound(f"There is no warehouse {warehouse_id!r}.", field=("input", "warehouseId"))
        return await store.level_of_locked_item(session, sku, warehouse_id, now=self.clock())

    async def _count(
        self,
        session: AsyncSession,
        level: Level,
        change: Change,
        kind: MovementKind,
        *,
        field: str,
        reason: str | None,
        viewer: Viewer,
        key: str | None = None,
    ) -> None:
        promised, on_hand = level.held + level.committed, level.on_hand + change.on_hand
        if on_hand < promised:
            raise StockPromised(promised=promised, field=field)
        if on_hand > ON_HAND_MAX:
            raise InvalidInput(f"Stock is at most {ON_HAND_MAX}.", field=("input", field))
        item = await store.change_item(session, level.sku, change)
        movement = self._movement(level.sku, level.warehouse_id, change, kind)
        movement.reason, movement.idempotency_key, movement.actor_id = reason, key, viewer.user_id
        await store.move(session, [movement], now=self.clock())
        await announce(session, *crossings(item, change), clock=self.clock)

    async def _level(self, sku: str, warehouse_id: str) -> Level:
        async with self.database.reading() as session:
            levels = await store.levels_by_skus(session, [sku])
        return next(level for level in levels[sku] if level.warehouse_id == warehouse_id)

    # -------------------------------------------------------------------------------------------------- by purchases

    async def reserve(self, lines: Sequence[Line], *, key: str, hold_seconds: int, viewer: Viewer) -> Reservation:
        """Hold every line or none. The same key with the same lines answers the same reservation.

        Raises StockShort naming every SKU that is short, ReservationKeyReused for other lines under a known key, and
        ReservationClosed for a key that was released or has expired.
        """
        viewer.require_internal()
        key, lines = _key(key, field=("input", "key")), add_up(lines)
        if not 1 <= hold_seconds <= HOLD_SECONDS_MAX:
            raise InvalidInput(f"Hold for 1 to {HOLD_SECONDS_MAX} seconds.", field=("input", "holdSeconds"))
        moment = self.clock()
        async with self.database.transaction() as session:
            reservation, made = await store.claim(
                session,
                id=new_id(),
                key=key,
                status=ReservationStatus.HELD,
                now=moment,
                expires_at=moment + timedelta(seconds=hold_seconds),
            )
            if not made:
                await self._refuse_other_lines(session, reservation, lines)
                return reservation
            await self._hold(session, reservation, lines, now=moment)
        return reservation

    async def _refuse_other_lines(self, session: AsyncSession, reservation: Reservation, lines: Sequence[Line]) -> None:
        reservation.expect_open()
        allocations = await store.allocations_by_reservations(session, [reservation.id])
        held = add_up(Line(each.sku, each.quantity) for each in allocations[reservation.id])
        if held != list(lines):
            raise ReservationKeyReused(reservation.key)

    async def _hold(
        self, session: AsyncSession, reservation: Reservation, lines: Sequence[Line], *, now: datetime
    ) -> None:
        held = [(line, await store.hold(session, line)) for line in lines]
        if any(item is None for _, item in held):
            short = [line for line, item in held if item is None]
            raise StockShort(await self._shortages(session, short))
        levels = await store.levels_by_skus(session, [line.sku for line in lines])
        priority = [warehouse.id for warehouse in await store.warehouses(session)]
        moves: list[Movement] = []
        for line in lines:
            available = {level.warehouse_id: level.available for level in levels[line.sku]}
            for warehouse_id, quantity in sorted(allocate(line.quantity, available, priority).items()):
                session.add(
                    Allocation(
                        reservation_id=reservation.id, sku=line.sku, warehouse_id=warehouse_id, quantity=quantity
                    )
                )
                change = Change.hold(quantity)
                moves.append(self._movement(line.sku, warehouse_id, change, MovementKind.HOLD, reservation))
        await store.move(session, moves, now=now)
        for line, item in held:
            assert item is not None
            await announce(session, *crossings(item, Change.hold(line.quantity)), clock=self.clock)

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
        """Sell what a reservation holds; a second call changes nothing."""
        viewer.require_internal()
        async with self.database.transaction() as session:
            reservation = await store.reservation_for_update(session, key)
            if reservation is None:
                raise NotFound(f"There is no reservation {key!r}.", field=("key",))
            if reservation.commit():
                for allocation in await self._allocations(session, reservation):
                    await self._change(session, allocation, Change.commit(allocation.quantity), MovementKind.COMMIT)
        return reservation

    async def release(self, key: str, *, viewer: Viewer) -> Reservation:
        """Give back what a reservation holds or has sold; a second call changes nothing.

        A key nobody reserved with is remembered as released: a request to reserve that was given up by its sender and
        arrives late then holds nothing for ever.
        """
        viewer.require_internal()
        moment = self.clock()
        async with self.database.transaction() as session:
            reservation, _ = await store.claim(
                session,
                id=new_id(),
                key=_key(key, field=("key",)),
                status=ReservationStatus.RELEASED,
                now=moment,
                expires_at=moment,
            )
            if was := reservation.release(now=moment):
                await self._give_back(session, reservation, was, MovementKind.RELEASE)
        return reservation

    async def sweep(self) -> int:
        """Give back what overdue reservations hold, one transaction each; answers how many expired."""
        for swept in range(SWEEP_MAX):
            async with self.database.transaction() as session:
                moment = self.clock()
                reservation = await store.overdue_for_update(session, now=moment)
                if reservation is None:
                    return swept
                reservation.expire(now=moment)
                await self._give_back(session, reservation, ReservationStatus.HELD, MovementKind.EXPIRE)
        return SWEEP_MAX

    async def _give_back(
        self, session: AsyncSession, reservation: Reservation, was: ReservationStatus, kind: MovementKind
    ) -> None:
        for allocation in await self._allocations(session, reservation):
            await self._change(session, allocation, Change.give_back(allocation.quantity, was=was), kind)

    async def _allocations(self, session: AsyncSession, reservation: Reservation) -> Sequence[Allocation]:
        found = await store.allocations_by_reservations(session, [reservation.id])
        return found.get(reservation.id, [])

    async def _change(self, session: AsyncSession, allocation: Allocation, change: Change, kind: MovementKind) -> None:
        item = await store.change_item(session, allocation.sku, change)
        movement = self._movement(allocation.sku, allocation.warehouse_id, change, kind)
        movement.reservation_id = allocation.reservation_id
        await store.move(session, [movement], now=self.clock())
        await announce(session, *crossings(item, change), clock=self.clock)

    def _movement(
        self, sku: str, warehouse_id: str, change: Change, kind: MovementKind, reservation: Reservation | None = None
    ) -> Movement:
        return Movement(
            id=new_id(),
            sku=sku,
            warehouse_id=warehouse_id,
            kind=kind.value,
            on_hand=change.on_hand,
            held=change.held,
            committed=change.committed,
            reservation_id=None if reservation is None else reservation.id,
            at=self.clock(),
        )

    # ------------------------------------------------------------------------------------------------------ by events

    async def know_product(self, session: AsyncSession, event: Envelope) -> None:
        """The catalogue has a product with these SKUs: know them, and offer them while it is for sale."""
        product = ProductListed.of(event.payload)
        await store.add_items(session, product.product_id, product.skus)
        await store.list_items(session, product.product_id, product.skus if product.for_sale else ())

    async def forget_product(self, session: AsyncSession, event: Envelope) -> None:
        """A product is deleted: its stock still lies there, and nobody can have it."""
        await store.list_items(session, ProductDeleted.of(event.payload).product_id, ())


def _reason(reason: str) -> str:
    if not 1 <= len(reason.strip()) <= REASON_MAX:
        raise InvalidInput(f"Give a reason of 1 to {REASON_MAX} characters.", field=("input", "reason"))
    return reason.strip()


def _key(key: str, *, field: tuple[str, ...]) -> str:
    if not 1 <= len(key) <= KEY_MAX:
        raise InvalidInput(f"A key has between 1 and {KEY_MAX} characters.", field=field)
    return key
