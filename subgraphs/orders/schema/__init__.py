"""The graph of orders: translates, decides nothing."""

from chassis.schema import Schema

from .checkout import Mutation
from .context import Context
from .history import EVENT_TYPES
from .query import Query
from .types import Order, OrderLine, User, Variant

schema = Schema(query=Query, mutation=Mutation, types=[Order, OrderLine, User, Variant, *EVENT_TYPES])

__all__ = ["Context", "schema"]
