"""The GraphQL schema of the catalogue: translates, decides nothing."""

from chassis.schema import Schema
from subgraphs.products.schema.administration import Mutation
from subgraphs.products.schema.browsing import Query
from subgraphs.products.schema.context import Context
from subgraphs.products.schema.items import Bundle, Product, Variant

schema = Schema(query=Query, mutation=Mutation, types=[Product, Bundle, Variant])

__all__ = ["Context", "schema"]
