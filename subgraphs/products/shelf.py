"""What shoppers read again and again, remembered for a while: products, variants, pictures, categories, lists.

    rows = await shelf.rows("product", ids, load, tags=lambda id: (product_tag(id),), of=Product)
    shelf.changing(session, product_tag(id), SHELF)           # in the transaction that changes it
    await shelf.settled()                                     # after it: from here on everybody reads the change

Only what everybody may see is kept: who keeps the catalogue, and other subgraphs, who decide on prices by it, read the
database. Each change forgets what it touches once it has committed; the events of the catalogue itself do so again, for
a process that dies in between.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

import orjson
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.cache import Cache, Entry
from chassis.database import after_commit
from subgraphs.products.model import Base, Filter, Found, Product, Sort

Row = TypeVar("Row", bound=Base)

# What lists of products depend on, what they depend on where they ask for stock, and the tree of categories.
SHELF: Final = "shelf"
STOCK: Final = "stock"
CATEGORIES: Final = "categories"


def product_tag(id: str) -> str:
    """What everything about one product depends on."""
    return f"product:{id}"


class Shelf:
    """Reads through a cache; without one, from the database."""

    def __init__(self, cache: Cache | None) -> None:
        self._cache = cache
        self._forgetting: set[asyncio.Task[None]] = set()

    async def rows(
        self,
        kind: str,
        keys: list[str],
        load: Callable[[list[str]], Awaitable[Mapping[str, Row]]],
        *,
        tags: Callable[[str], tuple[str, ...]],
        of: type[Row],
    ) -> Mapping[str, Row]:
        """One row for each key; those there are not are left out, and asked for again the next time."""

        async def packed(missing: list[str]) -> Mapping[str, bytes]:
            return {key: orjson.dumps(pack(row)) for key, row in (await load(missing)).items()}

        if self._cache is None:
            return await load(keys)
        kept = await self._cache.read({key: Entry(f"{kind}:{key}", tags(key)) for key in keys}, packed)
        return {key: unpack(of, orjson.loads(body)) for key, body in kept.items()}

    async def lists(
        self,
        kind: str,
        keys: list[str],
        load: Callable[[list[str]], Awaitable[Mapping[str, list[Row]]]],
        *,
        tags: Callable[[str], tuple[str, ...]],
        of: type[Row],
    ) -> Mapping[str, list[Row]]:
        """Rows for each key, in their order; that there are none is remembered too."""

        async def packed(missing: list[str]) -> Mapping[str, bytes]:
            found = await load(missing)
            return {key: orjson.dumps([pack(row) for row in found.get(key, [])]) for key in missing}

        if self._cache is None:
            return await load(keys)
        kept = await self._cache.read({key: Entry(f"{kind}:{key}", tags(key)) for key in keys}, packed)
        return {key: [unpack(of, each) for each in orjson.loads(body)] for key, body in kept.items()}

    async def page(
        self, filter: Filter, sort: Sort, place: Sequence[object], load: Callable[[], Awaitable[Sequence[Found]]]
    ) -> Sequence[Found]:
        """A page of a list that many ask for; an empty one is looked for again the next time."""
        if self._cache is None or filter.text is not None or filter.ids is not None:
            return await load()
        said = repr((filter, sort, place)).encode()
        entry = Entry(
            f"listing:{hashlib.sha256(said).hexdigest()}", (SHELF, STOCK) if filter.in_stock is not None else (SHELF,)
        )

        async def packed(_: list[int]) -> Mapping[int, bytes]:
            found = await load()
            return {0: orjson.dumps([[pack(each.product), each.key] for each in found])} if found else {}

        kept = await self._cache.read({0: entry}, packed)
        rows = orjson.loads(kept[0]) if kept else []
        return [Found(unpack(Product, product), (key[0], key[1])) for product, key in rows]

    def changing(self, session: AsyncSession, *tags: str) -> None:
        """Forget what depends on these once the session has committed."""
        cache = self._cache
        if cache is None:
            return

        def forget() -> None:
            task = asyncio.get_running_loop().create_task(cache.forget(*tags), name="shelf")
            self._forgetting.add(task)
            task.add_done_callback(self._forgetting.discard)

        after_commit(session, forget)

    async def settled(self) -> None:
        """Wait until what has committed here is forgotten everywhere."""
        if self._forgetting:
            await asyncio.wait(list(self._forgetting))

    async def forget(self, *tags: str) -> None:
        """Forget what depends on these now."""
        if self._cache is not None:
            await self._cache.forget(*tags)

    async def close(self) -> None:
        """Let go of connections."""
        if self._cache is not None:
            await self._cache.close()


def pack(row: Base) -> dict[str, Any]:
    """A row as JSON has it: every column that was loaded."""
    return {name: vars(row)[name] for name in _columns(type(row)) if name in vars(row)}


def unpack(of: type[Row], values: Mapping[str, Any]) -> Row:
    """The row again, in no session: to be read, not to be written."""
    columns = _columns(of)
    return of(
        **{
            name: datetime.fromisoformat(value) if columns[name] is datetime and value is not None else value
            for name, value in values.items()
        }
    )


@lru_cache(maxsize=64)
def _columns(of: type[Base]) -> Mapping[str, type]:
    mapper = inspect(of)
    return {each.key: each.columns[0].type.python_type for each in mapper.column_attrs if not each.deferred}
