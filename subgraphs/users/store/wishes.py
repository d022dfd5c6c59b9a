"""Every query about wishes and the links they are shared under."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.users.model import WishlistLinkRow, WishRow


async def wishes_of_users(session: AsyncSession, user_ids: Sequence[str]) -> dict[str, list[WishRow]]:
    """Each person's wishes, the newest first."""
    query = select(WishRow).where(WishRow.user_id.in_(user_ids)).order_by(WishRow.added_at.desc(), WishRow.id.desc())
    grouped: dict[str, list[WishRow]] = defaultdict(list)
    for row in await session.scalars(query):
        grouped[row.user_id].append(row)
    return grouped


async def count_wishes(session: AsyncSession, user_id: str) -> int:
    """How long a person's wishlist is."""
    query = select(func.count()).select_from(WishRow).where(WishRow.user_id == user_id)
    return int(await session.scalar(query) or 0)


async def insert_wish(session: AsyncSession, wish: WishRow) -> None:
    """Add a wish; one that is there already stays as it is."""
    values = {column.name: getattr(wish, column.name) for column in WishRow.__table__.columns}
    await session.execute(
        insert(WishRow).values(values).on_conflict_do_nothing(index_elements=["user_id", "item_id", "sku"])
    )


async def delete_wish(session: AsyncSession, user_id: str, wish_id: str) -> bool:
    """Remove one of this person's wishes; False when there is none of that id."""
    query = delete(WishRow).where(WishRow.id == wish_id, WishRow.user_id == user_id).returning(WishRow.id)
    return await session.scalar(query) is not None


async def links_of_users(session: AsyncSession, user_ids: Sequence[str]) -> dict[str, str]:
    """The token under which each person shares their wishlist, where they do."""
    rows = await session.scalars(select(WishlistLinkRow).where(WishlistLinkRow.user_id.in_(user_ids)))
    return {row.user_id: row.token for row in rows}


async def owner_of_link(session: AsyncSession, token: str) -> str | None:
    """Whose wishlist a link shows."""
    found: str | None = await session.scalar(select(WishlistLinkRow.user_id).where(WishlistLinkRow.token == token))
    return found


async def delete_link(session: AsyncSession, user_id: str) -> None:
    """Share a wishlist no longer; its link leads nowhere from then on."""
    await session.execute(delete(WishlistLinkRow).where(WishlistLinkRow.user_id == user_id))


async def insert_link(session: AsyncSession, user_id: str, token: str, moment: datetime) -> None:
    """Share a wishlist; a link that exists stays the one."""
    await session.execute(
        insert(WishlistLinkRow)
        .values(user_id=user_id, token=token, created_at=moment)
        .on_conflict_do_nothing(index_elements=["user_id"])
    )
