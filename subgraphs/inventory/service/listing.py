"""Which SKUs there are and which are for sale, as the catalogue's events say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events import Envelope
from subgraphs.inventory import store
from subgraphs.inventory.events import ProductDeleted, ProductListed

from .ledger import Ledger


@dataclass(frozen=True, slots=True)
class Listings:
    """What the catalogue offers."""

    ledger: Ledger

    async def know_product(self, session: AsyncSession, event: Envelope) -> None:
        """The catalogue has a product with these SKUs: know them, and offer them while it is for sale."""
        product = ProductListed.read(event.payload)
        await store.add_items(session, product.product_id, product.skus)
        await self._offer(session, product.product_id, product.skus if product.for_sale else ())

    async def forget_product(self, session: AsyncSession, event: Envelope) -> None:
        """A product is deleted: its stock still lies there, and nobody can have it."""
        await self._offer(session, ProductDeleted.read(event.payload).product_id, ())

    async def _offer(self, session: AsyncSession, product_id: str, skus: Collection[str]) -> None:
        for sku in await store.list_items(session, product_id, skus):
            await self.ledger.tell(session, sku)
