"""What keeps the catalogue in order: categories, product types and bundles, one transaction each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.outbox import announce
from chassis.quoting import quoted
from chassis.viewer import Viewer
from subgraphs.products.errors import AttributeInvalid, StillInUse, VersionChanged
from subgraphs.products.events import CategoryChanged, TreeMoved
from subgraphs.products.loaders import SCOPE
from subgraphs.products.model import (
    SLUG,
    SLUG_MAX,
    AttributeDefinition,
    Bundle,
    BundleItem,
    Category,
    ProductStatus,
    ProductType,
)
from subgraphs.products.shelf import CATEGORIES, SHELF, Shelf
from subgraphs.products.store import upkeep as store

log = structlog.get_logger("subgraphs.products.upkeep")

DEPTH_MAX = 6
NAME_MAX = 200
TEXT_MAX = 5_000
ITEMS_MAX = 50
QUANTITY_MAX = 99
DEFINITIONS_MAX = 50
POSITION_MAX = 100_000


@dataclass(frozen=True, kw_only=True)
class CategoryDraft:
    """A category as an administrator writes it."""

    slug: str
    name: str
    description: str
    position: int


@dataclass(frozen=True, kw_only=True)
class BundleDraft:
    """A bundle as an administrator writes it: pieces by SKU, in its order."""

    slug: str
    name: str
    description: str
    status: ProductStatus
    items: Mapping[str, int]


class Upkeep:
    """What administrators do beside products."""

    def __init__(self, database: Database, shelf: Shelf, clock: Clock = now) -> None:
        self.database = database
        self.shelf = shelf
        self.clock = clock

    # ------------------------------------------------------------------------------------------------------ categories

    async def create_category(self, draft: CategoryDraft, *, parent_id: str | None, viewer: Viewer) -> Category:
        """Grow the tree. Raises NameTaken, NotFound for the parent, InvalidInput."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            await store.lock_tree(session)
            await self._expect_room(session, parent_id, height=0)
            category = Category(id=new_id(), parent_id=parent_id, version=0, deleted_at=None)
            await self._write_category(session, category, draft, "CREATED")
        await self.shelf.settled()
        return category

    async def update_category(self, id: str, draft: CategoryDraft, *, version: int, viewer: Viewer) -> Category:
        """Say anew what a category is. Raises VersionChanged, NameTaken, NotFound, InvalidInput."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            category = await self._category(session, id, version)
            await self._write_category(session, category, draft, "UPDATED")
        await self.shelf.settled()
        return category

    async def move_category(self, id: str, *, parent_id: str | None, version: int, viewer: Viewer) -> Category:
        """Hang a category, with all below it, somewhere else. Raises VersionChanged, StillInUse, NotFound."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            # Two moves that are each right may make a cycle together: they follow each other.
            await store.lock_tree(session)
            category = await self._category(session, id, version)
            if parent_id is not None and id in await store.ancestors(session, parent_id):
                raise StillInUse("A category cannot hang below itself.", field=("input", "parentId"))
            await self._expect_room(session, parent_id, height=await store.height_below(session, id))
            category.parent_id = parent_id
            await self._tell(session, category, "MOVED")
        await self.shelf.settled()
        return category

    async def delete_category(self, id: str, *, version: int, viewer: Viewer) -> Category:
        """Take away an empty category. Raises VersionChanged, StillInUse, NotFound."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            await store.lock_tree(session)
            category = await self._category(session, id, version)
            children, products = await store.used_by_category(session, id)
            if children or products:
                raise StillInUse(f"It holds {children} categories and {products} products: move them first.")
            category.deleted_at = self.clock()
            await self._tell(session, category, "DELETED")
        await self.shelf.settled()
        return category

    async def _write_category(self, session: AsyncSession, category: Category, draft: CategoryDraft, how: str) -> None:
        _check_words(draft.slug, draft.name, draft.description)
        if not 0 <= draft.position <= POSITION_MAX:
            raise InvalidInput(f"A position lies between 0 and {POSITION_MAX}.", field=("input", "position"))
        category.slug, category.name = draft.slug, draft.name.strip()
        category.description, category.position = draft.description.strip(), draft.position
        await store.keep(session, category)
        await self._tell(session, category, how)

    async def _tell(self, session: AsyncSession, category: Category, how: str) -> None:
        category.version += 1
        await session.flush()
        told = CategoryChanged(category.id, category.slug, category.parent_id, how)
        await announce(session, told, clock=self.clock)
        self.shelf.changing(session, CATEGORIES, SHELF)

    async def _category(self, session: AsyncSession, id: str, version: int) -> Category:
        category = await store.category_for_update(session, id)
        if category is None:
            raise NotFound(f"There is no category {quoted(id)}; ask categories.", field=("input", "id"))
        _expect(category.version, version)
        return category

    async def _expect_room(self, session: AsyncSession, parent_id: str | None, *, height: int) -> None:
        if parent_id is None:
            return
        if await store.category_for_update(session, parent_id) is None:
            raise NotFound(f"There is no category {quoted(parent_id)}; ask categories.", field=("input", "parentId"))
        if len(await store.ancestors(session, parent_id)) + 1 + height > DEPTH_MAX:
            raise InvalidInput(f"The tree has at most {DEPTH_MAX} levels.", field=("input", "parentId"))

    async def note_category(self, session: AsyncSession, event: Envelope) -> None:
        """The catalogue itself says that the tree changed; see Catalogue.note_change."""
        log.debug("tree_moved", category=TreeMoved.read(event.payload).category_id)
        self.shelf.changing(session, CATEGORIES, SHELF)

    # ----------------------------------------------------------------------------------------------------------- types

    async def create_type(
        self, name: str, definitions: Sequence[AttributeDefinition], *, viewer: Viewer
    ) -> ProductType:
        """Add a kind of product. Raises InvalidInput."""
        viewer.require_scope(SCOPE)
        _check_definitions(name, definitions)
        async with self.database.transaction() as session:
            kind = ProductType(id=new_id(), version=1, deleted_at=None)
            kind.define(name, definitions)
            session.add(kind)
        return kind

    async def update_type(
        self, id: str, name: str, definitions: Sequence[AttributeDefinition], *, version: int, viewer: Viewer
    ) -> ProductType:
        """Change what a kind of product allows; all products of it must fit already.

        Raises VersionChanged, StillInUse naming a product that does not fit, NotFound, InvalidInput.
        """
        viewer.require_scope(SCOPE)
        _check_definitions(name, definitions)
        async with self.database.transaction() as session:
            kind = await self._type(session, id, version)
            kind.define(name, definitions)
            kind.version += 1
            checked = [(each, False) for each in await store.products_of_type(session, id)]
            checked += [(each, True) for each in await store.variants_of_type(session, id)]
            for (product_id, attributes), of_variant in checked:
                try:
                    kind.check(attributes, of_variant=of_variant, field=("input", "attributes"))
                except AttributeInvalid as invalid:
                    message = f"The product {quoted(product_id)} would not fit: {invalid.message}"
                    raise StillInUse(message, field=("input", "attributes")) from invalid
        return kind

    async def delete_type(self, id: str, *, version: int, viewer: Viewer) -> ProductType:
        """Take away a kind that no product is of. Raises VersionChanged, StillInUse, NotFound."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            kind = await self._type(session, id, version)
            if products := await store.products_of_type(session, id):
                raise StillInUse(f"{len(products)} products are of this type: delete them first.")
            kind.version += 1
            kind.deleted_at = self.clock()
        return kind

    async def _type(self, session: AsyncSession, id: str, version: int) -> ProductType:
        kind = await store.type_for_update(session, id)
        if kind is None:
            raise NotFound(f"There is no product type {quoted(id)}; ask productTypes.", field=("input", "id"))
        _expect(kind.version, version)
        return kind

    # --------------------------------------------------------------------------------------------------------- bundles

    async def create_bundle(self, draft: BundleDraft, *, viewer: Viewer) -> Bundle:
        """Offer variants together. Raises NameTaken, NotFound for a SKU that is not for sale, InvalidInput."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            bundle = Bundle(id=new_id(), created_at=self.clock(), version=0, deleted_at=None)
            await self._write_bundle(session, bundle, draft)
        return bundle

    async def update_bundle(self, id: str, draft: BundleDraft, *, version: int, viewer: Viewer) -> Bundle:
        """Say anew what a bundle is. Raises VersionChanged and what `create_bundle` raises."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            bundle = await self._bundle(session, id, version)
            await self._write_bundle(session, bundle, draft)
        return bundle

    async def delete_bundle(self, id: str, *, version: int, viewer: Viewer) -> Bundle:
        """Offer it no more. Raises VersionChanged, NotFound."""
        viewer.require_scope(SCOPE)
        async with self.database.transaction() as session:
            bundle = await self._bundle(session, id, version)
            bundle.version += 1
            bundle.deleted_at = self.clock()
        return bundle

    async def _write_bundle(self, session: AsyncSession, bundle: Bundle, draft: BundleDraft) -> None:
        _check_words(draft.slug, draft.name, draft.description)
        if draft.status is ProductStatus.DELETED:
            raise InvalidInput("Delete a bundle with bundleDelete.", field=("input", "status"))
        if not 1 <= len(draft.items) <= ITEMS_MAX:
            raise InvalidInput(f"A bundle holds between 1 and {ITEMS_MAX} variants.", field=("input", "items"))
        if any(not 1 <= quantity <= QUANTITY_MAX for quantity in draft.items.values()):
            raise InvalidInput(f"A bundle holds 1 to {QUANTITY_MAX} of each.", field=("input", "items"))
        # A SKU of a draft is a secret that a bundle would tell.
        if missing := sorted(set(draft.items) - await store.published_skus(session, draft.items)):
            raise NotFound(f"Not for sale: {', '.join(missing)}.", field=("input", "items"))
        bundle.slug, bundle.name, bundle.description = draft.slug, draft.name.strip(), draft.description.strip()
        bundle.status = draft.status.value
        bundle.version += 1
        await store.keep(session, bundle)
        items = [
            BundleItem(bundle_id=bundle.id, sku=sku, quantity=quantity, position=position)
            for position, (sku, quantity) in enumerate(draft.items.items())
        ]
        await store.replace_items(session, bundle.id, items)

    async def _bundle(self, session: AsyncSession, id: str, version: int) -> Bundle:
        bundle = await store.bundle_for_update(session, id)
        if bundle is None:
            raise NotFound(f"There is no bundle {quoted(id)}.", field=("input", "id"))
        _expect(bundle.version, version)
        return bundle


def _expect(current: int, expected: int) -> None:
    if current != expected:
        raise VersionChanged(expected=expected, current=current)


def _check_words(slug: str, name: str, description: str) -> None:
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_MAX:
        raise InvalidInput(
            f"A slug has up to {SLUG_MAX} lower-case letters and digits, in words joined by hyphens.",
            field=("input", "slug"),
        )
    if not 1 <= len(name.strip()) <= NAME_MAX:
        raise InvalidInput(f"A name has between 1 and {NAME_MAX} characters.", field=("input", "name"))
    if len(description) > TEXT_MAX:
        raise InvalidInput(f"A description has at most {TEXT_MAX} characters.", field=("input", "description"))


def _check_definitions(name: str, definitions: Sequence[AttributeDefinition]) -> None:
    if not 1 <= len(name.strip()) <= NAME_MAX:
        raise InvalidInput(f"A name has between 1 and {NAME_MAX} characters.", field=("input", "name"))
    if len(definitions) > DEFINITIONS_MAX:
        raise InvalidInput(f"A type has at most {DEFINITIONS_MAX} attributes.", field=("input", "attributes"))
    names = [each.name for each in definitions]
    if len(set(names)) != len(names):
        raise InvalidInput("An attribute stands twice in the list.", field=("input", "attributes"))
    for position, each in enumerate(definitions):
        if problem := each.problem():
            raise InvalidInput(f"{quoted(each.name)} {problem}.", field=("input", "attributes", str(position)))
