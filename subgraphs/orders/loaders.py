"""Many keys, one query: what a request to orders loads, remembered for that request only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.connection import Window
from chassis.database import Database
from chassis.loaders import loader, loader_of_lists

from . import store
from .model import Order

Row = TypeVar("Row")
# A customer, and which page of their orders.
PageKey = tuple[str, Window]


class Loaders:
    """One set per request."""

    def __init__(self, database: Database) -> None:
        self.order = loader(_reading(database, store.by_ids))
        self.line = loader(_reading(database, store.lines_by_ids))
        self.lines_of_order = loader_of_lists(_reading(database, store.lines))
        self.events_of_order = loader_of_lists(_reading(database, store.events))
        self.parcels_of_order = loader_of_lists(_reading(database, store.parcels))
        self.returns_of_order = loader_of_lists(_reading(database, store.returns))
        self.page_of_customer = loader_of_lists(_pages(database))


def _reading(
    database: Database, query: Callable[[AsyncSession, Collection[str]], Awaitable[Mapping[str, Row]]]
) -> Callable[[list[str]], Awaitable[Mapping[str, Row]]]:
    async def read(keys: list[str]) -> Mapping[str, Row]:
        async with database.reading() as session:
            return await query(session, keys)

    return read


def _pages(database: Database) -> Callable[[list[PageKey]], Awaitable[Mapping[PageKey, list[Order]]]]:
    async def read(keys: list[PageKey]) -> Mapping[PageKey, list[Order]]:
        """One query for each different page that is asked for, however many customers it is asked of."""
        customers: defaultdict[Window, list[str]] = defaultdict(list)
        for customer_id, window in keys:
            customers[window].append(customer_id)
        found: dict[PageKey, list[Order]] = {}
        async with database.reading() as session:
            for window, customer_ids in customers.items():
                rows = await store.of_customers(session, customer_ids, window)
                found |= {(customer_id, window): page for customer_id, page in rows.items()}
        return found

    return read
