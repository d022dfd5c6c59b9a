"""The queries about pictures and announced files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.products.model import Discarded, Image, Upload


async def images_by_products(session: AsyncSession, ids: Collection[str]) -> dict[str, list[Image]]:
    """The pictures of each product, in their order."""
    query = select(Image).where(Image.product_id.in_(ids)).order_by(Image.product_id, Image.position, Image.id)
    grouped: dict[str, list[Image]] = {}
    for row in await session.scalars(query):
        grouped.setdefault(row.product_id, []).append(row)
    return grouped


async def images_for_update(session: AsyncSession, product_id: str) -> Sequence[Image]:
    """The pictures of one product, in their order. The product must be locked."""
    query = select(Image).where(Image.product_id == product_id).order_by(Image.position, Image.id)
    return (await session.scalars(query)).all()


async def image_owner(session: AsyncSession, id: str) -> str | None:
    """The product a picture belongs to."""
    return (await session.scalars(select(Image.product_id).where(Image.id == id))).one_or_none()


async def image_for_update(session: AsyncSession, id: str) -> Image | None:
    """A picture, locked until the transaction ends."""
    return (await session.scalars(select(Image).where(Image.id == id).with_for_update())).one_or_none()


async def upload_by_id(session: AsyncSession, id: str) -> Upload | None:
    """An announced file."""
    return await session.get(Upload, id)


async def upload_for_update(session: AsyncSession, id: str) -> Upload | None:
    """An announced file, locked until the transaction ends."""
    return (await session.scalars(select(Upload).where(Upload.id == id).with_for_update())).one_or_none()


async def add_image(session: AsyncSession, image: Image) -> None:
    """Write a new picture now."""
    session.add(image)
    await session.flush()


async def attach(session: AsyncSession, upload: Upload, *, moment: datetime) -> None:
    """Note that a file became a picture."""
    upload.attached_at = moment
    await session.flush()


async def expired_uploads(session: AsyncSession, *, before: datetime, limit: int) -> Sequence[str]:
    """Announced files that became nothing and whose time was over before then."""
    query = select(Upload.id).where(Upload.attached_at.is_(None), Upload.expires_at < before)
    return (await session.scalars(query.order_by(Upload.expires_at).limit(limit))).all()


async def forget_upload(session: AsyncSession, id: str) -> bool:
    """Remove an announced file that is still nothing; False when it became a picture meanwhile."""
    gone = await session.execute(
        delete(Upload).where(Upload.id == id, Upload.attached_at.is_(None)).returning(Upload.id)
    )
    return gone.scalar_one_or_none() is not None


async def discard(session: AsyncSession, *prefixes: str, moment: datetime) -> None:
    """Leave files to be removed from the store once the transaction has committed."""
    rows = [{"prefix": prefix, "discarded_at": moment} for prefix in prefixes]
    await session.execute(insert(Discarded).values(rows).on_conflict_do_nothing())


async def discarded(session: AsyncSession, *, limit: int) -> Sequence[str]:
    """What is to be removed from the store, the oldest first."""
    query = select(Discarded.prefix).order_by(Discarded.discarded_at, Discarded.prefix).limit(limit)
    return (await session.scalars(query)).all()


async def forget_discarded(session: AsyncSession, prefix: str) -> None:
    """Note that it is removed."""
    await session.execute(delete(Discarded).where(Discarded.prefix == prefix))
