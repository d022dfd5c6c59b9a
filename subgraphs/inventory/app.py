"""Wires inventory: settings → database and peer → service → schema."""

from __future__ import annotations

import httpx

from chassis.app import Periodic, Subgraph, open_database
from chassis.events import Listener
from chassis.hints import Hints
from chassis.live import live_of
from chassis.metrics import Gauge, figure
from chassis.peers import peer
from chassis.settings import Settings
from chassis.viewer import Viewer
from subgraphs.inventory import store
from subgraphs.inventory.loaders import Loaders
from subgraphs.inventory.peers import Catalogue
from subgraphs.inventory.schema import Context, schema
from subgraphs.inventory.service import Counting, Dispatch, Ledger, Listings, Reservations, Warehouses

SWEEP_EVERY_S = 10


def subgraph(settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> Subgraph:
    """The inventory subgraph; connects to nothing yet. `transport` is the wire to its peer, for tests."""
    database = open_database("inventory", settings)
    products = peer("products", settings, transport=transport)
    live = live_of("inventory", settings)
    ledger = Ledger(Hints(live))
    counting = Counting(database, Catalogue(products), ledger)
    reservations = Reservations(database, ledger)
    listings, dispatch, warehouses = Listings(ledger), Dispatch(ledger), Warehouses(database)

    def context(viewer: Viewer) -> Context:
        return Context(
            viewer=viewer,
            counting=counting,
            reservations=reservations,
            warehouses=warehouses,
            live=live,
            loaders=Loaders(database),
        )

    return Subgraph(
        name="inventory",
        schema=schema,
        database=database,
        context=context,
        listens=[
            Listener("products", "ProductCreated", listings.know_product),
            Listener("products", "ProductUpdated", listings.know_product),
            Listener("products", "ProductDeleted", listings.forget_product),
            Listener("orders", "OrderShipped", dispatch.ship),
            Listener("orders", "OrderReturned", dispatch.take_back),
        ],
        periodic=[Periodic("expire reservations", every_s=SWEEP_EVERY_S, call=reservations.sweep)],
        closes=[products.close, live.close],
        peers=[products],
        gauges=[
            Gauge("ecommerce_inventory_stock", "Pieces on hand.", figure(database, store.on_hand), label="warehouse"),
        ],
    )
