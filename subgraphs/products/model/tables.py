"""The tables of the catalogue, with the transitions a product may make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import BigInteger, DateTime, FetchedValue, ForeignKey, Integer, String, Text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.connection import Key
from chassis.errors import InvalidInput
from chassis.ids import new_id
from chassis.money import Amount
from chassis.quoting import quoted
from subgraphs.products.errors import AttributeInvalid, ProductChanged
from subgraphs.products.model.attributes import AttributeDefinition, AttributeKind, facets_of
from subgraphs.products.model.drafts import ProductChanges, ProductDraft, ProductStatus, VariantDraft

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_MAX = 120
SKU = re.compile(r"(?=.{1,64}$)[A-Z0-9]+(-[A-Z0-9]+)*")
NAME_MAX = 200
DESCRIPTION_MAX = 20_000
VARIANTS_MAX = 100
PRICE_MINOR_MAX = 10**12
# Grams or millimetres: a tonne, a kilometre.
SIZE_MAX = 1_000_000


class Base(DeclarativeBase):
    """The tables of the products database."""

    type_annotation_map = {datetime: DateTime(timezone=True), dict[str, Any]: JSONB}  # noqa: RUF012 - SQLAlchemy's own name


class Category(Base):
    """A node of the category tree."""

    __tablename__ = "categories"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("categories.id"))
    position: Mapped[int]
    version: Mapped[int]
    deleted_at: Mapped[datetime | None]


class ProductType(Base):
    """A kind of product, and which attributes its products and their variants carry."""

    __tablename__ = "product_types"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str]
    definitions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    version: Mapped[int]
    deleted_at: Mapped[datetime | None]

    @property
    def attributes(self) -> tuple[AttributeDefinition, ...]:
        """The definitions as values."""
        return tuple(
            AttributeDefinition(
                name=each["name"],
                kind=AttributeKind(each["kind"]),
                required=each.get("required", False),
                of_variant=each.get("ofVariant", False),
                choices=tuple(each.get("choices", ())),
                unit=each.get("unit"),
            )
            for each in self.definitions
        )

    def define(self, name: str, definitions: Iterable[AttributeDefinition]) -> None:
        """Be called so, and allow these attributes."""
        self.name = name.strip()
        self.definitions = [each.plain() for each in definitions]

    def check(self, attributes: Mapping[str, object], *, of_variant: bool, field: tuple[str, ...]) -> None:
        """Refuse attributes that this type does not define, lacks or defines otherwise.

        Raises AttributeInvalid that names the attribute and the input field.
        """
        defined = {each.name: each for each in self.attributes if each.of_variant == of_variant}
        for name, value in attributes.items():
            if name not in defined:
                allowed = ", ".join(defined) or "none"
                raise AttributeInvalid(name, f"is not an attribute of {self.name}; allowed: {allowed}", field=field)
            if problem := defined[name].problem_with(value):
                raise AttributeInvalid(name, problem, field=field)
        for definition in defined.values():
            if definition.required and definition.name not in attributes:
                raise AttributeInvalid(definition.name, f"is required for {self.name}", field=field)


class Product(Base):
    """A product on the shelf, in preparation, or taken off it. Its price is that of its cheapest variant."""

    __tablename__ = "products"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    brand: Mapped[str | None]
    category_id: Mapped[str] = mapped_column(ForeignKey("categories.id"))
    type_id: Mapped[str] = mapped_column(ForeignKey("product_types.id"))
    status: Mapped[str] = mapped_column(String(16))
    attributes: Mapped[dict[str, Any]]
    # Every value a product or one of its variants has, as texts by attribute: what filters match, in one GIN index.
    facets: Mapped[dict[str, Any]]
    keywords: Mapped[str]
    price_min_minor: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    # When it was first on the shelf; what never was is a secret.
    published_at: Mapped[datetime | None]
    # Computed by the database from name, brand, keywords and description (see the migration); never written here.
    search: Mapped[str | None] = mapped_column(TSVECTOR, FetchedValue(), deferred=True)

    def expect(self, version: int) -> None:
        """Refuse a change that was made on top of another version than this one."""
        if self.version != version:
            raise ProductChanged(expected=version, current=self.version)

    @property
    def stands(self) -> ProductStatus:
        """Its status, as people see it."""
        return ProductStatus.DELETED if self.deleted_at is not None else ProductStatus(self.status)

    def put(self, status: ProductStatus, *, now: datetime) -> None:
        """Make it a draft, put it on the shelf, or take it off."""
        if status is ProductStatus.DELETED:
            raise InvalidInput("Delete a product with productDelete.", field=("input", "status"))
        if status is ProductStatus.DRAFT and self.published_at is not None:
            raise InvalidInput(
                "The product was on the shelf, where people have seen it: archive it instead.",
                field=("input", "status"),
            )
        self.status = status.value
        if status is ProductStatus.ACTIVE and self.published_at is None:
            self.published_at = now

    @classmethod
    def make(cls, draft: ProductDraft, *, kind: ProductType, now: datetime) -> tuple[Self, list[Variant]]:
        """A new product at version 1 with its variants, checked against its type."""
        product = cls(
            id=new_id(),
            type_id=draft.type_id,
            category_id=draft.category_id,
            slug=draft.slug,
            name=draft.name.strip(),
            description=draft.description.strip(),
            brand=draft.brand or None,
            attributes=dict(draft.attributes),
            version=1,
            created_at=now,
            updated_at=now,
            published_at=None,
        )
        product.put(draft.status, now=now)
        variants = _reconcile(product.id, [], draft.variants, kind=kind, now=now)
        product.take_in(variants, kind=kind)
        return product, variants

    def change(
        self, changes: ProductChanges, *, variants: Sequence[Variant], kind: ProductType, now: datetime
    ) -> list[Variant]:
        """Apply the changes as the next version and answer the variants that are new.

        `variants` are all the product ever had: one whose SKU is not in the new list is taken out, and comes back
        when its SKU does.
        """
        self.category_id = self.category_id if changes.category_id is None else changes.category_id
        self.slug = self.slug if changes.slug is None else changes.slug
        self.name = self.name if changes.name is None else changes.name.strip()
        self.description = self.description if changes.description is None else changes.description.strip()
        self.brand = self.brand if changes.brand is None else (changes.brand or None)
        if changes.status is not None:
            self.put(changes.status, now=now)
        self.attributes = self.attributes if changes.attributes is None else dict(changes.attributes)
        added: list[Variant] = []
        if changes.variants is not None:
            added = _reconcile(self.id, variants, changes.variants, kind=kind, now=now)
        self.take_in([*variants, *added], kind=kind)
        self.version += 1
        self.updated_at = now
        return added

    def take_in(self, variants: Iterable[Variant], *, kind: ProductType) -> None:
        """Check the product, and derive what is kept beside its variants for filters and sorting."""
        if not SLUG.fullmatch(self.slug) or len(self.slug) > SLUG_MAX:
            raise InvalidInput(
                f"A slug has up to {SLUG_MAX} lower-case letters and digits, in words joined by hyphens.",
                field=("input", "slug"),
            )
        if not 1 <= len(self.name) <= NAME_MAX:
            raise InvalidInput(f"A name has between 1 and {NAME_MAX} characters.", field=("input", "name"))
        if len(self.description) > DESCRIPTION_MAX:
            raise InvalidInput(
                f"A description has at most {DESCRIPTION_MAX} characters.", field=("input", "description")
            )
        kind.check(self.attributes, of_variant=False, field=("input", "attributes"))
        live = [variant for variant in variants if variant.deleted_at is None]
        self.price_min_minor = min(variant.price_minor for variant in live)
        self.facets = facets_of([self.attributes, *(variant.attributes for variant in live)])
        self.keywords = " ".join(variant.sku for variant in live)

    def remove(self, *, now: datetime) -> None:
        """Take the product off the shelf for good. The row stays, so old orders stay readable."""
        self.deleted_at = now
        self.updated_at = now
        self.version += 1


class Variant(Base):
    """One thing with a SKU that goes into a cart. Lengths in millimetres, weight in grams, money in minor units."""

    __tablename__ = "variants"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    sku: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]
    price_minor: Mapped[int] = mapped_column(BigInteger)
    cost_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    attributes: Mapped[dict[str, Any]]
    weight_grams: Mapped[int | None]
    length_mm: Mapped[int | None]
    width_mm: Mapped[int | None]
    height_mm: Mapped[int | None]
    # The last figure that inventory announced; filters by stock use it, and nothing is sold by it.
    stock_announced: Mapped[int] = mapped_column(Integer)
    deleted_at: Mapped[datetime | None]

    @property
    def base_price(self) -> Amount:
        """What the variant costs before any rule of pricing."""
        return Amount(self.price_minor, self.currency)

    @property
    def cost_price(self) -> Amount | None:
        """What the shop paid for it."""
        return None if self.cost_minor is None else Amount(self.cost_minor, self.currency)

    def take(self, draft: VariantDraft, *, position: int) -> None:
        """Become what the draft says, on the shelf again if it was taken out."""
        self.name = draft.name.strip()
        self.position = position
        self.price_minor, self.currency = draft.base_price.minor, draft.base_price.currency
        self.cost_minor = None if draft.cost_price is None else draft.cost_price.minor
        self.attributes = dict(draft.attributes)
        self.weight_grams = draft.weight_grams
        self.length_mm, self.width_mm, self.height_mm = draft.length_mm, draft.width_mm, draft.height_mm
        self.deleted_at = None


class Bundle(Base):
    """Variants sold as one item of the catalogue."""

    __tablename__ = "bundles"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    version: Mapped[int]
    deleted_at: Mapped[datetime | None]


class BundleItem(Base):
    """So many of one variant inside a bundle."""

    __tablename__ = "bundle_items"

    bundle_id: Mapped[str] = mapped_column(ForeignKey("bundles.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(Text, primary_key=True)
    quantity: Mapped[int]
    position: Mapped[int]


@dataclass(frozen=True, slots=True)
class Found:
    """A product in a list, and the keyset it stands at."""

    product: Product
    key: Key


def _reconcile(
    product_id: str, existing: Sequence[Variant], drafts: Sequence[VariantDraft], *, kind: ProductType, now: datetime
) -> list[Variant]:
    """Make the variants be what the drafts say, in their order; answer those that are new."""
    if not 1 <= len(drafts) <= VARIANTS_MAX:
        raise InvalidInput(f"A product has between 1 and {VARIANTS_MAX} variants.", field=("input", "variants"))
    if len({draft.base_price.currency for draft in drafts}) > 1:
        raise InvalidInput("All variants are priced in one currency.", field=("input", "variants"))
    by_sku = {variant.sku: variant for variant in existing}
    wanted: set[str] = set()
    added: list[Variant] = []
    for position, draft in enumerate(drafts):
        field = ("input", "variants", str(position))
        _check(draft, kind=kind, field=field)
        if draft.sku in wanted:
            raise InvalidInput(f"The SKU {quoted(draft.sku)} stands twice in the list.", field=(*field, "sku"))
        wanted.add(draft.sku)
        variant = by_sku.get(draft.sku)
        if variant is None:
            variant = Variant(id=new_id(), product_id=product_id, sku=draft.sku, stock_announced=0)
            added.append(variant)
        variant.take(draft, position=position)
    for variant in existing:
        if variant.sku not in wanted and variant.deleted_at is None:
            variant.deleted_at = now
    return added


def _check(draft: VariantDraft, *, kind: ProductType, field: tuple[str, ...]) -> None:
    if not SKU.fullmatch(draft.sku):
        raise InvalidInput(
            "A SKU has up to 64 capital letters and digits, in groups joined by hyphens.", field=(*field, "sku")
        )
    if not 1 <= len(draft.name.strip()) <= NAME_MAX:
        raise InvalidInput(f"A name has between 1 and {NAME_MAX} characters.", field=(*field, "name"))
    if not 0 <= draft.base_price.minor <= PRICE_MINOR_MAX:
        raise InvalidInput("A price is not negative, and not that high.", field=(*field, "basePrice"))
    cost = draft.cost_price
    if cost is not None and (cost.currency != draft.base_price.currency or not 0 <= cost.minor <= PRICE_MINOR_MAX):
        raise InvalidInput("A cost is not negative and in the price's currency.", field=(*field, "costPrice"))
    sizes = {
        "weightGrams": draft.weight_grams,
        "lengthMm": draft.length_mm,
        "widthMm": draft.width_mm,
        "heightMm": draft.height_mm,
    }
    for name, size in sizes.items():
        if size is not None and not 0 < size <= SIZE_MAX:
            raise InvalidInput(
                f"A size is between 1 and {SIZE_MAX}; leave it out where there is none.", field=(*field, name)
            )
    kind.check(draft.attributes, of_variant=True, field=(*field, "attributes"))
