"""What administrators may do to the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry
from strawberry.scalars import JSON

from chassis.errors import InvalidInput, NotFound
from chassis.money import Amount, MoneyInput
from chassis.refusals import mutation
from subgraphs.products import model
from subgraphs.products.errors import AttributeInvalid, ProductChanged, SkuTaken, SlugTaken
from subgraphs.products.loaders import SCOPES
from subgraphs.products.schema.context import Info
from subgraphs.products.schema.items import Product

AMOUNT_MAX = 10**10


@strawberry.input(description="The size of a parcel that holds one, in millimetres.")
class DimensionsInput:
    """Length, width and height."""

    length_mm: int
    width_mm: int
    height_mm: int


@strawberry.input(description="A variant as it shall be.")
class VariantInput:
    """A variant, known by its SKU."""

    sku: str
    name: str
    base_price: MoneyInput
    cost_price: MoneyInput | None = None
    attributes: JSON | None = None
    weight_grams: int | None = None
    dimensions: DimensionsInput | None = None

    def draft(self, position: int) -> model.VariantDraft:
        """The variant as the domain takes it."""
        field = ("input", "variants", str(position))
        size = self.dimensions
        return model.VariantDraft(
            sku=self.sku,
            name=self.name,
            base_price=_amount(self.base_price, (*field, "basePrice")),
            cost_price=None if self.cost_price is None else _amount(self.cost_price, (*field, "costPrice")),
            attributes=_attributes(self.attributes, (*field, "attributes")) or {},
            weight_grams=self.weight_grams,
            length_mm=size.length_mm if size else None,
            width_mm=size.width_mm if size else None,
            height_mm=size.height_mm if size else None,
        )


@strawberry.input(description="A new product with its variants.")
class ProductCreateInput:
    """Everything a product needs."""

    type_id: strawberry.ID
    category_id: strawberry.ID
    slug: str
    name: str
    variants: list[VariantInput]
    description: str = ""
    brand: str | None = None
    status: model.ProductStatus = model.ProductStatus.DRAFT
    attributes: JSON | None = None

    def draft(self) -> model.ProductDraft:
        """The product as the domain takes it."""
        return model.ProductDraft(
            type_id=self.type_id,
            category_id=self.category_id,
            slug=self.slug,
            name=self.name,
            description=self.description,
            brand=self.brand,
            status=self.status,
            attributes=_attributes(self.attributes, ("input", "attributes")) or {},
            variants=[variant.draft(position) for position, variant in enumerate(self.variants)],
        )


@strawberry.input(description="Changes to a product: what is left out stays. `version` is the one they were made on.")
class ProductUpdateInput:
    """What to change; a list of variants replaces the one there was, matched by SKU."""

    id: strawberry.ID
    version: int
    category_id: strawberry.ID | None = None
    slug: str | None = None
    name: str | None = None
    description: str | None = None
    brand: str | None = strawberry.field(default=None, description="An empty text for no brand.")
    status: model.ProductStatus | None = None
    attributes: JSON | None = None
    variants: list[VariantInput] | None = None

    def changes(self) -> model.ProductChanges:
        """The changes as the domain takes them."""
        variants = self.variants
        return model.ProductChanges(
            category_id=self.category_id,
            slug=self.slug,
            name=self.name,
            description=self.description,
            brand=self.brand,
            status=self.status,
            attributes=_attributes(self.attributes, ("input", "attributes")),
            variants=None if variants is None else [each.draft(position) for position, each in enumerate(variants)],
        )


def _amount(money: MoneyInput, field: tuple[str, ...]) -> Amount:
    # Bounded before it is converted: 1e999999 is a short text and a very long number.
    if not money.amount.is_finite() or abs(money.amount) > AMOUNT_MAX:
        raise InvalidInput(f"An amount lies between 0 and {AMOUNT_MAX}.", field=field)
    try:
        return money.to_amount()
    except ValueError as error:
        raise InvalidInput(f"{money.amount!s:.40} is not an amount of {money.currency.value}.", field=field) from error


def _attributes(value: object, field: tuple[str, ...]) -> Mapping[str, object] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise InvalidInput("Attributes are an object of names and values.", field=field)
    return {str(name): each for name, each in value.items()}


@strawberry.type(description="The product that came into being.")
class ProductCreateSuccess:
    """A created product."""

    product: Product


@strawberry.type(description="The product as it is now.")
class ProductUpdateSuccess:
    """A changed product."""

    product: Product


@strawberry.type(description="The product that is gone from the shelf.")
class ProductDeleteSuccess:
    """A deleted product."""

    product: Product


@strawberry.type
class Mutation:
    """What can be changed."""

    @mutation(
        refuses=(SlugTaken, SkuTaken, AttributeInvalid, NotFound, InvalidInput), requires_scopes=SCOPES, tags=["admin"]
    )
    async def product_create(self, info: Info, input: ProductCreateInput) -> ProductCreateSuccess:
        """Put a new product into the catalogue; it is a DRAFT unless its status says otherwise."""
        product = await info.context.catalogue.create(input.draft(), viewer=info.context.viewer)
        return ProductCreateSuccess(product=Product.of(product))

    @mutation(
        refuses=(ProductChanged, SlugTaken, SkuTaken, AttributeInvalid, NotFound, InvalidInput),
        requires_scopes=SCOPES,
        tags=["admin"],
    )
    async def product_update(self, info: Info, input: ProductUpdateInput) -> ProductUpdateSuccess:
        """Change a product that is still at the version named."""
        product = await info.context.catalogue.update(
            input.id, input.changes(), version=input.version, viewer=info.context.viewer
        )
        return ProductUpdateSuccess(product=Product.of(product))

    @mutation(refuses=(ProductChanged, NotFound), requires_scopes=SCOPES, tags=["admin"])
    async def product_delete(self, info: Info, id: strawberry.ID, version: int) -> ProductDeleteSuccess:
        """Take a product off the shelf for good; orders that hold it stay readable."""
        product = await info.context.catalogue.delete(id, version=version, viewer=info.context.viewer)
        return ProductDeleteSuccess(product=Product.of(product))
