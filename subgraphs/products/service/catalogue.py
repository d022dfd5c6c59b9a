"""What can be done with products, one transaction each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.connection import Page, Window
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound
from chassis.events import Envelope
from chassis.outbox import announce
from chassis.quoting import quoted
from chassis.viewer import Viewer
from subgraphs.products import store
from subgraphs.products.errors import SkuTaken, SlugTaken
from subgraphs.products.events import AvailabilityChanged, ProductCreated, ProductDeleted, ProductMoved, updated
from subgraphs.products.loaders import SCOPE, sees_hidden
from subgraphs.products.model import (
    Bundle,
    Category,
    Filter,
    Found,
    Product,
    ProductChanges,
    ProductDraft,
    ProductType,
    Sort,
    VariantDraft,
)
from subgraphs.products.shelf import SHELF, STOCK, Shelf, product_tag
from subgraphs.products.store import upkeep

SKUS_MAX = 1_000


class Catalogue:
    """Browsing what is for sale, and deciding what is."""

    def __init__(self, database: Database, shelf: Shelf, clock: Clock = now) -> None:
        self.database = database
        self.shelf = shelf
        self.clock = clock

    # -------------------------------------------------------------------------------------------------------- reading

    async def browse(self, window: Window, *, filter: Filter, sort: Sort | None, viewer: Viewer) -> Page[Found]:
        """A page of products; best match first where a text is searched, else the newest."""
        order = sort or (Sort.NEWEST if filter.text is None else Sort.RELEVANCE)
        hidden = sees_hidden(viewer)

        async def load() -> Sequence[Found]:
            async with self.database.reading() as session:
                return await store.products(session, window, filter=filter, sort=order, hidden=hidden)

        place = (window.limit, window.after)
        rows = await (load() if hidden or viewer.internal else self.shelf.page(filter, order, place, load))
        return window.page(rows, key=lambda found: found.key)

    async def count(self, filter: Filter, *, viewer: Viewer) -> int:
        """How many products a filter finds."""
        async with self.database.reading() as session:
            return await store.count(session, filter, hidden=sees_hidden(viewer))

    async def bundles(self, window: Window) -> Page[Bundle]:
        """A page of bundles, newest first."""
        async with self.database.reading() as session:
            rows = await store.bundles(session, window)
        return window.page(rows, key=lambda bundle: (bundle.created_at.isoformat(), bundle.id))

    async def categories(self) -> Sequence[Category]:
        """The top of the tree."""
        async with self.database.reading() as session:
            return await store.root_categories(session)

    async def sku_owners(self, skus: Sequence[str], *, viewer: Viewer) -> dict[str, str]:
        """The product of each SKU that is in use, drafts included; for other subgraphs."""
        viewer.require_internal()
        if len(skus) > SKUS_MAX:
            raise InvalidInput(f"Ask for at most {SKUS_MAX} SKUs.", field=("skus",))
        async with self.database.reading() as session:
            return await store.sku_owners(session, skus)

    async def types(self) -> Sequence[ProductType]:
        """Every product type."""
        async with self.database.reading() as session:
            return await store.types(session)

    # -------------------------------------------------------------------------------------------------------- changing

    async def create(self, draft: ProductDraft, *, viewer: Viewer) -> Product:
        """Put a new product into the catalogue.

        Raises SlugTaken, SkuTaken, AttributeInvalid, NotFound for a category or type, InvalidInput for the rest.
        """
        viewer.require_scope(SCOPE)
        moment = self.clock()
        async with self.database.transaction() as session:
            kind = await self._type(session, draft.type_id)
            await self._expect_category(session, draft.category_id)
            product, variants = Product.make(draft, kind=kind, now=moment)
            await self._expect_free(session, product, draft.variants)
            await store.add(session, product, variants)
            created = ProductCreated(
                product.id, product.slug, product.category_id, product.status, [variant.sku for variant in variants]
            )
            await announce(session, created, clock=self.clock)
            self.shelf.changing(session, product_tag(product.id), SHELF)
        await self.shelf.settled()
        return product

    async def update(self, id: str, changes: ProductChanges, *, version: int, viewer: Viewer) -> Product:
        """Change a product that is still at `version`; a list of variants replaces the one there was.

        Raises ProductChanged when it is not, and what `create` raises.
        """
        viewer.require_scope(SCOPE)
        moment = self.clock()
        async with self.database.transaction() as session:
            product = await self._locked(session, id)
            product.expect(version)
            kind = await self._type(session, product.type_id)
            if changes.category_id is not None:
                await self._expect_category(session, changes.category_id)
            variants = await store.all_variants(session, id)
            added = product.change(changes, variants=variants, kind=kind, now=moment)
            await self._expect_free(session, product, changes.variants or ())
            await store.add(session, product, added)
            await announce(session, updated(product, [*variants, *added]), clock=self.clock)
            self.shelf.changing(session, product_tag(id), SHELF)
        await self.shelf.settled()
        return product

    async def delete(self, id: str, *, version: int, viewer: Viewer) -> Product:
        """Take a product that is still at `version` off the shelf for good; its row and SKUs stay for old orders."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            product = await self._locked(session, id)
            product.expect(version)
            product.remove(now=self.clock())
            skus = [variant.sku for variant in await store.all_variants(session, id)]
            await announce(session, ProductDeleted(product.id, skus), clock=self.clock)
            self.shelf.changing(session, product_tag(id), SHELF)
        await self.shelf.settled()
        return product

    async def _locked(self, session: AsyncSession, id: str) -> Product:
        product = await store.product_for_update(session, id)
        if product is None:
            raise NotFound(f"There is no product {quoted(id)}.", field=("input", "id"))
        return product

    async def _type(self, session: AsyncSession, id: str) -> ProductType:
        # Held, so that neither it nor what it allows changes before this product is written.
        found = await upkeep.hold_type(session, id)
        if found is None:
            raise NotFound(f"There is no product type {quoted(id)}; ask productTypes.", field=("input", "typeId"))
        return found

    async def _expect_category(self, session: AsyncSession, id: str) -> None:
        if not await upkeep.hold_category(session, id):
            raise NotFound(f"There is no category {quoted(id)}; ask categories.", field=("input", "categoryId"))

    async def _expect_free(self, session: AsyncSession, product: Product, variants: Sequence[VariantDraft]) -> None:
        """Refuse a slug or SKU of another product. The unique indexes stand behind this when two ask at once."""
        if await store.slug_owner(session, product.slug) not in {None, product.id}:
            raise SlugTaken(product.slug)
        owners = await store.sku_owners(session, [variant.sku for variant in variants])
        for index, variant in enumerate(variants):
            if owners.get(variant.sku, product.id) != product.id:
                raise SkuTaken(variant.sku, field=("input", "variants", str(index), "sku"))

    # ---------------------------------------------------------------------------------------------------------- events

    async def note_availability(self, session: AsyncSession, event: Envelope) -> None:
        """Inventory says how a SKU stands: keep it for filters by stock."""
        changed = AvailabilityChanged.of(event.payload)
        owner = await store.note_stock(session, changed.sku, available=changed.available)
        if owner is not None:
            self.shelf.changing(session, product_tag(owner), STOCK)

    async def note_change(self, session: AsyncSession, event: Envelope) -> None:
        """The catalogue itself says that a product changed: forget what is remembered of it.

        Whoever changed it has done so already, unless it died or the memory was away just then.
        """
        self.shelf.changing(session, product_tag(ProductMoved.read(event.payload).product_id), SHELF)
