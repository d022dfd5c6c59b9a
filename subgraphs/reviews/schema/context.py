"""What reviews' resolvers find in `info.context`."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

import chassis.context
from subgraphs.reviews.loaders import Loaders
from subgraphs.reviews.service import Reviews


@dataclass(frozen=True)
class Context(chassis.context.Context):
    """One per request."""

    reviews: Reviews
    loaders: Loaders


Info = strawberry.Info[Context, None]
