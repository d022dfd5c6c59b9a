"""Many keys, one query: what a request loads from reviews, as its viewer may see it. New for every request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.connection import Window
from chassis.database import Database
from chassis.loaders import loader
from chassis.viewer import Viewer
from subgraphs.reviews import store
from subgraphs.reviews.model import Review, Sort, Vote

MODERATE = "reviews:moderate"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page of the reviews of one item or person. Those that differ in the owner alone are read together."""

    owner_id: str
    window: Window
    sort: Sort = Sort.NEWEST


class Loaders:
    """One DataLoader per relation."""

    def __init__(self, database: Database, viewer: Viewer) -> None:
        reader_id, moderator = viewer.user_id, MODERATE in viewer.scopes

        def read(
            query: Callable[[AsyncSession, list[str]], Awaitable[Mapping[str, Value]]],
        ) -> Callable[[list[str]], Awaitable[Mapping[str, Value]]]:
            async def by_keys(keys: list[str]) -> Mapping[str, Value]:
                async with database.reading() as session:
                    return await query(session, keys)

            return by_keys

        def read_pages(
            query: Callable[[AsyncSession, list[str], Window, Sort], Awaitable[Mapping[str, list[Review]]]],
        ) -> Callable[[list[PageOf]], Awaitable[Mapping[PageOf, list[Review]]]]:
            async def by_pages(pages: list[PageOf]) -> Mapping[PageOf, list[Review]]:
                alike: dict[tuple[Window, Sort], list[PageOf]] = {}
                for page in pages:
                    alike.setdefault((page.window, page.sort), []).append(page)
                found: dict[PageOf, list[Review]] = {}
                async with database.reading() as session:
                    for (window, sort), group in alike.items():
                        rows = await query(session, [page.owner_id for page in group], window, sort)
                        found.update((page, rows.get(page.owner_id, [])) for page in group)
                return found

            return by_pages

        async def own_votes(session: AsyncSession, ids: list[str]) -> Mapping[str, Vote]:
            return {} if reader_id is None else await store.votes_by_reviews(session, ids, voter_id=reader_id)

        self.review = loader(
            read(
                lambda session, ids: store.reviews_by_ids(session, ids, reader_id=reader_id, moderator=moderator),
            )
        )
        self.rating = loader(read(store.ratings_by_items))
        self.author = loader(read(store.authors_by_ids))
        self.own_vote = loader(read(own_votes))
        self.reviews_of_item = loader(
            read_pages(lambda session, ids, window, sort: store.pages_by_items(session, ids, window, sort=sort))
        )
        self.reviews_of_author = loader(
            read_pages(
                lambda session, ids, window, _: store.pages_by_authors(
                    session, ids, window, reader_id=reader_id, moderator=moderator
                )
            )
        )
