"""Many keys, one query: what a request to payments loads, remembered for that request only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.loaders import loader, loader_of_lists

from . import store

Row = TypeVar("Row")


class Loaders:
    """One set per request."""

    def __init__(self, database: Database) -> None:
        self.payment = loader(_reading(database, store.by_ids))
        self.payments_of_order = loader_of_lists(_reading(database, store.by_orders))
        self.owner_of_order = loader(_reading(database, store.owners))
        self.transactions = loader_of_lists(_reading(database, store.transactions))
        self.saved_methods = loader_of_lists(_reading(database, store.saved_methods))


def _reading(
    database: Database, query: Callable[[AsyncSession, Collection[str]], Awaitable[Mapping[str, Row]]]
) -> Callable[[list[str]], Awaitable[Mapping[str, Row]]]:
    async def read(keys: list[str]) -> Mapping[str, Row]:
        async with database.reading() as session:
            return await query(session, keys)

    return read
