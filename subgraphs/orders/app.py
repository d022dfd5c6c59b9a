"""Wires orders: settings → database and peers → service → schema."""

from __future__ import annotations

from chassis.app import Periodic, Subgraph, open_database
from chassis.peers import peer
from chassis.settings import Settings
from chassis.viewer import Viewer

from .loaders import Loaders
from .peers import Peers
from .schema import Context, schema
from .service import Checkouts, Orders


def subgraph(settings: Settings) -> Subgraph:
    """Orders, ready to serve; nothing connects yet."""
    database = open_database("orders", settings)
    peers = Peers(
        users=peer("users", settings),
        products=peer("products", settings),
        cart=peer("cart", settings),
        inventory=peer("inventory", settings),
        payments=peer("payments", settings),
    )
    orders, checkouts = Orders(database), Checkouts(database, peers)

    def context(viewer: Viewer) -> Context:
        return Context(viewer=viewer, orders=orders, checkouts=checkouts, loaders=Loaders(database))

    return Subgraph(
        name="orders",
        schema=schema,
        database=database,
        context=context,
        periodic=[Periodic("finish checkouts", every_s=15, call=checkouts.finish_stuck)],
        closes=[peers.close],
    )
