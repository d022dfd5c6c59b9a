"""What inventory's resolvers find in `info.context`."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

import chassis.context
from subgraphs.inventory.loaders import Loaders
from subgraphs.inventory.service import Stock


@dataclass(frozen=True)
class Context(chassis.context.Context):
    """One per request."""

    stock: Stock
    loaders: Loaders


Info = strawberry.Info[Context, None]
