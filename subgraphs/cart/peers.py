"""What cart asks of other subgraphs: what a SKU costs and how many there are, all SKUs in one call each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from chassis.money import Amount
from chassis.peers import Peer

from .model import Offer


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The products and inventory subgraphs, as cart sees them. Every call raises PeerFailed."""

    products: Peer
    inventory: Peer

    async def offers(self, skus: Collection[str]) -> dict[str, Offer]:
        """What is for sale, by SKU; what is not is missing."""
        found = await self.products.entities(
            "Variant", "sku", skus, "name basePrice { amount currency } product { id }"
        )
        return {
            sku: Offer(
                sku=sku,
                product_id=str(variant["product"]["id"]),
                price=Amount.from_reference(variant["basePrice"]),
            )
            for sku, variant in found.items()
        }

    async def available(self, skus: Collection[str]) -> dict[str, int]:
        """How many pieces could be bought now, by SKU; SKUs inventory does not know are missing."""
        found = await self.inventory.entities("Variant", "sku", skus, "availability { availableQuantity }")
        return {
            sku: int(variant["availability"]["availableQuantity"])
            for sku, variant in found.items()
            if variant["availability"] is not None
        }
