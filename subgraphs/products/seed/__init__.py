"""The demo catalogue, and a larger one made by formula. Loading twice changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.demo import item_id, stream
from chassis.money import Amount
from subgraphs.products.model import (
    Base,
    Bundle,
    BundleItem,
    Category,
    Product,
    ProductStatus,
    ProductType,
    Variant,
    facets_of,
)
from subgraphs.products.seed.catalogue import BUNDLE, BUNDLED, CATEGORIES, DESCRIBED, OPENED, PRODUCTS, TYPES, Demo, Sku
from subgraphs.products.seed.pictures import furnish

__all__ = ["demo", "furnish", "made", "scale"]

ADJECTIVES = ("Quiet", "Bright", "Compact", "Rugged", "Portable", "Modular", "Classic", "Slim", "Smart", "Wireless")
NOUNS = ("Speaker", "Lamp", "Keyboard", "Camera", "Router", "Charger", "Monitor", "Headset", "Drive", "Dock")
COLORS = ("Black", "White", "Silver", "Graphite", "Blue", "Red")
BRANDS = ("Northwind", "Tessel", "Lumen", "Keyward", "Aural", "Starforge")
# Rows per transaction.
CHUNK = 1_000


async def demo(database: Database) -> None:
    """Five categories, fifteen products, one bundle."""
    async with database.transaction() as session:
        await _foundations(session)
        # The first of the list is the newest, so that the front page opens with it.
        last = len(PRODUCTS)
        await _fill(session, [(each, OPENED + timedelta(days=last - index)) for index, each in enumerate(PRODUCTS)])
        await _insert(session, Bundle, [BUNDLE])
        items = [
            {"bundle_id": BUNDLE["id"], "sku": sku, "quantity": 1, "position": position}
            for position, sku in enumerate(BUNDLED)
        ]
        await _insert(session, BundleItem, items)


async def scale(database: Database, n: int) -> None:
    """`n` products with one variant each, prod-scale-000001 / SCALE-000001 and on; the same for the same number."""
    for start in range(1, n + 1, CHUNK):
        numbers = range(start, min(start + CHUNK, n + 1))
        async with database.transaction() as session:
            await _foundations(session)
            await _fill(session, [(made(number), OPENED - timedelta(minutes=number)) for number in numbers])


def made(number: int) -> Demo:
    """The number-th product of the scale data. Other subgraphs know its id and SKU by the same formula."""
    random = stream("products", number)
    adjective, noun = random.choice(ADJECTIVES), random.choice(NOUNS)
    color = random.choice(COLORS)
    # Orders' scale data bought it at this price.
    price = Amount(500 + number * 7_919 % 50_000)
    return Demo(
        id=item_id("prod", number),
        slug=f"scale-{number:06}",
        name=f"{adjective} {noun} {number}",
        brand=random.choice(BRANDS),
        category=random.choice([each["id"] for each in CATEGORIES]),
        type="type-device",
        description=f"A {adjective.lower()} {noun.lower()} in {color.lower()}.",
        attributes={"wireless": random.random() < 0.5},
        skus=[
            Sku(
                sku=f"SCALE-{number:06}",
                name=color,
                price=str(price.decimal),
                cost=str(price.times("0.6").decimal),
                attributes={"color": color},
                grams=random.randint(50, 5_000),
                size=(random.randint(50, 500), random.randint(50, 400), random.randint(20, 300)),
            )
        ],
    )


async def _foundations(session: AsyncSession) -> None:
    await _insert(session, Category, [{**each, "description": DESCRIBED[str(each["id"])]} for each in CATEGORIES])
    await _insert(session, ProductType, TYPES)


async def _fill(session: AsyncSession, products: Sequence[tuple[Demo, datetime]]) -> None:
    await _insert(session, Product, [_product(each, at) for each, at in products])
    await _insert(
        session,
        Variant,
        [_variant(each.id, sku, position) for each, _ in products for position, sku in enumerate(each.skus)],
    )


def _product(demo: Demo, at: datetime) -> dict[str, Any]:
    return {
        "id": demo.id,
        "slug": demo.slug,
        "name": demo.name,
        "description": demo.description,
        "brand": demo.brand,
        "category_id": demo.category,
        "type_id": demo.type,
        "status": ProductStatus.ACTIVE.value,
        "attributes": dict(demo.attributes),
        "facets": facets_of([demo.attributes, *(sku.attributes for sku in demo.skus)]),
        "keywords": " ".join(sku.sku for sku in demo.skus),
        "price_min_minor": min(Amount.of(sku.price).minor for sku in demo.skus),
        "version": 1,
        "created_at": at,
        "published_at": at,
        "updated_at": at,
    }


def _variant(product_id: str, sku: Sku, position: int) -> dict[str, Any]:
    length, width, height = sku.size or (None, None, None)
    return {
        "id": f"var-{sku.sku.lower()}",
        "product_id": product_id,
        "sku": sku.sku,
        "name": sku.name,
        "position": position,
        "price_minor": Amount.of(sku.price).minor,
        "cost_minor": Amount.of(sku.cost).minor,
        "currency": "USD",
        "attributes": dict(sku.attributes),
        "weight_grams": sku.grams,
        "length_mm": length,
        "width_mm": width,
        "height_mm": height,
        "stock_announced": sku.stock,
    }


async def _insert(session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        # Parameters beside one prepared statement: one long VALUES would take twice the time to build.
        await session.execute(insert(table.__table__).on_conflict_do_nothing(), list(rows))  # type: ignore[arg-type]
