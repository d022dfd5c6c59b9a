"""What administrators may do to categories, product types and bundles."""

from __future__ import annotations

from collections import Counter

import strawberry

from chassis.errors import InvalidInput, NotFound
from chassis.refusals import mutation
from subgraphs.products import model
from subgraphs.products.errors import NameTaken, StillInUse, VersionChanged
from subgraphs.products.loaders import SCOPES
from subgraphs.products.schema.context import Info
from subgraphs.products.schema.items import Bundle, Category, ProductType
from subgraphs.products.service import BundleDraft, CategoryDraft


@strawberry.input(description="A new category; a root of the tree without a parent.")
class CategoryCreateInput:
    """A category."""

    slug: str
    name: str
    description: str = ""
    position: int = 0
    parent_id: strawberry.ID | None = None


@strawberry.input(description="The category as it shall be. `version` is the one it was read at.")
class CategoryUpdateInput:
    """A category at a version."""

    id: strawberry.ID
    version: int
    slug: str
    name: str
    description: str = ""
    position: int = 0


@strawberry.input(description="An attribute that products of a type, or each of their variants, may carry.")
class AttributeDefinitionInput:
    """One rule for attributes."""

    name: str
    kind: model.AttributeKind
    required: bool = False
    of_variant: bool = False
    choices: list[str] = strawberry.field(default_factory=list)
    unit: str | None = None

    def definition(self) -> model.AttributeDefinition:
        """The rule as the domain takes it."""
        return model.AttributeDefinition(
            name=self.name,
            kind=self.kind,
            required=self.required,
            of_variant=self.of_variant,
            choices=tuple(self.choices),
            unit=self.unit,
        )


@strawberry.input(description="A new kind of product.")
class ProductTypeCreateInput:
    """A product type."""

    name: str
    attributes: list[AttributeDefinitionInput]


@strawberry.input(description="The kind as it shall be; products of it must fit already.")
class ProductTypeUpdateInput:
    """A product type at a version."""

    id: strawberry.ID
    version: int
    name: str
    attributes: list[AttributeDefinitionInput]


@strawberry.input(description="So many of one variant that is for sale.")
class BundleItemInput:
    """A line of a bundle."""

    sku: str
    quantity: int = 1


@strawberry.input(description="A new bundle.")
class BundleCreateInput:
    """A bundle."""

    slug: str
    name: str
    items: list[BundleItemInput]
    description: str = ""
    status: model.ProductStatus = model.ProductStatus.DRAFT

    def draft(self) -> BundleDraft:
        """The bundle as the domain takes it; lines of one SKU are added up."""
        items: Counter[str] = Counter()
        for item in self.items:
            if item.quantity < 1:
                raise InvalidInput("A bundle holds at least 1 of each.", field=("input", "items"))
            items[item.sku] += item.quantity
        return BundleDraft(
            slug=self.slug, name=self.name, description=self.description, status=self.status, items=items
        )


@strawberry.input(description="The bundle as it shall be. `version` is the one it was read at.")
class BundleUpdateInput(BundleCreateInput):
    """A bundle at a version."""

    id: strawberry.ID
    version: int


@strawberry.type(description="The category as it is now.")
class CategorySuccess:
    """A category that was created, changed, moved or deleted."""

    category: Category


@strawberry.type(description="The kind of product as it is now.")
class ProductTypeSuccess:
    """A type that was created, changed or deleted."""

    product_type: ProductType


@strawberry.type(description="The bundle as it is now.")
class BundleSuccess:
    """A bundle that was created, changed or deleted."""

    bundle: Bundle


@strawberry.type
class Mutation:
    """What can be done with categories, types and bundles."""

    @mutation(refuses=(NameTaken, NotFound, InvalidInput), requires_scopes=SCOPES, tags=["admin"])
    async def category_create(self, info: Info, input: CategoryCreateInput) -> CategorySuccess:
        """Grow the tree by a category."""
        row = await info.context.upkeep.create_category(
            _category(input), parent_id=input.parent_id, viewer=info.context.viewer
        )
        return CategorySuccess(category=Category.of(row))

    @mutation(refuses=(VersionChanged, NameTaken, NotFound, InvalidInput), requires_scopes=SCOPES, tags=["admin"])
    async def category_update(self, info: Info, input: CategoryUpdateInput) -> CategorySuccess:
        """Say anew what a category is."""
        row = await info.context.upkeep.update_category(
            input.id, _category(input), version=input.version, viewer=info.context.viewer
        )
        return CategorySuccess(category=Category.of(row))

    @mutation(refuses=(VersionChanged, StillInUse, NotFound, InvalidInput), requires_scopes=SCOPES, tags=["admin"])
    async def category_move(
        self, info: Info, id: strawberry.ID, version: int, parent_id: strawberry.ID | None = None
    ) -> CategorySuccess:
        """Hang a category, with all below it, below another, or at the root without one."""
        row = await info.context.upkeep.move_category(
            id, parent_id=parent_id, version=version, viewer=info.context.viewer
        )
        return CategorySuccess(category=Category.of(row))

    @mutation(refuses=(VersionChanged, StillInUse, NotFound), requires_scopes=SCOPES, tags=["admin"])
    async def category_delete(self, info: Info, id: strawberry.ID, version: int) -> CategorySuccess:
        """Take away an empty category."""
        row = await info.context.upkeep.delete_category(id, version=version, viewer=info.context.viewer)
        return CategorySuccess(category=Category.of(row))

    @mutation(refuses=(InvalidInput,), requires_scopes=SCOPES, tags=["admin"])
    async def product_type_create(self, info: Info, input: ProductTypeCreateInput) -> ProductTypeSuccess:
        """Add a kind of product."""
        definitions = [each.definition() for each in input.attributes]
        row = await info.context.upkeep.create_type(input.name, definitions, viewer=info.context.viewer)
        return ProductTypeSuccess(product_type=ProductType.of(row))

    @mutation(refuses=(VersionChanged, StillInUse, NotFound, InvalidInput), requires_scopes=SCOPES, tags=["admin"])
    async def product_type_update(self, info: Info, input: ProductTypeUpdateInput) -> ProductTypeSuccess:
        """Change what a kind of product allows."""
        definitions = [each.definition() for each in input.attributes]
        row = await info.context.upkeep.update_type(
            input.id, input.name, definitions, version=input.version, viewer=info.context.viewer
        )
        return ProductTypeSuccess(product_type=ProductType.of(row))

    @mutation(refuses=(VersionChanged, StillInUse, NotFound), requires_scopes=SCOPES, tags=["admin"])
    async def product_type_delete(self, info: Info, id: strawberry.ID, version: int) -> ProductTypeSuccess:
        """Take away a kind that no product is of."""
        row = await info.context.upkeep.delete_type(id, version=version, viewer=info.context.viewer)
        return ProductTypeSuccess(product_type=ProductType.of(row))

    @mutation(refuses=(NameTaken, NotFound, InvalidInput), requires_scopes=SCOPES, tags=["admin"])
    async def bundle_create(self, info: Info, input: BundleCreateInput) -> BundleSuccess:
        """Offer variants together; it is a DRAFT unless its status says otherwise."""
        row = await info.context.upkeep.create_bundle(input.draft(), viewer=info.context.viewer)
        return BundleSuccess(bundle=Bundle.of(row))

    @mutation(refuses=(VersionChanged, NameTaken, NotFound, InvalidInput), requires_scopes=SCOPES, tags=["admin"])
    async def bundle_update(self, info: Info, input: BundleUpdateInput) -> BundleSuccess:
        """Say anew what a bundle is."""
        row = await info.context.upkeep.update_bundle(
            input.id, input.draft(), version=input.version, viewer=info.context.viewer
        )
        return BundleSuccess(bundle=Bundle.of(row))

    @mutation(refuses=(VersionChanged, NotFound), requires_scopes=SCOPES, tags=["admin"])
    async def bundle_delete(self, info: Info, id: strawberry.ID, version: int) -> BundleSuccess:
        """Offer a bundle no more."""
        row = await info.context.upkeep.delete_bundle(id, version=version, viewer=info.context.viewer)
        return BundleSuccess(bundle=Bundle.of(row))


def _category(input: CategoryCreateInput | CategoryUpdateInput) -> CategoryDraft:
    return CategoryDraft(slug=input.slug, name=input.name, description=input.description, position=input.position)
