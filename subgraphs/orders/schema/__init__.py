"""The graph of orders: translates, decides nothing."""

from chassis.schema import Schema

from .context import Context
from .history import EVENT_TYPES
from .lines import OrderLine, Variant
from .mutations import Mutation
from .query import Query
from .types import Order, User
from .watching import Subscription

schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Order, OrderLine, User, Variant, *EVENT_TYPES],
)

__all__ = ["Context", "schema"]
