"""Wires reviews: settings → database and peers → service → schema."""

from __future__ import annotations

import httpx

from chassis.app import Subgraph, open_database
from chassis.clock import now
from chassis.events import Listener
from chassis.peers import peer
from chassis.settings import Settings
from subgraphs.reviews.loaders import Loaders
from subgraphs.reviews.peers import Items, People
from subgraphs.reviews.schema import Context, schema
from subgraphs.reviews.service import Reviews


def subgraph(settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> Subgraph:
    """The reviews subgraph; connects to nothing yet. `transport` is the wire to its peers, for tests."""
    database = open_database("reviews", settings)
    products = peer("products", settings, transport=transport)
    users = peer("users", settings, transport=transport)
    reviews = Reviews(database, Items(products), People(users), now)
    return Subgraph(
        name="reviews",
        schema=schema,
        database=database,
        context=lambda viewer: Context(viewer=viewer, reviews=reviews, loaders=Loaders(database, viewer)),
        listens=[
            Listener("orders", "OrderConfirmed", reviews.note_purchase),
            Listener("orders", "OrderDelivered", reviews.note_purchase),
            Listener("orders", "OrderCancelled", reviews.note_cancelled),
            Listener("orders", "OrderClaimed", reviews.note_claimed),
            Listener("products", "ProductDeleted", reviews.note_gone),
            Listener("users", "UserDeleted", reviews.note_leaving),
            Listener("users", "UserRegistered", reviews.note_name),
            Listener("users", "UserRenamed", reviews.note_name),
        ],
        closes=[products.close, users.close],
        peers=[products, users],
    )
