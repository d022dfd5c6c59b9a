"""Wires payments: settings → database → provider → service → schema."""

from __future__ import annotations

from chassis.app import Periodic, Subgraph, open_database
from chassis.events import Listener
from chassis.settings import Settings
from chassis.viewer import Viewer

from .loaders import Loaders
from .providers.sandbox import Sandbox
from .schema import Context, schema
from .service import Payments
from .store import SandboxBooks


def subgraph(settings: Settings) -> Subgraph:
    """Payments, ready to serve; nothing connects yet."""
    database = open_database("payments", settings)
    payments = Payments(database, Sandbox(SandboxBooks(database)))

    def context(viewer: Viewer) -> Context:
        return Context(viewer=viewer, payments=payments, loaders=Loaders(database))

    return Subgraph(
        name="payments",
        schema=schema,
        database=database,
        context=context,
        listens=[Listener("orders", "OrderPlaced", payments.order_placed)],
        periodic=[Periodic("settle payments", every_s=30, call=payments.settle_stuck)],
    )
