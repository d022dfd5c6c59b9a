"""What inventory's resolvers find in `info.context`."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

import chassis.context
from chassis.live import Live
from subgraphs.inventory.loaders import Loaders
from subgraphs.inventory.service import Counting, Reservations, Warehouses


@dataclass(frozen=True)
class Context(chassis.context.Context):
    """One per request."""

    counting: Counting
    reservations: Reservations
    warehouses: Warehouses
    live: Live
    loaders: Loaders


Info = strawberry.Info[Context, None]
