"""The types of the catalogue: products and bundles, which are its items, variants, categories and product types."""

from __future__ import annotations

import asyncio
from datetime import datetime

import strawberry
from strawberry.federation import field
from strawberry.scalars import JSON

from chassis.money import Amount, Money
from subgraphs.products import model
from subgraphs.products.schema.context import Info

strawberry.enum(
    model.ProductStatus,
    description="Whether a product is on the shelf: only ACTIVE ones are. DELETED is for good, and never an input.",
)
strawberry.enum(model.AttributeKind, description="What values an attribute takes.")


@strawberry.federation.interface(
    keys=["id"], description="Anything the catalogue lists: a product, or a bundle of several."
)
class CatalogItem:
    """An entity interface: other subgraphs add to all items at once by its id."""

    id: strawberry.ID
    slug: str
    name: str
    description: str

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> CatalogItem | None:
        product, bundle = await asyncio.gather(
            info.context.loaders.product.load(id), info.context.loaders.bundle.load(id)
        )
        if product is not None:
            return Product.of(product)
        return None if bundle is None else Bundle.of(bundle)


@strawberry.federation.type(keys=["id", "slug"], description="A node of the category tree.")
class Category:
    """A category and where it stands in the tree."""

    id: strawberry.ID
    slug: str
    name: str
    description: str
    version: int = field(tags=["admin"], description="Counts changes; a change must name the version it was made on.")
    parent_id: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: model.Category) -> Category:
        """Show a category."""
        return cls(
            id=strawberry.ID(row.id),
            slug=row.slug,
            name=row.name,
            description=row.description,
            version=row.version,
            parent_id=row.parent_id,
        )

    @strawberry.field
    async def parent(self, info: Info) -> Category | None:
        if self.parent_id is None:
            return None
        row = await info.context.loaders.category.load(self.parent_id)
        return None if row is None else Category.of(row)

    @strawberry.field
    async def children(self, info: Info) -> list[Category]:
        return [Category.of(row) for row in await info.context.loaders.children_of_category.load(self.id)]

    @classmethod
    async def resolve_reference(cls, info: Info, id: str | None = None, slug: str | None = None) -> Category | None:
        loaders = info.context.loaders
        row = await (loaders.category.load(id) if id is not None else loaders.category_by_slug.load(slug or ""))
        return None if row is None else cls.of(row)


@strawberry.type(description="An attribute that products of a type, or each of their variants, may carry.")
class AttributeDefinition:
    """One rule for attributes."""

    name: str
    kind: model.AttributeKind
    required: bool
    of_variant: bool
    choices: list[str]
    unit: str | None


@strawberry.type(description="A kind of product, with the attributes its products and variants carry.")
class ProductType:
    """A product type."""

    id: strawberry.ID
    name: str
    version: int = field(tags=["admin"], description="Counts changes; a change must name the version it was made on.")
    attributes: list[AttributeDefinition]

    @classmethod
    def of(cls, row: model.ProductType) -> ProductType:
        """Show a product type."""
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            version=row.version,
            attributes=[
                AttributeDefinition(
                    name=each.name,
                    kind=each.kind,
                    required=each.required,
                    of_variant=each.of_variant,
                    choices=list(each.choices),
                    unit=each.unit,
                )
                for each in row.attributes
            ],
        )


@strawberry.type(description="A picture in one size, as WebP.")
class ImageVariant:
    """A file."""

    url: str
    width: int
    height: int
    bytes: int = strawberry.field(description="How large the file is.")


@strawberry.type(description="A picture of a product. Its address never shows anything else.")
class Image:
    """A picture in its largest size, and in all of them."""

    id: strawberry.ID
    url: str = strawberry.field(description="The largest size.")
    alt: str = strawberry.field(description="What it shows, in words.")
    width: int
    height: int
    variants: list[ImageVariant] = strawberry.field(description="Every size, the smallest first.")

    @classmethod
    def of(cls, row: model.Image, info: Info) -> Image:
        """Show a picture."""
        variants = [
            ImageVariant(
                url=info.context.pictures.url(row.id, size["width"]),
                width=size["width"],
                height=size["height"],
                bytes=size["bytes"],
            )
            for size in row.sizes
        ]
        return cls(
            id=strawberry.ID(row.id),
            url=variants[-1].url,
            alt=row.alt_text,
            width=row.width,
            height=row.height,
            variants=variants,
        )


@strawberry.federation.type(keys=["id", "slug"], description="A product, in one or more variants.")
class Product(CatalogItem):
    """A product as its viewer may see it."""

    brand: str | None
    status: model.ProductStatus
    is_available: bool = strawberry.field(
        description="Whether it is offered at all; not so once it is archived or deleted, when only its buyers read it."
    )
    version: int = strawberry.field(description="Counts changes; a change must name the version it was made on.")
    attributes: JSON
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = field(tags=["admin"], description="When it was taken off the shelf for good.")
    category_id: strawberry.Private[str]
    type_id: strawberry.Private[str]

    @classmethod
    def of(cls, row: model.Product) -> Product:
        """Show a product."""
        return cls(
            id=strawberry.ID(row.id),
            slug=row.slug,
            name=row.name,
            description=row.description,
            brand=row.brand,
            status=row.stands,
            is_available=row.stands is model.ProductStatus.ACTIVE,
            version=row.version,
            attributes=JSON(row.attributes),
            created_at=row.created_at,
            updated_at=row.updated_at,
            deleted_at=row.deleted_at,
            category_id=row.category_id,
            type_id=row.type_id,
        )

    @strawberry.field
    async def category(self, info: Info) -> Category:
        row = await info.context.loaders.category.load(self.category_id)
        assert row is not None, "a foreign key says it is there"
        return Category.of(row)

    @strawberry.field(name="type")
    async def kind(self, info: Info) -> ProductType:
        row = await info.context.loaders.type.load(self.type_id)
        assert row is not None, "a foreign key says it is there"
        return ProductType.of(row)

    @strawberry.field(description="What can be put into a cart, in the shop's order.")
    async def variants(self, info: Info) -> list[Variant]:
        return [Variant.of(row) for row in await info.context.loaders.variants_of_product.load(self.id)]

    @strawberry.field(description="Pictures, in the shop's order.")
    async def images(self, info: Info) -> list[Image]:
        return [Image.of(row, info) for row in await info.context.loaders.images_of_product.load(self.id)]

    # Inventory overrides this field: through the router it answers, with the figure of this moment. Here it is the sum
    # of the figures inventory last announced.
    @strawberry.field
    async def stock_quantity(self, info: Info) -> int:
        rows = await info.context.loaders.variants_of_product.load(self.id)
        return sum(row.stock_announced for row in rows)

    @classmethod
    async def resolve_reference(cls, info: Info, id: str | None = None, slug: str | None = None) -> Product | None:
        loaders = info.context.loaders
        row = await (loaders.product.load(id) if id is not None else loaders.product_by_slug.load(slug or ""))
        return None if row is None else cls.of(row)


@strawberry.type(description="The size of a parcel that holds one, in millimetres.")
class Dimensions:
    """Length, width and height."""

    length_mm: int
    width_mm: int
    height_mm: int


@strawberry.federation.type(keys=["id", "sku"], description="One thing with a SKU that can be put into a cart.")
class Variant:
    """A variant as its viewer may see it."""

    id: strawberry.ID
    sku: str
    name: str
    base_price: Money = strawberry.field(description="The price before any rule of pricing.")
    attributes: JSON
    weight_grams: int | None = strawberry.field(description="Null for what is not shipped.")
    dimensions: Dimensions | None
    # What pricing needs to keep its margin. It asks on the shopper's behalf, so this cannot check the viewer: the
    # composed schema does not have the field.
    cost_price: Money | None = field(inaccessible=True)
    product_id: strawberry.Private[str]
    taken_out: strawberry.Private[bool]

    @classmethod
    def of(cls, row: model.Variant) -> Variant:
        """Show a variant."""
        sizes = (row.length_mm, row.width_mm, row.height_mm)
        length, width, height = sizes
        dimensions = None
        if length is not None and width is not None and height is not None:
            dimensions = Dimensions(length_mm=length, width_mm=width, height_mm=height)
        return cls(
            id=strawberry.ID(row.id),
            sku=row.sku,
            name=row.name,
            base_price=Money.of(row.base_price),
            attributes=JSON(row.attributes),
            weight_grams=row.weight_grams,
            dimensions=dimensions,
            cost_price=None if row.cost_price is None else Money.of(row.cost_price),
            product_id=row.product_id,
            taken_out=row.deleted_at is not None,
        )

    @strawberry.field(description="Whether it is offered at all; how many there are is another matter.")
    async def is_available(self, info: Info) -> bool:
        row = await info.context.loaders.product.load(self.product_id)
        return not self.taken_out and row is not None and row.stands is model.ProductStatus.ACTIVE

    @strawberry.field
    async def product(self, info: Info) -> Product:
        row = await info.context.loaders.product.load(self.product_id)
        assert row is not None, "who sees a variant sees its product"
        return Product.of(row)

    @classmethod
    async def resolve_reference(cls, info: Info, id: str | None = None, sku: str | None = None) -> Variant | None:
        loaders = info.context.loaders
        row = await (loaders.variant.load(id) if id is not None else loaders.variant_by_sku.load(sku or ""))
        return None if row is None else cls.of(row)


@strawberry.type(description="So many of one variant inside a bundle.")
class BundleItem:
    """A line of a bundle."""

    sku: str
    quantity: int

    @strawberry.field(description="Null once the variant is no longer for sale.")
    async def variant(self, info: Info) -> Variant | None:
        row = await info.context.loaders.variant_on_shelf.load(self.sku)
        return None if row is None else Variant.of(row)


@strawberry.federation.type(keys=["id"], description="Variants that are offered together as one item.")
class Bundle(CatalogItem):
    """A bundle as its viewer may see it."""

    version: int = field(tags=["admin"], description="Counts changes; a change must name the version it was made on.")

    @classmethod
    def of(cls, row: model.Bundle) -> Bundle:
        """Show a bundle."""
        return cls(
            id=strawberry.ID(row.id),
            slug=row.slug,
            name=row.name,
            description=row.description,
            version=row.version,
        )

    @strawberry.field
    async def items(self, info: Info) -> list[BundleItem]:
        rows = await info.context.loaders.items_of_bundle.load(self.id)
        return [BundleItem(sku=row.sku, quantity=row.quantity) for row in rows]

    @strawberry.field(description="The sum of its parts; null while one of them is not for sale.")
    async def base_price(self, info: Info) -> Money | None:
        items = await info.context.loaders.items_of_bundle.load(self.id)
        variants = await info.context.loaders.variant_on_shelf.load_many([item.sku for item in items])
        priced = [variant.base_price * item.quantity for variant, item in zip(variants, items, strict=True) if variant]
        return Money.of(Amount.sum(priced)) if items and len(priced) == len(items) else None

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> Bundle | None:
        row = await info.context.loaders.bundle.load(id)
        return None if row is None else cls.of(row)
