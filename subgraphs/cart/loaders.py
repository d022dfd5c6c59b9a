"""Many keys, one query or one call to a peer: what a request to cart loads, remembered for that request only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.loaders import loader, loader_of_lists

from . import store
from .model import Cart, Filled
from .peers import Catalogue

Row = TypeVar("Row")


class Loaders:
    """One set per request. `offer` and `available` ask a peer once for all SKUs of all lines."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self.cart = loader(_reading(database, store.by_ids))
        self.cart_of_customer = loader(self._with_lines(_reading(database, store.filled_by_customers)))
        self.cart_of_digest = loader(self._with_lines(_reading(database, store.filled_by_digests)))
        self.line = loader(_reading(database, store.lines_by_ids))
        self.lines_of_cart = loader_of_lists(_reading(database, store.lines))
        self.offer = loader(catalogue.offers)
        self.available = loader(catalogue.available)

    def knows(self, filled: Filled) -> Cart:
        """Remember what is in a cart, so that nobody asks for it again."""
        self.lines_of_cart.prime(filled.cart.id, filled.lines)
        return filled.cart

    def _with_lines(
        self, read: Callable[[list[str]], Awaitable[Mapping[str, Filled]]]
    ) -> Callable[[list[str]], Awaitable[Mapping[str, Cart]]]:
        async def carts(keys: list[str]) -> Mapping[str, Cart]:
            return {key: self.knows(filled) for key, filled in (await read(keys)).items()}

        return carts


def _reading(
    database: Database, query: Callable[[AsyncSession, Collection[str]], Awaitable[Mapping[str, Row]]]
) -> Callable[[list[str]], Awaitable[Mapping[str, Row]]]:
    async def read(keys: list[str]) -> Mapping[str, Row]:
        async with database.reading() as session:
            return await query(session, keys)

    return read
