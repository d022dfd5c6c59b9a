"""What a resolver of orders finds in `info.context`."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

import chassis.context
from chassis.live import Live
from subgraphs.orders.loaders import Loaders
from subgraphs.orders.service import Cancellations, Checkouts, Claims, Fulfilment, Orders, Returns


@dataclass(frozen=True)
class Context(chassis.context.Context):
    """One per request."""

    orders: Orders
    checkouts: Checkouts
    cancellations: Cancellations
    fulfilment: Fulfilment
    returns: Returns
    claims: Claims
    live: Live
    loaders: Loaders
    # With which payments is told who was shown an order.
    secret: str


Info = strawberry.Info[Context, None]
