"""Reading orders: who may see which, and what they brought in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chassis.connection import Page, Window
from chassis.database import Database
from chassis.viewer import Viewer
from subgraphs.orders import store
from subgraphs.orders.errors import InvalidInput
from subgraphs.orders.listing import Filter, Revenue
from subgraphs.orders.model import Order, digest

from .access import may_see

REVENUE_DAYS_MAX: Final = 366


@dataclass(frozen=True, slots=True)
class Orders:
    """Reads that need more than a key."""

    database: Database

    async def by_token(self, token: str) -> Order | None:
        """The order whose guest was given the token."""
        async with self.database.reading() as session:
            return await store.by_token_digest(session, digest(token))

    async def watched(self, order_id: str | None, *, token: str | None, viewer: Viewer) -> Order | None:
        """The order as it is now, by one of its tokens, or by its id for whoever may see it."""
        if token is not None:
            opened = await self.by_token(token)
            return opened if opened is not None and order_id in (None, opened.id) else None
        async with self.database.reading() as session:
            order = (await store.by_ids(session, [order_id or ""])).get(order_id or "")
        return order if order is not None and may_see(viewer, order) else None

    async def page(self, wanted: Filter, window: Window, *, viewer: Viewer) -> Page[Order]:
        """A page of everybody's orders, newest first, for whoever may read orders."""
        viewer.require_scope("orders:read")
        async with self.database.reading() as session:
            rows = await store.page(session, wanted, window)
        return paged(window, rows)

    async def revenue(self, since: datetime, until: datetime, *, currency: str, viewer: Viewer) -> Revenue:
        """What was earned in [since, until). Raises InvalidInput for a span that is empty or too long."""
        viewer.require_scope("orders:read")
        if since.tzinfo is None or until.tzinfo is None:
            raise InvalidInput("Give times with their offset, such as 2026-01-31T00:00:00Z.", field=("from",))
        if not timedelta() < until - since <= timedelta(days=REVENUE_DAYS_MAX):
            raise InvalidInput(f"Ask for more than nothing and at most {REVENUE_DAYS_MAX} days.", field=("to",))
        async with self.database.reading() as session:
            days = await store.earned(session, since=since, until=until)
        return Revenue(since, until, currency, [day for day in days if day.currency == currency])


def window_of(first: int | None, after: str | None) -> Window:
    """Which page of orders is asked for. Raises InvalidInput, for a cursor of another list too."""
    window = Window.of(first, after, width=2)
    if window.after is not None and not _is_place(*window.after):
        raise InvalidInput("This is not a cursor of this list: use an endCursor it gave.", field=("after",))
    return window


def _is_place(placed_at: str | int, order_id: str | int) -> bool:
    try:
        return datetime.fromisoformat(str(placed_at)).tzinfo is not None and isinstance(order_id, str)
    except ValueError:
        return False


def paged(window: Window, rows: Sequence[Order]) -> Page[Order]:
    """Cut rows read with the window's limit to its page."""
    return window.page(rows, key=lambda row: (row.created_at.isoformat(), row.id))
