"""Wires the catalogue: settings → database → service → schema."""

from __future__ import annotations

from chassis.app import Subgraph, open_database
from chassis.clock import now
from chassis.events import Listener
from chassis.metrics import Gauge, figure
from chassis.settings import Settings
from subgraphs.products import store
from subgraphs.products.loaders import Loaders
from subgraphs.products.schema import Context, schema
from subgraphs.products.service import Catalogue


def subgraph(settings: Settings) -> Subgraph:
    """The products subgraph; connects to nothing yet."""
    database = open_database("products", settings)
    catalogue = Catalogue(database, now)
    return Subgraph(
        name="products",
        schema=schema,
        database=database,
        context=lambda viewer: Context(viewer=viewer, catalogue=catalogue, loaders=Loaders(database, viewer)),
        listens=[Listener("inventory", "AvailabilityChanged", catalogue.note_availability)],
        gauges=[Gauge("ecommerce_products_total", "Products for sale.", figure(database, store.count_for_sale))],
    )
