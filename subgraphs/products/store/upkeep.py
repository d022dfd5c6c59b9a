"""The queries by which categories, product types and bundles are changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, func, literal, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.products.errors import NameTaken
from subgraphs.products.model import Bundle, BundleItem, Category, Product, ProductStatus, ProductType, Variant


async def lock_tree(session: AsyncSession) -> None:
    """Let nobody else change the tree until the transaction ends; products may still be put into it."""
    await session.execute(text("LOCK TABLE categories IN SHARE ROW EXCLUSIVE MODE"))


async def category_for_update(session: AsyncSession, id: str) -> Category | None:
    """A category that is not deleted, locked until the transaction ends."""
    query = select(Category).where(Category.id == id, Category.deleted_at.is_(None)).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def hold_category(session: AsyncSession, id: str) -> bool:
    """Whether a category is there; it stays so until the transaction ends."""
    query = select(Category.id).where(Category.id == id, Category.deleted_at.is_(None)).with_for_update(read=True)
    return (await session.scalars(query)).one_or_none() is not None


async def ancestors(session: AsyncSession, id: str) -> list[str]:
    """A category and all above it, from the bottom up."""
    path = select(Category.id, Category.parent_id).where(Category.id == id).cte("path", recursive=True)
    path = path.union_all(select(Category.id, Category.parent_id).join(path, Category.id == path.c.parent_id))
    return list((await session.scalars(select(path.c.id))).all())


async def height_below(session: AsyncSession, id: str) -> int:
    """How many levels a category has below it."""
    tree = select(Category.id, literal(0).label("level")).where(Category.id == id).cte("tree", recursive=True)
    below = select(Category.id, tree.c.level + 1).join(tree, Category.parent_id == tree.c.id)
    tree = tree.union_all(below.where(Category.deleted_at.is_(None)))
    return int(await session.scalar(select(func.max(tree.c.level))) or 0)


async def used_by_category(session: AsyncSession, id: str) -> tuple[int, int]:
    """How many categories and products a category holds itself."""
    children = select(func.count()).where(Category.parent_id == id, Category.deleted_at.is_(None))
    products = select(func.count()).where(Product.category_id == id, Product.deleted_at.is_(None))
    return int(await session.scalar(children) or 0), int(await session.scalar(products) or 0)


async def type_for_update(session: AsyncSession, id: str) -> ProductType | None:
    """A product type that is not deleted, locked until the transaction ends."""
    query = select(ProductType).where(ProductType.id == id, ProductType.deleted_at.is_(None)).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def hold_type(session: AsyncSession, id: str) -> ProductType | None:
    """A product type; it stays as it is until the transaction ends."""
    query = select(ProductType).where(ProductType.id == id, ProductType.deleted_at.is_(None))
    return (await session.scalars(query.with_for_update(read=True))).one_or_none()


async def products_of_type(session: AsyncSession, id: str) -> Sequence[tuple[str, Mapping[str, object]]]:
    """Every product of a type that is not deleted, with its attributes."""
    query = select(Product.id, Product.attributes).where(Product.type_id == id, Product.deleted_at.is_(None))
    return [(row.id, row.attributes) for row in await session.execute(query)]


async def variants_of_type(session: AsyncSession, id: str) -> Sequence[tuple[str, Mapping[str, object]]]:
    """The product and the attributes of every variant of a type that is not deleted."""
    query = select(Variant.product_id, Variant.attributes).join(Product, Product.id == Variant.product_id)
    query = query.where(Product.type_id == id, Product.deleted_at.is_(None), Variant.deleted_at.is_(None))
    return [(row.product_id, row.attributes) for row in await session.execute(query)]


async def bundle_for_update(session: AsyncSession, id: str) -> Bundle | None:
    """A bundle that is not deleted, locked until the transaction ends."""
    query = select(Bundle).where(Bundle.id == id, Bundle.deleted_at.is_(None)).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def published_skus(session: AsyncSession, skus: Collection[str]) -> set[str]:
    """Those of these SKUs that are for sale now."""
    query = select(Variant.sku).join(Product, Product.id == Variant.product_id)
    query = query.where(
        Variant.sku.in_(skus),
        Variant.deleted_at.is_(None),
        Product.deleted_at.is_(None),
        Product.status == ProductStatus.ACTIVE.value,
    )
    return set((await session.scalars(query)).all())


async def replace_items(session: AsyncSession, bundle_id: str, items: Sequence[BundleItem]) -> None:
    """Let a bundle hold these and no others."""
    await session.execute(delete(BundleItem).where(BundleItem.bundle_id == bundle_id))
    session.add_all(items)
    await session.flush()


async def keep(session: AsyncSession, row: Category | Bundle) -> None:
    """Write a new or changed row now. Who comes second with a slug gets NameTaken."""
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        if "_slug" in str(error.orig):
            raise NameTaken(row.slug) from error
        raise
