"""Wires cart: settings → database and peers → service → schema."""

from __future__ import annotations

from chassis.app import Subgraph, open_database
from chassis.events import Listener
from chassis.peers import peer
from chassis.settings import Settings
from chassis.viewer import Viewer

from .loaders import Loaders
from .peers import Catalogue
from .schema import Context, schema
from .service import Carts


def subgraph(settings: Settings) -> Subgraph:
    """Cart, ready to serve; nothing connects yet."""
    database = open_database("cart", settings)
    products, inventory = peer("products", settings), peer("inventory", settings)
    catalogue = Catalogue(products, inventory)
    carts = Carts(database, catalogue)

    def context(viewer: Viewer) -> Context:
        return Context(viewer=viewer, carts=carts, loaders=Loaders(database, catalogue))

    return Subgraph(
        name="cart",
        schema=schema,
        database=database,
        context=context,
        listens=[Listener("orders", "OrderConfirmed", carts.empty_bought)],
        closes=[products.close, inventory.close],
    )
