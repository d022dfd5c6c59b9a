"""Wishes: added, removed, and shared under a link."""

from __future__ import annotations

from chassis.clock import Clock
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound
from chassis.ids import new_id, secret
from chassis.quoting import quoted
from chassis.viewer import Viewer
from subgraphs.users import store
from subgraphs.users.errors import TooManyWishes
from subgraphs.users.model import WISHES_MAX, WishRow
from subgraphs.users.peers import Catalogue
from subgraphs.users.service import presence

REFERENCE_LENGTH_MAX = 100


class Wishlists:
    """The use-cases around wishes. Writing is for the viewer's own list only."""

    def __init__(self, database: Database, catalogue: Catalogue, clock: Clock) -> None:
        self.database = database
        self._catalogue = catalogue
        self._clock = clock

    async def add(self, item_id: str, sku: str | None, *, viewer: Viewer) -> str:
        """Wish for an item the catalogue shows, perhaps in one of its variants; twice changes nothing.

        Answers whose list. Raises NotFound, TooManyWishes, InvalidInput, or PeerFailed when the catalogue cannot be
        asked: a wish that was mistyped would show nothing for ever.
        """
        user_id = viewer.require_signed_in()
        for name, value in (("itemId", item_id), ("sku", sku)):
            if value is not None and not 1 <= len(value) <= REFERENCE_LENGTH_MAX:
                raise InvalidInput(f"Write 1 to {REFERENCE_LENGTH_MAX} characters.", field=(name,))
        # Before the transaction: no lock is held while another service is asked.
        has_item, has_variant = await self._catalogue.has(item_id, sku)
        if not has_item:
            raise NotFound(f"There is no item {quoted(item_id)}.", field=("itemId",))
        if not has_variant:
            raise NotFound(f"The item has no variant {quoted(sku or '')}.", field=("sku",))
        async with self.database.transaction() as session:
            await presence.lock(session, user_id)
            if await store.count_wishes(session, user_id) >= WISHES_MAX:
                raise TooManyWishes(
                    f"A wishlist holds {WISHES_MAX} wishes: remove one first.", field=("itemId",), limit=WISHES_MAX
                )
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

    async def unshare(self, *, viewer: Viewer) -> str:
        """Share the list no longer: its link shows nothing, and the next is another. Answers whose list."""
        user_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            await presence.lock(session, user_id)
            await store.delete_link(session, user_id)
        return user_id

    async def owner_of(self, token: str) -> str | None:
        """Whose list a link shows; None when it shows none."""
        async with self.database.reading() as session:
            return await store.owner_of_link(session, token)
