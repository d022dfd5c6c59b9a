"""Looking at stock, and what administrators do to it: counting, adjusting, saying when it runs low."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.connection import Page, Window
from chassis.database import Database
from chassis.errors import IdempotencyKeyReused, InvalidInput, NotFound
from chassis.quoting import quoted
from chassis.viewer import Viewer
from subgraphs.inventory import store
from subgraphs.inventory.errors import StockPromised
from subgraphs.inventory.events import crossed
from subgraphs.inventory.model import Change, Filter, Item, Level, Movement, MovementKind
from subgraphs.inventory.peers import Catalogue

from .keys import key_of
from .ledger import Ledger

ON_HAND_MAX: Final = 1_000_000_000
THRESHOLD_MAX: Final = 1_000_000
REASON_MAX: Final = 500


def may_see(viewer: Viewer, item: Item) -> bool:
    """What the catalogue does not offer is there for administrators and other subgraphs alone."""
    return item.listed or viewer.has_scope("inventory:read")


@dataclass(frozen=True, slots=True)
class Counting:
    """How much there is, and by whom it was counted."""

    database: Database
    catalogue: Catalogue
    ledger: Ledger

    # -------------------------------------------------------------------------------------------------------- reading

    async def levels(self, window: Window, *, filter: Filter) -> Page[Level]:
        """A page of levels by SKU and warehouse."""
        async with self.database.reading() as session:
            rows = await store.levels(session, window, filter=filter)
        return window.page(rows, key=lambda level: (level.sku, level.warehouse_id))

    async def movements(self, window: Window, *, sku: str) -> Page[Movement]:
        """A page of what happened to a SKU, the newest first."""
        async with self.database.reading() as session:
            rows = await store.movements(session, window, sku=sku)
        return window.page(rows, key=lambda movement: (movement.at.isoformat(), movement.id))

    async def items(self, skus: Collection[str], *, viewer: Viewer) -> dict[str, Item]:
        """What the viewer may see of these SKUs, as it is now; the others are missing."""
        async with self.database.reading() as session:
            found = await store.items_by_skus(session, skus)
        return {sku: item for sku, item in found.items() if may_see(viewer, item)}

    # ------------------------------------------------------------------------------------------------------- changing

    async def set(
        self, sku: str, *, warehouse_id: str, on_hand: int, reason: str | None = None, viewer: Viewer
    ) -> Level:
        """State how many lie in a warehouse; the difference goes into the ledger.

        Raises StockPromised, NotFound, InvalidInput, PeerFailed.
        """
        viewer.require_scope("inventory:write")
        if not 0 <= on_hand <= ON_HAND_MAX:
            raise InvalidInput(f"Stock is between 0 and {ON_HAND_MAX}, not {on_hand}.", field=("input", "onHand"))
        reason = None if reason is None else _reason(reason)
        await self._know(sku)
        async with self.database.transaction() as session:
            level = await self._locked_level(session, sku, warehouse_id)
            change = Change(on_hand=on_hand - level.on_hand)
            if change.on_hand:
                row = self.ledger.row((sku, warehouse_id), change, MovementKind.SET)
                row.reason, row.actor_id = reason, viewer.user_id
                await self._count(session, level, row, field="onHand")
        return await self._level(sku, warehouse_id)

    async def adjust(
        self, sku: str, *, warehouse_id: str, by: int, reason: str, idempotency_key: str, viewer: Viewer
    ) -> Level:
        """Add to or take from what lies in a warehouse, for a reason; the same key does it once.

        Raises StockPromised, IdempotencyKeyReused, NotFound, InvalidInput, PeerFailed.
        """
        viewer.require_scope("inventory:write")
        if by == 0 or abs(by) > ON_HAND_MAX:
            raise InvalidInput("Say by how many, up or down.", field=("input", "by"))
        reason, key = _reason(reason), key_of(idempotency_key, field=("idempotencyKey",))
        await self._know(sku)
        async with self.database.transaction() as session:
            level = await self._locked_level(session, sku, warehouse_id)
            # Two SKUs' items may be locked by two requests with one key: the second waits here, not at the index.
            await store.lock_key(session, key)
            done = await store.movement_by_key(session, key)
            if done is None:
                row = self.ledger.row((sku, warehouse_id), Change(on_hand=by), MovementKind.ADJUST)
                row.reason, row.actor_id, row.idempotency_key = reason, viewer.user_id, key
                await self._count(session, level, row, field="by")
            elif (done.sku, done.warehouse_id, done.on_hand) != (sku, warehouse_id, by):
                raise IdempotencyKeyReused("This key already made another adjustment.", field=("idempotencyKey",))
        return await self._level(sku, warehouse_id)

    async def set_threshold(self, sku: str, *, threshold: int, viewer: Viewer) -> Item:
        """Say at how many, over all warehouses, a SKU is low in stock. Raises NotFound, InvalidInput, PeerFailed."""
        viewer.require_scope("inventory:write")
        if not 0 <= threshold <= THRESHOLD_MAX:
            raise InvalidInput(
                f"A threshold is between 0 and {THRESHOLD_MAX}, not {threshold}.", field=("input", "lowStockThreshold")
            )
        await self._know(sku)
        async with self.database.transaction() as session:
            item = (await store.items_for_update(session, [sku]))[sku]
            was, item.low_stock_threshold = item.availability, threshold
            await self.ledger.tell(session, sku, *crossed(item, was))
        return item

    async def _know(self, sku: str) -> None:
        """Ask the catalogue about a SKU that no event has named yet: it may have been made a moment ago.

        Before the transaction, because no lock is held while another service is asked.
        """
        async with self.database.reading() as session:
            if await store.items_by_skus(session, [sku]):
                return
        product_id = await self.catalogue.product_of(sku)
        if product_id is None:
            raise NotFound(f"There is no SKU {quoted(sku)}.", field=("input", "sku"))
        async with self.database.transaction() as session:
            await store.add_items(session, product_id, [sku])

    async def _locked_level(self, session: AsyncSession, sku: str, warehouse_id: str) -> Level:
        await store.items_for_update(session, [sku])
        if not await store.warehouses_by_ids(session, [warehouse_id]):
            raise NotFound(f"There is no warehouse {quoted(warehouse_id)}.", field=("input", "warehouseId"))
        return await store.level_of_locked_item(session, sku, warehouse_id, now=self.ledger.clock())

    async def _count(self, session: AsyncSession, level: Level, row: Movement, *, field: str) -> None:
        promised, on_hand = level.held + level.committed, level.on_hand + row.on_hand
        if on_hand < promised:
            raise StockPromised(promised=promised, field=field)
        if on_hand > ON_HAND_MAX:
            raise InvalidInput(f"Stock is at most {ON_HAND_MAX}.", field=("input", field))
        await self.ledger.record(session, [row])

    async def _level(self, sku: str, warehouse_id: str) -> Level:
        async with self.database.reading() as session:
            levels = await store.levels_by_skus(session, [sku])
        return next(level for level in levels[sku] if level.warehouse_id == warehouse_id)


def _reason(reason: str) -> str:
    if not 1 <= len(reason.strip()) <= REASON_MAX:
        raise InvalidInput(f"Give a reason of 1 to {REASON_MAX} characters.", field=("input", "reason"))
    return reason.strip()
