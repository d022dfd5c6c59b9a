"""All of the shop's databases, opened to be read and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from chassis.settings import Settings


@dataclass(frozen=True, slots=True)
class Books:
    """A read-only connection to each subgraph's database, and which events each subgraph listens to."""

    connections: Mapping[str, asyncpg.Connection[Any]]
    listened: Mapping[str, frozenset[tuple[str, str]]]

    async def rows(self, subgraph: str, query: str, *arguments: object) -> Sequence[Any]:
        """The rows of a query on one subgraph's database."""
        rows: Sequence[Any] = await self.connections[subgraph].fetch(query, *arguments)
        return rows


@asynccontextmanager
async def open_books(settings: Settings, listened: Mapping[str, frozenset[tuple[str, str]]]) -> AsyncIterator[Books]:
    """Connect to every subgraph that `listened` names; each database is read in one snapshot."""
    async with AsyncExitStack() as stack:
        connections = {}
        for name in listened:
            connection = await asyncpg.connect(settings.database_of(name))
            stack.push_async_callback(connection.close)
            await stack.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
            connections[name] = connection
        yield Books(connections, listened)
