"""Many keys, one query: what a request loads from inventory. New for every request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.loaders import loader, loader_of_lists
from subgraphs.inventory import store

Value = TypeVar("Value")


class Loaders:
    """One DataLoader per relation."""

    def __init__(self, database: Database) -> None:
        def read(
            query: Callable[[AsyncSession, list[str]], Awaitable[Mapping[str, Value]]],
        ) -> Callable[[list[str]], Awaitable[Mapping[str, Value]]]:
            async def by_keys(keys: list[str]) -> Mapping[str, Value]:
                async with database.reading() as session:
                    return await query(session, keys)

            return by_keys

        self.item = loader(read(store.items_by_skus))
        self.levels_of_sku = loader_of_lists(read(store.levels_by_skus))
        self.warehouse = loader(read(store.warehouses_by_ids))
        self.reservation = loader(read(store.reservations_by_ids))
        self.allocations_of_reservation = loader_of_lists(read(store.allocations_by_reservations))
