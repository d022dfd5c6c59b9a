"""Wires inventory: settings → database and peer → service → schema."""

from __future__ import annotations

import httpx

from chassis.app import Periodic, Subgraph, open_database
from chassis.clock import now
from chassis.events import Listener
from chassis.peers import peer
from chassis.settings import Settings
from subgraphs.inventory.loaders import Loaders
from subgraphs.inventory.peers import Catalogue
from subgraphs.inventory.schema import Context, schema
from subgraphs.inventory.service import Stock

SWEEP_EVERY_S = 10


def subgraph(settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> Subgraph:
    """The inventory subgraph; connects to nothing yet. `transport` is the wire to its peer, for tests."""
    database = open_database("inventory", settings)
    products = peer("products", settings, transport=transport)
    stock = Stock(database, Catalogue(products), now)
    return Subgraph(
        name="inventory",
        schema=schema,
        database=database,
        context=lambda viewer: Context(viewer=viewer, stock=stock, loaders=Loaders(database)),
        listens=[
            Listener("products", "ProductCreated", stock.know_product),
            Listener("products", "ProductUpdated", stock.know_product),
            Listener("products", "ProductDeleted", stock.forget_product),
        ],
        periodic=[Periodic("expire reservations", every_s=SWEEP_EVERY_S, call=stock.sweep)],
        closes=[products.close],
    )
