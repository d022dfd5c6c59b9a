"""The graph of carts: translates, decides nothing."""

from chassis.schema import Schema

from .carts import Cart, CartLine, InsufficientStock, PriceChanged, User, Variant, VariantUnavailable
from .context import Context
from .reading import Query
from .watching import Subscription
from .writing import Mutation

schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Cart, CartLine, User, Variant, InsufficientStock, PriceChanged, VariantUnavailable],
)

__all__ = ["Context", "schema"]
