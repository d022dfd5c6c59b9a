"""Many keys, one query: a DataLoader per request around a function that takes a list.

    class Loaders:                                            # subgraphs/orders/loaders.py
        def __init__(self, database: Database) -> None:
            self.order = loader(lambda ids: orders_by_ids(database, ids))      # -> dict[str, OrderRow]
            self.lines = loader_of_lists(lambda ids: lines_by_order(database, ids))  # -> dict[str, list[LineRow]]

    row = await info.context.loaders.order.load(id)           # OrderRow | None
    rows = await info.context.loaders.order.load_many(ids)

Make the loaders new for every request: they remember what they loaded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import TypeVar

from strawberry.dataloader import DataLoader

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

BATCH_MAX = 1_000


def loader(by_keys: Callable[[list[Key]], Awaitable[Mapping[Key, Value]]]) -> DataLoader[Key, Value | None]:
    """A loader whose missing keys load as None."""

    async def load(keys: list[Key]) -> list[Value | None]:
        found = await by_keys(keys)
        return [found.get(key) for key in keys]

    return DataLoader(load_fn=load, max_batch_size=BATCH_MAX)


def loader_of_lists(
    by_keys: Callable[[list[Key]], Awaitable[Mapping[Key, list[Value]]]],
) -> DataLoader[Key, list[Value]]:
    """A loader whose missing keys load as an empty list."""

    async def load(keys: list[Key]) -> list[list[Value]]:
        found = await by_keys(keys)
        return [found.get(key, []) for key in keys]

    return DataLoader(load_fn=load, max_batch_size=BATCH_MAX)
