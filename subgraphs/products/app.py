"""Wires the catalogue: settings → database → service → schema."""

from __future__ import annotations

from chassis.app import Periodic, Subgraph, open_database
from chassis.cache import cache_of
from chassis.clock import now
from chassis.events import Listener
from chassis.metrics import Gauge, figure
from chassis.settings import Settings
from subgraphs.products import store
from subgraphs.products.loaders import Loaders
from subgraphs.products.media import Encoder, Folder, refuse_unsafe, store_of
from subgraphs.products.routes import routes_of
from subgraphs.products.schema import Context, schema
from subgraphs.products.service import Catalogue, Pictures, Upkeep
from subgraphs.products.shelf import Shelf

SWEEP_S = 600


def shelf_of(settings: Settings) -> Shelf:
    """What shoppers' readings are remembered by; nothing is where the settings say for no time."""
    seconds = settings.catalogue_cache_s
    return Shelf(cache_of("products", settings, for_s=seconds) if seconds else None)


def subgraph(settings: Settings) -> Subgraph:
    """The products subgraph; connects to nothing yet."""
    database = open_database("products", settings)
    shelf = shelf_of(settings)
    catalogue = Catalogue(database, shelf, now)
    upkeep = Upkeep(database, shelf, now)
    images, encoder = store_of(settings), Encoder()
    pictures = Pictures(database, shelf, images, encoder, bytes_max=settings.media_upload_bytes_max, clock=now)

    async def check() -> None:
        refuse_unsafe(settings)

    return Subgraph(
        name="products",
        schema=schema,
        database=database,
        context=lambda viewer: Context(
            viewer=viewer,
            catalogue=catalogue,
            pictures=pictures,
            upkeep=upkeep,
            loaders=Loaders(database, viewer, shelf),
        ),
        listens=[
            Listener("inventory", "AvailabilityChanged", catalogue.note_availability),
            Listener("products", "CategoryChanged", upkeep.note_category),
            *(
                Listener("products", each, catalogue.note_change)
                for each in ("ProductCreated", "ProductUpdated", "ProductDeleted")
            ),
        ],
        periodic=[Periodic("sweep pictures", every_s=SWEEP_S, call=pictures.sweep)],
        routes=[routes_of(images, now)] if isinstance(images, Folder) else [],
        check=check,
        closes=[encoder.close, shelf.close],
        gauges=[Gauge("ecommerce_products_total", "Products for sale.", figure(database, store.count_for_sale))],
    )
