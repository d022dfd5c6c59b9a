"""What users asks of other subgraphs: whether the catalogue has what somebody wishes for."""

from __future__ import annotations

from typing import Final

from chassis.peers import Peer

# Both in one call: whether the item is there, and whose the variant is.
WISHED: Final = """query($r: [_Any!]!) { _entities(representations: $r) {
  __typename ... on Variant { product { id } }
} }"""


class Catalogue:
    """The products subgraph, as far as wishes need it."""

    def __init__(self, products: Peer) -> None:
        self._products = products

    async def has(self, item_id: str, sku: str | None) -> tuple[bool, bool]:
        """Whether shoppers can see the item, and whether the SKU is one of its variants; no SKU always is.

        Raises PeerFailed when the catalogue does not answer.
        """
        asked = [{"__typename": "CatalogItem", "id": item_id}]
        if sku is not None:
            asked.append({"__typename": "Variant", "sku": sku})
        item, *variants = (await self._products.ask(WISHED, {"r": asked}))["_entities"]
        return item is not None, all(each is not None and each["product"]["id"] == item_id for each in variants)
