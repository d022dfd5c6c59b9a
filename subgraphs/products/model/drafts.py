"""What people ask of the catalogue, as values: drafts, changes, filters and orders of lists."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chassis.money import Amount


class ProductStatus(enum.Enum):
    """Whether customers see a product. Only ACTIVE ones are on the shelf; DELETED is for good, and never chosen.

    A DRAFT was never on the shelf and is nobody's business. ARCHIVED and DELETED ones that were are not found there any
    more, but who holds their id, as an order does, still reads what they are.
    """

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    DELETED = "DELETED"


class Sight(enum.Enum):
    """Which products somebody finds by key."""

    SHELF = "SHELF"  # those that can be bought now: other subgraphs
    KNOWN = "KNOWN"  # those that could once be bought: everybody
    ALL = "ALL"  # drafts too: who keeps the catalogue


@dataclass(frozen=True, kw_only=True)
class VariantDraft:
    """A variant as an administrator writes it."""

    sku: str
    name: str
    base_price: Amount
    cost_price: Amount | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    weight_grams: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


@dataclass(frozen=True, kw_only=True)
class ProductDraft:
    """A product as an administrator writes it."""

    type_id: str
    category_id: str
    slug: str
    name: str
    description: str
    brand: str | None
    status: ProductStatus
    attributes: Mapping[str, object]
    variants: Sequence[VariantDraft]


@dataclass(frozen=True, kw_only=True)
class ProductChanges:
    """What an administrator changes: None leaves as it is, an empty brand is none, variants replace the list."""

    category_id: str | None = None
    slug: str | None = None
    name: str | None = None
    description: str | None = None
    brand: str | None = None
    status: ProductStatus | None = None
    attributes: Mapping[str, object] | None = None
    variants: Sequence[VariantDraft] | None = None


class Sort(enum.Enum):
    """In which order a list comes. A product's price is that of its cheapest variant."""

    RELEVANCE = "RELEVANCE"
    NEWEST = "NEWEST"
    PRICE_LOW = "PRICE_LOW"
    PRICE_HIGH = "PRICE_HIGH"
    NAME = "NAME"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which products a list holds: all conditions together, any value of an attribute. Prices in minor units."""

    text: str | None = None
    category: str | None = None
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    attributes: Mapping[str, Sequence[object]] = field(default_factory=dict)
    in_stock: bool | None = None
    ids: Sequence[str] | None = None
    statuses: Sequence[ProductStatus] = ()
