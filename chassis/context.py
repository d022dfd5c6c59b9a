"""What a resolver finds in `info.context`: the viewer, and whatever the subgraph adds.

@dataclass(frozen=True)
class Context(chassis.context.Context):       # subgraphs/orders/schema.py
    orders: Orders
    loaders: Loaders

Info = strawberry.Info[Context, None]
"""

from __future__ import annotations

from dataclasses import dataclass

from chassis.viewer import Viewer


@dataclass(frozen=True)
class Context:
    """One per request."""

    viewer: Viewer
