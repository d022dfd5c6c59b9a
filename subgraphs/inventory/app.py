"""Wires inventory: settings → database → service → schema."""

from __future__ import annotations

from chassis.app import Periodic, Subgraph, open_database
from chassis.clock import now
from chassis.events import Listener
from chassis.settings import Settings
from subgraphs.inventory.loaders import Loaders
from subgraphs.inventory.schema import Context, schema
from subgraphs.inventory.service import Stock

SWEEP_EVERY_S = 10


def subgraph(settings: Settings) -> Subgraph:
    """The inventory subgraph; connects to nothing yet."""
    database = open_database("inventory", settings)
    stock = Stock(database, now)
    return Subgraph(
        name="inventory",
        schema=schema,
        database=database,
        context=lambda viewer: Context(viewer=viewer, stock=stock, loaders=Loaders(database)),
        listens=[
            Listener("products", "ProductCreated", stock.know_product),
            Listener("products", "ProductUpdated", stock.know_product),
        ],
        periodic=[Periodic("expire reservations", every_s=SWEEP_EVERY_S, call=stock.sweep)],
    )
