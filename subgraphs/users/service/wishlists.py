"""Wishes: added, removed, and shared under a link."""

from __future__ import annotations

from chassis.clock import Clock
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound
from chassis.ids import new_id, secret
from chassis.viewer import Viewer
from subgraphs.users import store
from subgraphs.users.errors import TooMany
from subgraphs.users.model import WISHES_MAX, WishRow
from subgraphs.users.service import presence

REFERENCE_LENGTH_MAX = 100


class Wishlists:
    """The use-cases around wishes. Writing is for the viewer's own list only."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self._clock = clock

    async def add(self, item_id: str, sku: str | None, *, viewer: Viewer) -> str:
        """Wish for an item; twice changes nothing. Answers whose list. Raises TooMany or InvalidInput."""
        user_id = viewer.require_signed_in()
        for name, value in (("itemId", item_id), ("sku", sku)):
            if value is not None and not 1 <= len(value) <= REFERENCE_LENGTH_MAX:
                raise InvalidInput(f"Write 1 to {REFERENCE_LENGTH_MAX} characters.", field=(name,))
        async with self.database.transaction() as session:
            await presence.lock(session, user_id)
            if await store.count_wishes(session, user_id) >= WISHES_MAX:
                raise TooMany(f"A wishlist holds {WISHES_MAX} wishes: remove one first.", field=("itemId",))
            wish = WishRow(id=new_id(), user_id=user_id, item_id=item_id, sku=sku or "", added_at=self._clock())
            await store.insert_wish(session, wish)
        return user_id

    async def remove(self, wish_id: str, *, viewer: Viewer) -> str:
        """Take a wish back; answers whose list. Raises NotFound."""
        user_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            if not await store.delete_wish(session, user_id, wish_id):
                raise NotFound("There is no such wish.", field=("id",))
        return user_id

    async def share(self, *, viewer: Viewer) -> str:
        """The token under which anybody may see the list; the same every time. Answers whose list."""
        user_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            await presence.lock(session, user_id)
            await store.insert_link(session, user_id, secret(), self._clock())
        return user_id

    async def owner_of(self, token: str) -> str | None:
        """Whose list a link shows; None when it shows none."""
        async with self.database.reading() as session:
            return await store.owner_of_link(session, token)
