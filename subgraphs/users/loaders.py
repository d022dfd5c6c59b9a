"""Many keys, one query: what one request loads about people, each thing at most once."""

from __future__ import annotations

from collections.abc import Mapping

from chassis.clock import Clock
from chassis.database import Database
from chassis.loaders import loader, loader_of_lists
from subgraphs.users import store
from subgraphs.users.model import AddressRow, SessionRow, UserRow, WishRow


class Loaders:
    """New for every request."""

    def __init__(self, database: Database, clock: Clock) -> None:
        async def users(ids: list[str]) -> Mapping[str, UserRow]:
            async with database.reading() as session:
                return await store.users_by_ids(session, ids)

        async def addresses(ids: list[str]) -> Mapping[str, AddressRow]:
            async with database.reading() as session:
                return await store.addresses_by_ids(session, ids)

        async def addresses_of(user_ids: list[str]) -> Mapping[str, list[AddressRow]]:
            async with database.reading() as session:
                return await store.addresses_of_users(session, user_ids)

        async def sessions_of(user_ids: list[str]) -> Mapping[str, list[SessionRow]]:
            async with database.reading() as session:
                return await store.live_sessions_of_users(session, user_ids, clock())

        async def wishes_of(user_ids: list[str]) -> Mapping[str, list[WishRow]]:
            async with database.reading() as session:
                return await store.wishes_of_users(session, user_ids)

        async def links_of(user_ids: list[str]) -> Mapping[str, str]:
            async with database.reading() as session:
                return await store.links_of_users(session, user_ids)

        self.user = loader(users)
        self.address = loader(addresses)
        self.addresses_of = loader_of_lists(addresses_of)
        self.sessions_of = loader_of_lists(sessions_of)
        self.wishes_of = loader_of_lists(wishes_of)
        self.link_of = loader(links_of)
