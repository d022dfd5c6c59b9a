"""What the catalogue's resolvers find in `info.context`."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

import chassis.context
from subgraphs.products.loaders import Loaders
from subgraphs.products.service import Catalogue, Pictures, Upkeep


@dataclass(frozen=True)
class Context(chassis.context.Context):
    """One per request."""

    catalogue: Catalogue
    pictures: Pictures
    upkeep: Upkeep
    loaders: Loaders


Info = strawberry.Info[Context, None]
