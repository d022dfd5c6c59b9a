"""Wires cart: settings → database and peers → service → schema."""

from __future__ import annotations

from datetime import timedelta

import httpx

from chassis.app import Periodic, Subgraph, open_database
from chassis.events import Listener
from chassis.hints import Hints
from chassis.live import live_of
from chassis.peers import peer
from chassis.settings import Settings
from chassis.viewer import Viewer

from .loaders import Loaders
from .peers import Catalogue
from .schema import Context, schema
from .service import Carts

CLEAN_UP_EVERY_S = 3_600


def subgraph(settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> Subgraph:
    """Cart, ready to serve; nothing connects yet. `transport` is the wire to its peers, for tests."""
    database, live = open_database("cart", settings), live_of("cart", settings)
    products = peer("products", settings, transport=transport)
    inventory = peer("inventory", settings, transport=transport)
    catalogue = Catalogue(products, inventory)
    carts = Carts(database, catalogue, Hints(live), timedelta(days=settings.cart_retention_days))

    def context(viewer: Viewer) -> Context:
        return Context(viewer=viewer, carts=carts, live=live, loaders=Loaders(database, catalogue))

    return Subgraph(
        name="cart",
        schema=schema,
        database=database,
        context=context,
        listens=[
            Listener("orders", "OrderConfirmed", carts.empty_bought),
            Listener("users", "UserDeleted", carts.forget_person),
        ],
        periodic=[Periodic("delete abandoned carts", every_s=CLEAN_UP_EVERY_S, call=carts.delete_abandoned)],
        closes=[products.close, inventory.close, live.close],
        peers=[products, inventory],
    )
