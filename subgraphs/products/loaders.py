"""Many keys, one query: what a request loads from the catalogue, as its viewer may see it. New for every request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.loaders import loader, loader_of_lists
from chassis.viewer import Viewer
from subgraphs.products import store

Value = TypeVar("Value")


SCOPES = [["products:write"]]


def sees_hidden(viewer: Viewer) -> bool:
    """Whether drafts, archived and deleted products are there for this viewer.

    Only for people who keep the catalogue. Another subgraph asks on behalf of a shopper, so it sees the shelf alone.
    """
    return "products:write" in viewer.scopes


class Loaders:
    """One DataLoader per relation."""

    def __init__(self, database: Database, viewer: Viewer) -> None:
        hidden = sees_hidden(viewer)

        def read(
            query: Callable[[AsyncSession, list[str]], Awaitable[Mapping[str, Value]]],
        ) -> Callable[[list[str]], Awaitable[Mapping[str, Value]]]:
            async def by_keys(keys: list[str]) -> Mapping[str, Value]:
                async with database.reading() as session:
                    return await query(session, keys)

            return by_keys

        self.product = loader(read(lambda session, ids: store.products_by_ids(session, ids, hidden=hidden)))
        self.product_by_slug = loader(read(lambda session, keys: store.products_by_slugs(session, keys, hidden=hidden)))
        self.variant = loader(read(lambda session, ids: store.variants_by_ids(session, ids, hidden=hidden)))
        self.variant_by_sku = loader(read(lambda session, skus: store.variants_by_skus(session, skus, hidden=hidden)))
        self.variants_of_product = loader_of_lists(read(store.variants_by_products))
        self.images_of_product = loader_of_lists(read(store.images_by_products))
        self.bundle = loader(read(lambda session, ids: store.bundles_by_ids(session, ids, hidden=hidden)))
        self.items_of_bundle = loader_of_lists(read(store.items_by_bundles))
        self.category = loader(read(store.categories_by_ids))
        self.category_by_slug = loader(read(store.categories_by_slugs))
        self.children_of_category = loader_of_lists(read(store.categories_by_parents))
        self.type = loader(read(store.types_by_ids))
