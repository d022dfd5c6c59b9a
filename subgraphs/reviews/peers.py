"""What reviews asks of other subgraphs: whether an item is for sale, and what a person is called."""

from __future__ import annotations

from chassis.errors import Unavailable
from chassis.peers import Peer


class Items:
    """The catalogue, as far as reviews needs it."""

    def __init__(self, products: Peer) -> None:
        self._products = products

    async def has(self, item_id: str) -> bool:
        """Whether shoppers can see the item. Raises PeerFailed when the catalogue does not answer."""
        return item_id in await self._products.entities("CatalogItem", "id", [item_id], "__typename")


class People:
    """The users, as far as reviews needs them."""

    def __init__(self, users: Peer) -> None:
        self._users = users

    async def display_name(self, user_id: str) -> str:
        """The name others see. Raises PeerFailed, or Unavailable when users does not know its own token's person."""
        found = await self._users.entities("User", "id", [user_id], "displayName")
        if user_id not in found:
            raise Unavailable("Your account could not be read; try again.", service="users")
        return str(found[user_id]["displayName"])
