"""What inventory announces, and its own view of what the catalogue and orders announce."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from chassis.events import Event
from subgraphs.inventory.model import Availability, Change, Item, availability_of


@dataclass(frozen=True)
class AvailabilityChanged(Event):
    """A SKU went from one of in, low and out of stock to another."""

    sku: str
    product_id: str
    status: str
    available: int

    @property
    def aggregate_id(self) -> str:
        """The SKU."""
        return self.sku


@dataclass(frozen=True)
class StockLow(Event):
    """A SKU sank to its threshold or below; announced at the crossing only, not while it sinks further."""

    sku: str
    product_id: str
    available: int
    threshold: int

    @property
    def aggregate_id(self) -> str:
        """The SKU."""
        return self.sku


@dataclass(frozen=True)
class BackInStock(Event):
    """A SKU that could not be had can be had again."""

    sku: str
    product_id: str
    available: int

    @property
    def aggregate_id(self) -> str:
        """The SKU."""
        return self.sku


@dataclass(frozen=True)
class ProductListed:
    """The catalogue says which SKUs a product has, and whether it is for sale (ProductCreated, ProductUpdated, v1)."""

    product_id: str
    skus: tuple[str, ...]
    for_sale: bool

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the catalogue's event; fields this subgraph has no use for are left out."""
        return cls(
            product_id=str(payload["productId"]),
            skus=tuple(map(str, payload["skus"])),
            for_sale=payload["status"] == "ACTIVE",
        )


@dataclass(frozen=True)
class ProductDeleted:
    """The catalogue says that a product is no longer for sale."""

    product_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the catalogue's event, version 1."""
        return cls(product_id=str(payload["productId"]))


@dataclass(frozen=True)
class OrderShipped:
    """Orders say that a parcel left: pieces by SKU."""

    order_id: str
    shipment_id: str
    pieces: Mapping[str, int]

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read orders' event, version 1."""
        pieces: Counter[str] = Counter()
        for line in payload["lines"]:
            pieces[str(line["sku"])] += int(line["quantity"])
        return cls(order_id=str(payload["orderId"]), shipment_id=str(payload["shipmentId"]), pieces=pieces)


@dataclass(frozen=True)
class OrderReturned:
    """Orders say that pieces came back: those that can be sold again, by SKU."""

    order_id: str
    return_id: str
    restocked: Mapping[str, int]

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read orders' event, version 1; what cannot be sold again is left out."""
        restocked: Counter[str] = Counter()
        for line in payload["lines"]:
            if line["restock"]:
                restocked[str(line["sku"])] += int(line["quantity"])
        return cls(order_id=str(payload["orderId"]), return_id=str(payload["returnId"]), restocked=restocked)


def crossings(item: Item, change: Change) -> list[Event]:
    """What there is to announce once `change` has led to `item`: nothing unless it crossed a line."""
    return crossed(item, availability_of(item.available - change.available, item.low_stock_threshold))


def crossed(item: Item, was: Availability) -> list[Event]:
    """What there is to announce of an item that stood otherwise before, whether it or its threshold moved."""
    now = item.availability
    if was is now:
        return []
    events: list[Event] = [AvailabilityChanged(item.sku, item.product_id, now.value, item.available)]
    if was is Availability.IN_STOCK:
        events.append(StockLow(item.sku, item.product_id, item.available, item.low_stock_threshold))
    if was is Availability.OUT_OF_STOCK:
        events.append(BackInStock(item.sku, item.product_id, item.available))
    return events
