"""Whether the shop has come to rest, and whether its books are right then: read from its databases, not from its answers."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import asyncpg

from chassis.settings import Settings
from subgraphs import NAMES
from subgraphs.cli import load
from subgraphs.invariants import Books, audit, open_books

# What is still under way, as `subgraph: what: how many`. The demo data holds orders at every step, for good.
UNDER_WAY: Mapping[str, Mapping[str, str]] = {
    "orders": {
        "unfinished checkouts": "SELECT count(*) FROM checkouts WHERE step <> 'DONE' AND order_id NOT LIKE 'order-%'",
        "refunds to make": "SELECT count(*) FROM returns WHERE status = 'RECEIVED' AND order_id NOT LIKE 'order-%'",
        "mails to send": "SELECT count(*) FROM mails WHERE sent_at IS NULL AND dead_at IS NULL",
    },
    "inventory": {"holds": "SELECT count(*) FROM reservations WHERE status = 'HELD' AND key NOT LIKE 'order-%'"},
    "payments": {
        "unsettled payments": "SELECT count(*) FROM payments WHERE unsettled AND order_id NOT LIKE 'order-%'",
        "webhooks to handle": "SELECT count(*) FROM webhook_events WHERE handled_at IS NULL",
        "webhooks to send": "SELECT count(*) FROM sandbox_webhooks WHERE delivered_at IS NULL AND dead_at IS NULL",
    },
}
# How PostgreSQL and its driver say that it is away just now.
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
OUTBOX = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL"


@dataclass(frozen=True)
class Rest:
    """What is still under way and what is wrong; both empty when all is well."""

    under_way: tuple[str, ...]
    violations: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Everything has ended, and ended right."""
        return not self.under_way and not self.violations


def settings_of(url: str, prefix: str) -> Settings:
    """Where the databases are."""
    return Settings(database_url=url, database_prefix=prefix)


@cache
def listened() -> Mapping[str, frozenset[tuple[str, str]]]:
    """Which events each subgraph listens to."""
    return {
        name: frozenset((listener.source, listener.type) for listener in load(name, Settings()).listens)
        for name in NAMES
    }


async def look(settings: Settings) -> Rest:
    """Read all books once."""
    async with open_books(settings, listened()) as books:
        under_way = [
            f"{name}: {what}: {count}"
            for name in NAMES
            for what, query in {"events to send": OUTBOX, **UNDER_WAY.get(name, {})}.items()
            if (count := await _count(books, name, query))
        ]
        violations = [
            f"{finding.invariant.name} {violation}"
            for finding in await audit(books)
            for violation in finding.violations
        ]
    return Rest(tuple(under_way), tuple(violations))


async def _count(books: Books, name: str, query: str) -> int:
    return int((await books.rows(name, query))[0]["count"])


async def at_rest(settings: Settings, *, within_s: float) -> Rest:
    """Look until all is well, at most so long; answers how it was at the last look."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            rest = await look(settings)
        except AWAY as error:
            rest = Rest((f"PostgreSQL: {error!r}",), ())
        if rest.is_well or time.monotonic() > deadline:
            return rest
        await asyncio.sleep(0.5)


async def statuses(settings: Settings, *, key_prefix: str) -> dict[str, str]:
    """The status of each order by id, of those whose key begins so."""
    connection = await asyncpg.connect(settings.database_of("orders"))
    try:
        rows = await connection.fetch(
            "SELECT id, status FROM orders WHERE starts_with(idempotency_key, $1)", key_prefix
        )
    finally:
        await connection.close()
    return {row["id"]: row["status"] for row in rows}


def counted(found: Mapping[str, str]) -> Counter[str]:
    """How many orders are at each status."""
    return Counter(found.values())


async def order_of(settings: Settings, key: str) -> str | None:
    """The order an idempotency key became; None where there is none yet, or PostgreSQL does not answer."""
    try:
        connection = await asyncpg.connect(settings.database_of("orders"))
        try:
            found: str | None = await connection.fetchval("SELECT id FROM orders WHERE idempotency_key = $1", key)
        finally:
            await connection.close()
    except AWAY:
        return None
    return found
