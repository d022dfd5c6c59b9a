"""Relay cursor connections over keysets: capped, opaque, stable while rows come and go.

In a subgraph's store, one row more than asked for is read, in keyset order:

    window = Window.of(first, after)              # refuses first > 100, first < 1 and foreign cursors
    query = select(OrderRow).order_by(OrderRow.created_at.desc(), OrderRow.id.desc()).limit(window.limit)
    if window.after:                              # the keys the last row was given in cursor_of(...)
        created_at, id = window.after
        query = query.where(tuple_(OrderRow.created_at, OrderRow.id) < (datetime.fromisoformat(created_at), id))
    rows = list(await session.scalars(query))
    page = window.page(rows, key=lambda row: (row.created_at.isoformat(), row.id))

and in its schema, generic types with names of their own:

    @strawberry.type
    class OrderEdge(Edge[Order]): ...
    @strawberry.type
    class OrderConnection(Connection[Order, OrderEdge]): ...

or simply `connection_of(page, node=Order.of, edge=OrderEdge, connection=OrderConnection)`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
import strawberry

from chassis.errors import InvalidInput

FIRST_MAX = 100
FIRST_DEFAULT = 20

Node = TypeVar("Node")
Row = TypeVar("Row")
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page with a cursor each, and whether there are more behind it."""

    rows: Sequence[Row]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class Window:
    """What a page was asked for: how many rows, after which keys."""

    first: int
    after: Key | None

    @classmethod
    def of(cls, first: int | None = None, after: str | None = None, *, width: int | None = None) -> Window:
        """Check the arguments; InvalidInput says what is wrong. `width` is how many keys a cursor holds."""
        count = FIRST_DEFAULT if first is None else first
        if not 1 <= count <= FIRST_MAX:
            raise InvalidInput(f"Ask for between 1 and {FIRST_MAX} at once, not {count}.", field=("first",))
        return cls(count, None if after is None else decode(after, width=width))

    @property
    def limit(self) -> int:
        """How many rows to read: one more than asked, which tells whether there is a next page."""
        return self.first + 1

    def page(self, rows: Sequence[Row], *, key: Callable[[Row], Key]) -> Page[Row]:
        """Cut the rows read with `limit` to the page, each with its cursor."""
        kept = rows[: self.first]
        return Page(kept, [encode(key(row)) for row in kept], len(rows) > self.first, self.after is not None)


def encode(key: Key) -> str:
    """An opaque cursor holding keyset values."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key))).rstrip(b"=").decode()


def decode(cursor: str, *, width: int | None = None) -> Key:
    """The keyset values in a cursor; InvalidInput for anything this house did not make."""
    refused = InvalidInput("This is not a cursor of this list: use an endCursor it gave.", field=("after",))
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise refused from error
    if not isinstance(values, list) or not all(type(value) in (str, int) for value in values):
        raise refused
    if not values or (width is not None and len(values) != width):
        raise refused
    return tuple(values)


@strawberry.federation.type(shareable=True, description="Where a page lies in its list.")
class PageInfo:
    """Relay's page information; cursors are null on an empty page."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None

    @classmethod
    def of(cls, page: Page[Any]) -> PageInfo:
        """Show a page's place."""
        return cls(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=page.cursors[0] if page.cursors else None,
            end_cursor=page.cursors[-1] if page.cursors else None,
        )


@strawberry.type
class Edge(Generic[Node]):
    """A node and the cursor that continues behind it."""

    node: Node
    cursor: str


EdgeType = TypeVar("EdgeType")
ConnectionType = TypeVar("ConnectionType")


@strawberry.type
class Connection(Generic[EdgeType]):
    """A page of edges."""

    edges: list[EdgeType]
    page_info: PageInfo


def connection_of(
    page: Page[Row],
    *,
    node: Callable[[Row], Any],
    edge: Callable[..., EdgeType],
    connection: Callable[..., ConnectionType],
    **further: Any,
) -> ConnectionType:
    """Build a connection type from a page; `further` are the connection's own fields (totalCount, …)."""
    edges = [edge(node=node(row), cursor=cursor) for row, cursor in zip(page.rows, page.cursors, strict=True)]
    return connection(edges=edges, page_info=PageInfo.of(page), **further)
