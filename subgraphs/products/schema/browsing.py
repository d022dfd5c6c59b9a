"""The questions one may ask of the catalogue."""

from __future__ import annotations

from decimal import Decimal

import strawberry
from strawberry.federation import field

from chassis.connection import Connection, Edge, Window, connection_of
from chassis.errors import InvalidInput
from chassis.money import Amount
from subgraphs.products import model
from subgraphs.products.schema.context import Info
from subgraphs.products.schema.items import Bundle, Category, Product, ProductType, Variant

TEXT_MAX = 200
IDS_MAX = 100
ATTRIBUTES_MAX = 20
VALUES_MAX = 50
PRICE_MAX = 10**10


strawberry.enum(
    model.Sort,
    name="ProductSort",
    description="In which order products come. A product's price is that of its cheapest variant.",
)


@strawberry.input(description="Products that have any of these values for an attribute.")
class AttributeFilter:
    """One attribute, on the product or on a variant of it."""

    name: str
    values: list[str]


@strawberry.input(description="Which products: all conditions together.")
class ProductFilter:
    """What narrows a list of products."""

    text: str | None = strawberry.field(default=None, description="Words, or beginnings of words; all must match.")
    category: str | None = strawberry.field(default=None, description="A category's slug; those below it count too.")
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    attributes: list[AttributeFilter] | None = None
    in_stock: bool | None = None
    ids: list[strawberry.ID] | None = None
    statuses: list[model.ProductStatus] | None = strawberry.field(
        default=None, description="For who keeps the catalogue; everybody else sees ACTIVE products."
    )

    def read(self, info: Info) -> model.Filter:
        """The filter as the store takes it; InvalidInput names what is wrong."""
        if self.statuses is not None:
            info.context.viewer.require_scope("products:write")
        if self.text is not None and len(self.text) > TEXT_MAX:
            raise _wrong(f"Search for at most {TEXT_MAX} characters.", "text")
        if self.ids is not None and len(self.ids) > IDS_MAX:
            raise _wrong(f"Ask for at most {IDS_MAX} ids.", "ids")
        attributes = self.attributes or []
        if len(attributes) > ATTRIBUTES_MAX or any(len(each.values) > VALUES_MAX for each in attributes):
            raise _wrong(f"Ask for at most {ATTRIBUTES_MAX} attributes of {VALUES_MAX} values.", "attributes")
        low, high = _minor(self.price_min, "priceMin"), _minor(self.price_max, "priceMax")
        if low is not None and high is not None and low > high:
            raise _wrong("The lowest price is above the highest.", "priceMin")
        return model.Filter(
            text=(self.text or "").strip() or None,
            category=self.category,
            price_min_minor=low,
            price_max_minor=high,
            attributes={each.name: tuple(each.values) for each in attributes},
            in_stock=self.in_stock,
            ids=self.ids,
            statuses=tuple(self.statuses or ()),
        )


def _minor(price: Decimal | None, argument: str) -> int | None:
    if price is None:
        return None
    # Bounded before it is converted: 1e999999 is a short text and a very long number.
    if not price.is_finite() or abs(price) > PRICE_MAX:
        raise _wrong(f"A price lies between 0 and {PRICE_MAX}.", argument)
    try:
        return Amount.of(price).minor
    except ValueError as error:
        raise _wrong(str(error), argument) from error


def _wrong(message: str, argument: str) -> InvalidInput:
    return InvalidInput(message, field=("filter", argument))


@strawberry.type
class ProductEdge(Edge[Product]):
    """A product in a list."""


@strawberry.type(description="A page of products.")
class ProductConnection(Connection[ProductEdge]):
    """A page, and how many there are in all for who asks."""

    filter: strawberry.Private[model.Filter]

    @strawberry.field(description="How many products match, on all pages; counted only when asked.")
    async def total_count(self, info: Info) -> int:
        return await info.context.catalogue.count(self.filter, viewer=info.context.viewer)


@strawberry.type
class BundleEdge(Edge[Bundle]):
    """A bundle in a list."""


@strawberry.type(description="A page of bundles.")
class BundleConnection(Connection[BundleEdge]):
    """A page of bundles."""


@strawberry.federation.type(inaccessible=True, description="Which product a SKU belongs to.")
class SkuOwner:
    """A SKU that is in use, on the shelf or not."""

    sku: str
    product_id: strawberry.ID


@strawberry.type
class Query:
    """What can be read."""

    @strawberry.field(description="Products on the shelf; the best match first with a text, else the newest.")
    async def products(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        filter: ProductFilter | None = None,
        sort: model.Sort | None = None,
    ) -> ProductConnection:
        window = Window.of(first, after, width=2)
        wanted = (filter or ProductFilter()).read(info)
        page = await info.context.catalogue.browse(window, filter=wanted, sort=sort, viewer=info.context.viewer)
        return connection_of(
            page,
            node=lambda found: Product.of(found.product),
            edge=ProductEdge,
            connection=ProductConnection,
            filter=wanted,
        )

    @strawberry.field(description="One product by its id or by its slug.")
    async def product(self, info: Info, id: strawberry.ID | None = None, slug: str | None = None) -> Product | None:
        if (id is None) == (slug is None):
            raise InvalidInput("Give either an id or a slug.", field=("id",))
        return await Product.resolve_reference(info, id=id, slug=slug)

    @strawberry.field
    async def variant(self, info: Info, sku: str) -> Variant | None:
        return await Variant.resolve_reference(info, sku=sku)

    @strawberry.field
    async def bundle(self, info: Info, id: strawberry.ID) -> Bundle | None:
        return await Bundle.resolve_reference(info, id=id)

    @strawberry.field(description="Bundles on the shelf, the newest first.")
    async def bundles(self, info: Info, first: int | None = None, after: str | None = None) -> BundleConnection:
        page = await info.context.catalogue.bundles(Window.of(first, after, width=2))
        return connection_of(page, node=Bundle.of, edge=BundleEdge, connection=BundleConnection)

    @strawberry.field(description="The top of the category tree, in the shop's order.")
    async def categories(self, info: Info) -> list[Category]:
        return [Category.of(row) for row in await info.context.catalogue.categories()]

    @strawberry.field
    async def category(self, info: Info, slug: str) -> Category | None:
        return await Category.resolve_reference(info, slug=slug)

    @strawberry.field(description="Every kind of product, with the attributes it allows.")
    async def product_types(self, info: Info) -> list[ProductType]:
        return [ProductType.of(row) for row in await info.context.catalogue.types()]

    @field(
        inaccessible=True, tags=["internal"], description="Whose these SKUs are, drafts too; unknown ones are left out."
    )
    async def sku_owners(self, info: Info, skus: list[str]) -> list[SkuOwner]:
        owners = await info.context.catalogue.sku_owners(skus, viewer=info.context.viewer)
        return [SkuOwner(sku=sku, product_id=strawberry.ID(product_id)) for sku, product_id in sorted(owners.items())]
