"""The queries about products and what they hang on: variants, categories, types and bundles."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, asc, desc, false, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Double

from chassis.connection import Key, Window
from chassis.errors import InvalidInput
from subgraphs.products.errors import SkuTaken, SlugTaken
from subgraphs.products.model import (
    Bundle,
    BundleItem,
    Category,
    Filter,
    Found,
    Product,
    ProductStatus,
    ProductType,
    Sight,
    Sort,
    Variant,
    facet_text,
)

# Words that nearly every description has: asking for them finds nothing that the other words do not.
STOP_WORDS = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"])
WORDS_MAX = 12


# ------------------------------------------------------------------------------------------------------------- by keys


async def products_by_ids(session: AsyncSession, ids: Collection[str], *, sight: Sight) -> dict[str, Product]:
    """Products by id, as far as they may be seen."""
    rows = await session.scalars(select(Product).where(Product.id.in_(ids), *_seen(sight)))
    return {row.id: row for row in rows}


async def products_by_slugs(session: AsyncSession, slugs: Collection[str], *, hidden: bool) -> dict[str, Product]:
    """Products by slug. Deleted ones have given their slug up and are found by id only."""
    query = select(Product).where(Product.slug.in_(slugs), Product.deleted_at.is_(None), *_shown(hidden=hidden))
    return {row.slug: row for row in await session.scalars(query)}


async def variants_by_ids(session: AsyncSession, ids: Collection[str], *, sight: Sight) -> dict[str, Variant]:
    """Variants by id, of products that may be seen."""
    rows = await session.scalars(_variants(sight).where(Variant.id.in_(ids)))
    return {row.id: row for row in rows}


async def variants_by_skus(
    session: AsyncSession, skus: Collection[str], *, sight: Sight
) -> dict[str, tuple[Variant, Product]]:
    """Variants by SKU, of products that may be seen, each with its product: who asks for one asks for both."""
    query = select(Variant, Product).join(Product, Product.id == Variant.product_id).where(*_seen(sight))
    if sight is Sight.SHELF:
        query = query.where(Variant.deleted_at.is_(None))
    rows = await session.execute(query.where(Variant.sku.in_(skus)))
    return {variant.sku: (variant, product) for variant, product in rows}


async def variants_by_products(session: AsyncSession, ids: Collection[str]) -> dict[str, list[Variant]]:
    """The variants of each product, in their order, without those that were taken out."""
    query = select(Variant).where(Variant.product_id.in_(ids), Variant.deleted_at.is_(None))
    grouped: dict[str, list[Variant]] = {}
    for row in await session.scalars(query.order_by(Variant.product_id, Variant.position, Variant.sku)):
        grouped.setdefault(row.product_id, []).append(row)
    return grouped


async def bundles_by_ids(session: AsyncSession, ids: Collection[str], *, hidden: bool) -> dict[str, Bundle]:
    """Bundles by id; those not ACTIVE only when `hidden`."""
    query = select(Bundle).where(Bundle.id.in_(ids), Bundle.deleted_at.is_(None))
    if not hidden:
        query = query.where(Bundle.status == ProductStatus.ACTIVE.value)
    return {row.id: row for row in await session.scalars(query)}


async def items_by_bundles(session: AsyncSession, ids: Collection[str]) -> dict[str, list[BundleItem]]:
    """What each bundle holds, in its order."""
    query = select(BundleItem).where(BundleItem.bundle_id.in_(ids)).order_by(BundleItem.bundle_id, BundleItem.position)
    grouped: dict[str, list[BundleItem]] = {}
    for row in await session.scalars(query):
        grouped.setdefault(row.bundle_id, []).append(row)
    return grouped


async def categories_by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Category]:
    """Categories by id; those that were deleted too, for products that were deleted before them."""
    return {row.id: row for row in await session.scalars(select(Category).where(Category.id.in_(ids)))}


async def categories_by_slugs(session: AsyncSession, slugs: Collection[str]) -> dict[str, Category]:
    """Categories by slug."""
    return {
        row.slug: row
        for row in await session.scalars(
            select(Category).where(Category.slug.in_(slugs), Category.deleted_at.is_(None))
        )
    }


async def categories_by_parents(session: AsyncSession, ids: Collection[str]) -> dict[str, list[Category]]:
    """The children of each category, in their order."""
    query = (
        select(Category)
        .where(Category.parent_id.in_(ids), Category.deleted_at.is_(None))
        .order_by(Category.position, Category.id)
    )
    grouped: dict[str, list[Category]] = {}
    for row in await session.scalars(query):
        grouped.setdefault(row.parent_id or "", []).append(row)
    return grouped


async def types_by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, ProductType]:
    """Product types by id."""
    return {row.id: row for row in await session.scalars(select(ProductType).where(ProductType.id.in_(ids)))}


# --------------------------------------------------------------------------------------------------------------- lists


async def root_categories(session: AsyncSession) -> Sequence[Category]:
    """The top of the category tree, in its order."""
    query = (
        select(Category)
        .where(Category.parent_id.is_(None), Category.deleted_at.is_(None))
        .order_by(Category.position, Category.id)
    )
    return (await session.scalars(query)).all()


async def types(session: AsyncSession) -> Sequence[ProductType]:
    """Every product type."""
    return (
        await session.scalars(select(ProductType).where(ProductType.deleted_at.is_(None)).order_by(ProductType.id))
    ).all()


async def bundles(session: AsyncSession, window: Window) -> Sequence[Bundle]:
    """A page of the bundles on the shelf, newest first."""
    query = select(Bundle).where(Bundle.status == ProductStatus.ACTIVE.value, Bundle.deleted_at.is_(None))
    if window.after:
        query = query.where(tuple_(Bundle.created_at, Bundle.id) < _moment_and_id(window.after))
    query = query.order_by(Bundle.created_at.desc(), Bundle.id.desc()).limit(window.limit)
    return (await session.scalars(query)).all()


async def products(
    session: AsyncSession, window: Window, *, filter: Filter, sort: Sort, hidden: bool
) -> Sequence[Found]:
    """A page of the products that match, in the order asked for; ties by id, so a cursor names one place."""
    order = _order(sort, filter)
    query = select(Product, order.expression).where(*_matching(filter, hidden=hidden))
    if window.after:
        query = query.where(order.behind(window.after))
    direction = desc if order.descending else asc
    query = query.order_by(direction(order.expression), direction(Product.id)).limit(window.limit)
    return [Found(row, (order.write(value), row.id)) for row, value in await session.execute(query)]


async def count_for_sale(session: AsyncSession) -> int:
    """How many products are on the shelf."""
    query = select(func.count()).select_from(Product).where(*_shown(hidden=False))
    return int(await session.scalar(query) or 0)


async def count(session: AsyncSession, filter: Filter, *, hidden: bool) -> int:
    """How many products match."""
    query = select(func.count()).select_from(Product).where(*_matching(filter, hidden=hidden))
    return (await session.execute(query)).scalar_one()


# -------------------------------------------------------------------------------------------------------------- writing


async def product_for_update(session: AsyncSession, id: str) -> Product | None:
    """A product that is not deleted, locked until the transaction ends."""
    query = select(Product).where(Product.id == id, Product.deleted_at.is_(None)).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def all_variants(session: AsyncSession, product_id: str) -> Sequence[Variant]:
    """Every variant a product ever had, those taken out too."""
    query = select(Variant).where(Variant.product_id == product_id).order_by(Variant.position)
    return (await session.scalars(query)).all()


async def slug_owner(session: AsyncSession, slug: str) -> str | None:
    """The id of the product on the shelf that has this slug."""
    query = select(Product.id).where(Product.slug == slug, Product.deleted_at.is_(None))
    return (await session.scalars(query)).one_or_none()


async def sku_owners(session: AsyncSession, skus: Collection[str]) -> dict[str, str]:
    """The product each of these SKUs belongs to, or once belonged to."""
    rows = await session.execute(select(Variant.sku, Variant.product_id).where(Variant.sku.in_(skus)))
    return {sku: product_id for sku, product_id in rows}  # noqa: C416 -- rows are Row objects, not pairs, to a type checker


async def add(session: AsyncSession, product: Product, variants: Sequence[Variant]) -> None:
    """Write a product and its new variants now. Who comes second with a slug or SKU gets SlugTaken or SkuTaken."""
    session.add(product)
    try:
        await session.flush()
        session.add_all(variants)
        await session.flush()
    except IntegrityError as error:
        if "products_slug" in str(error.orig):
            raise SlugTaken(product.slug) from error
        if "variants_sku" in str(error.orig):
            raise SkuTaken(", ".join(variant.sku for variant in variants)) from error
        raise


async def note_stock(session: AsyncSession, sku: str, *, available: int) -> str | None:
    """Keep the figure that inventory announced; answers whose SKU it is."""
    statement = update(Variant).where(Variant.sku == sku).values(stock_announced=available)
    return (await session.execute(statement.returning(Variant.product_id))).scalar_one_or_none()


# -------------------------------------------------------------------------------------------------------------- clauses


def _shown(*, hidden: bool) -> list[ColumnElement[bool]]:
    return [] if hidden else [Product.status == ProductStatus.ACTIVE.value, Product.deleted_at.is_(None)]


def _seen(sight: Sight) -> list[ColumnElement[bool]]:
    match sight:
        case Sight.SHELF:
            return _shown(hidden=False)
        case Sight.KNOWN:
            return [Product.published_at.is_not(None)]
        case Sight.ALL:
            return []


def _variants(sight: Sight) -> Select[Variant]:
    query = select(Variant)
    if sight is Sight.ALL:
        return query
    joined = query.join(Product, Product.id == Variant.product_id).where(*_seen(sight))
    return joined.where(Variant.deleted_at.is_(None)) if sight is Sight.SHELF else joined


def _matching(filter: Filter, *, hidden: bool) -> list[ColumnElement[bool]]:
    """The conditions of a filter. Only who sees hidden products chooses statuses."""
    statuses = filter.statuses if hidden and filter.statuses else (ProductStatus.ACTIVE,)
    standing = Product.deleted_at.is_(None) & Product.status.in_([status.value for status in statuses])
    if ProductStatus.DELETED in statuses:
        standing = standing | Product.deleted_at.is_not(None)
    clauses: list[ColumnElement[bool]] = [standing]
    if filter.ids is not None:
        clauses.append(Product.id.in_(filter.ids))
    if filter.category is not None:
        clauses.append(Product.category_id.in_(_category_and_below(filter.category)))
    if filter.price_min_minor is not None:
        clauses.append(Product.price_min_minor >= filter.price_min_minor)
    if filter.price_max_minor is not None:
        clauses.append(Product.price_min_minor <= filter.price_max_minor)
    clauses.extend(_has_attribute(name, values) for name, values in filter.attributes.items())
    if filter.in_stock is not None:
        stocked = (
            select(Variant.id)
            .where(Variant.product_id == Product.id, Variant.deleted_at.is_(None), Variant.stock_announced > 0)
            .exists()
        )
        clauses.append(stocked if filter.in_stock else ~stocked)
    if filter.text is not None:
        query = _text_query(filter.text)
        clauses.append(false() if query is None else Product.search.op("@@")(query))
    return clauses


def _category_and_below(slug: str) -> Select[str]:
    tree = select(Category.id).where(Category.slug == slug, Category.deleted_at.is_(None)).cte("tree", recursive=True)
    tree = tree.union_all(select(Category.id).join(tree, Category.parent_id == tree.c.id))
    return select(tree.c.id)


def _has_attribute(name: str, values: Iterable[object]) -> ColumnElement[bool]:
    """Any of the values, on the product or one of its variants; containment is what the GIN index answers."""
    return or_(false(), *(Product.facets.op("@>")(literal({name: [facet_text(value)]}, JSONB)) for value in values))


def words_of(text: str) -> list[str]:
    """The words of a search text in lower case, without punctuation and stop words, at most WORDS_MAX."""
    words = re.findall(r"[^\W_]+", text.lower())
    return [word for word in words if word not in STOP_WORDS][:WORDS_MAX]


def _text_query(text: str) -> ColumnElement[Any] | None:
    """Every word as a prefix, as it is written or by its English stem: `gamin` and `games` both find "Gaming Chair"."""
    words = words_of(text)
    if not words:
        return None
    # `||` between tsqueries is OR, `&&` is AND. A word holds letters and digits only, so it needs no quoting.
    each = [func.to_tsquery("simple", f"{word}:*").op("||")(func.to_tsquery("english", f"{word}:*")) for word in words]
    query = each[0]
    for further in each[1:]:
        query = query.op("&&")(further)
    return query


@dataclass(frozen=True, slots=True)
class _Order:
    """What a list is sorted by, and how that value goes into a cursor and comes back."""

    expression: ColumnElement[Any]
    write: Callable[[Any], str | int]
    read: Callable[[Any], object]
    descending: bool = False

    def behind(self, after: Key) -> ColumnElement[bool]:
        """The rows that come after a cursor's keys."""
        value, id = after
        try:
            key = self.read(value)
        except (TypeError, ValueError) as error:
            raise InvalidInput("This cursor is of a list in another order.", field=("after",)) from error
        here, there = tuple_(self.expression, Product.id), tuple_(literal(key), literal(str(id)))
        return here < there if self.descending else here > there


def _order(sort: Sort, filter: Filter) -> _Order:
    match sort:
        case Sort.NEWEST:
            return _Order(Product.created_at.expression, datetime.isoformat, datetime.fromisoformat, descending=True)
        case Sort.PRICE_LOW:
            return _Order(Product.price_min_minor.expression, int, _whole)
        case Sort.PRICE_HIGH:
            return _Order(Product.price_min_minor.expression, int, _whole, descending=True)
        case Sort.NAME:
            return _Order(Product.name.expression, str, str)
        case Sort.RELEVANCE:
            query = None if filter.text is None else _text_query(filter.text)
            if query is None:
                return _order(Sort.NEWEST, filter)
            # As a double, because a real does not survive the way through a cursor.
            return _Order(func.ts_rank(Product.search, query).cast(Double), repr, float, descending=True)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _moment_and_id(after: Key) -> Any:
    try:
        return tuple_(literal(datetime.fromisoformat(str(after[0]))), literal(str(after[1])))
    except ValueError as error:
        raise InvalidInput("This cursor is of a list in another order.", field=("after",)) from error
