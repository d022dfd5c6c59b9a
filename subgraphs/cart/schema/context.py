"""What cart's resolvers find in `info.context`."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

import chassis.context
from chassis.live import Live
from subgraphs.cart.loaders import Loaders
from subgraphs.cart.service import Carts


@dataclass(frozen=True)
class Context(chassis.context.Context):
    """One per request."""

    carts: Carts
    live: Live
    loaders: Loaders


Info = strawberry.Info[Context, None]
