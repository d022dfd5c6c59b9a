"""What inventory asks of the catalogue: whose a SKU is that no event has named yet."""

from __future__ import annotations

from typing import Final

from chassis.peers import Peer

OWNERS: Final = "query($skus: [String!]!) { skuOwners(skus: $skus) { sku productId } }"


class Catalogue:
    """The products subgraph, as far as inventory needs it."""

    def __init__(self, products: Peer) -> None:
        self._products = products

    async def product_of(self, sku: str) -> str | None:
        """The product a SKU belongs to, drafts included. Raises PeerFailed when the catalogue does not answer."""
        owners = (await self._products.ask(OWNERS, {"skus": [sku]}))["skuOwners"]
        return str(owners[0]["productId"]) if owners else None
