"""Many keys, one query: what a request loads from the catalogue, as its viewer may see it. New for every request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.loaders import loader, loader_of_lists
from chassis.viewer import Viewer
from subgraphs.products import store
from subgraphs.products.model import Base, Category, Image, Product, Sight, Variant
from subgraphs.products.shelf import CATEGORIES, Shelf, product_tag

SCOPES = [["products:write"]]
SCOPE = "products:write"

Value = TypeVar("Value")
Row = TypeVar("Row", bound=Base)
Query = Callable[[AsyncSession, list[str]], Awaitable[Mapping[str, Value]]]
Read = Callable[[list[str]], Awaitable[Mapping[str, Value]]]


def sees_hidden(viewer: Viewer) -> bool:
    """Whether drafts, archived and deleted products are there for this viewer.

    Only for people who keep the catalogue. Another subgraph asks on behalf of a shopper, so it sees the shelf alone.
    """
    return SCOPE in viewer.scopes


def sight_of(viewer: Viewer) -> Sight:
    """Which products the viewer finds by key."""
    if sees_hidden(viewer):
        return Sight.ALL
    return Sight.SHELF if viewer.internal else Sight.KNOWN


def _of_product(id: str) -> tuple[str, ...]:
    return (product_tag(id),)


def _of_tree(_: str) -> tuple[str, ...]:
    return (CATEGORIES,)


class Loaders:
    """One DataLoader per relation."""

    def __init__(self, database: Database, viewer: Viewer, shelf: Shelf) -> None:
        hidden, sight = sees_hidden(viewer), sight_of(viewer)
        on_shelf = Sight.ALL if hidden else Sight.SHELF
        # Prices decide at a checkout, and drafts are for few: both are read where they are written.
        shared = sight is Sight.KNOWN

        def read(query: Query[Value]) -> Read[Value]:
            async def by_keys(keys: list[str]) -> Mapping[str, Value]:
                async with database.reading() as session:
                    return await query(session, keys)

            return by_keys

        def kept(kind: str, of: type[Row], query: Query[Row], tags: Callable[[str], tuple[str, ...]]) -> Read[Row]:
            load = read(query)
            return (lambda keys: shelf.rows(kind, keys, load, tags=tags, of=of)) if shared else load

        def kept_lists(
            kind: str, of: type[Row], query: Query[list[Row]], tags: Callable[[str], tuple[str, ...]]
        ) -> Read[list[Row]]:
            load = read(query)
            return (lambda keys: shelf.lists(kind, keys, load, tags=tags, of=of)) if shared else load

        self.product = loader(
            kept("product", Product, lambda s, ids: store.products_by_ids(s, ids, sight=sight), _of_product)
        )
        self.product_by_slug = loader(read(lambda s, keys: store.products_by_slugs(s, keys, hidden=hidden)))
        self.variant = loader(read(lambda s, ids: store.variants_by_ids(s, ids, sight=sight)))
        self.variant_by_sku = loader(
            self._with_product(read(lambda s, skus: store.variants_by_skus(s, skus, sight=sight)))
        )
        self.variant_on_shelf = loader(
            self._with_product(read(lambda s, skus: store.variants_by_skus(s, skus, sight=on_shelf)))
        )
        self.variants_of_product = loader_of_lists(
            kept_lists("variants", Variant, store.variants_by_products, _of_product)
        )
        self.images_of_product = loader_of_lists(kept_lists("images", Image, store.images_by_products, _of_product))
        self.bundle = loader(read(lambda s, ids: store.bundles_by_ids(s, ids, hidden=hidden)))
        self.items_of_bundle = loader_of_lists(read(store.items_by_bundles))
        self.category = loader(kept("category", Category, store.categories_by_ids, _of_tree))
        self.category_by_slug = loader(kept("category-slug", Category, store.categories_by_slugs, _of_tree))
        self.children_of_category = loader_of_lists(
            kept_lists("children", Category, store.categories_by_parents, _of_tree)
        )
        self.type = loader(read(store.types_by_ids))

    def _with_product(self, found: Read[tuple[Variant, Product]]) -> Read[Variant]:
        """Variants, with their products remembered: nobody asks for those again."""

        async def variants(skus: list[str]) -> Mapping[str, Variant]:
            both = await found(skus)
            for _, product in both.values():
                self.product.prime(product.id, product)
            return {sku: variant for sku, (variant, _) in both.items()}

        return variants
