"""The GraphQL schema of inventory: translates, decides nothing."""

from chassis.schema import Schema
from subgraphs.inventory.schema.context import Context
from subgraphs.inventory.schema.reading import Query
from subgraphs.inventory.schema.stock import Product, Variant
from subgraphs.inventory.schema.watching import Subscription
from subgraphs.inventory.schema.writing import Mutation

schema = Schema(query=Query, mutation=Mutation, subscription=Subscription, types=[Product, Variant])

__all__ = ["Context", "schema"]
