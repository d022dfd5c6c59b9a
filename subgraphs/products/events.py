"""What the catalogue announces, and its own view of what inventory announces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.events import Event
from subgraphs.products.model import Product, Variant


@dataclass(frozen=True)
class ProductCreated(Event):
    """A product came into being, with these SKUs; only one whose status is ACTIVE is for sale."""

    product_id: str
    slug: str
    category_id: str
    status: str
    skus: list[str]

    @property
    def aggregate_id(self) -> str:
        """The product's id."""
        return self.product_id


@dataclass(frozen=True)
class ProductUpdated(Event):
    """A product is now at `product_version`, with these SKUs and no others."""

    product_id: str
    slug: str
    category_id: str
    status: str
    skus: list[str]
    product_version: int

    @property
    def aggregate_id(self) -> str:
        """The product's id."""
        return self.product_id


def updated(product: Product, variants: Iterable[Variant]) -> ProductUpdated:
    """Announce a product as it is now, with the variants it ever had."""
    skus = [variant.sku for variant in variants if variant.deleted_at is None]
    return ProductUpdated(product.id, product.slug, product.category_id, product.status, skus, product.version)


@dataclass(frozen=True)
class ProductDeleted(Event):
    """A product and these SKUs are no longer for sale, for good."""

    product_id: str
    skus: list[str]

    @property
    def aggregate_id(self) -> str:
        """The product's id."""
        return self.product_id


@dataclass(frozen=True)
class CategoryChanged(Event):
    """A category is new, renamed, elsewhere in the tree or gone: `change` is CREATED, UPDATED, MOVED or DELETED."""

    category_id: str
    slug: str
    parent_id: str | None
    change: str

    @property
    def aggregate_id(self) -> str:
        """The category's id."""
        return self.category_id


@dataclass(frozen=True)
class ProductMoved:
    """The catalogue's own events say that something about a product changed, whatever it was."""

    product_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> ProductMoved:
        """Read ProductCreated, ProductUpdated or ProductDeleted, version 1."""
        return cls(product_id=str(payload["productId"]))


@dataclass(frozen=True)
class TreeMoved:
    """The catalogue's own events say that something about a category changed, whatever it was."""

    category_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> TreeMoved:
        """Read CategoryChanged, version 1."""
        return cls(category_id=str(payload["categoryId"]))


@dataclass(frozen=True)
class AvailabilityChanged:
    """Inventory says that a SKU went in, low or out of stock."""

    sku: str
    available: int

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> AvailabilityChanged:
        """Read inventory's event, version 1; fields this subgraph has no use for are left out."""
        return cls(sku=str(payload["sku"]), available=int(payload["available"]))
