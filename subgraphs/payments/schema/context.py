"""What a resolver of payments finds in `info.context`."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

import chassis.context
from subgraphs.payments.loaders import Loaders
from subgraphs.payments.service import Methods, Payments


@dataclass(frozen=True)
class Context(chassis.context.Context):
    """What a resolver of payments finds in `info.context`."""

    payments: Payments
    methods: Methods
    loaders: Loaders
    # With which orders tells who was shown an order.
    secret: str


Info = strawberry.Info[Context, None]
