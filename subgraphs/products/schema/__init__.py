"""The GraphQL schema of the catalogue: translates, decides nothing."""

import strawberry

from chassis.schema import Schema
from subgraphs.products.schema import administration, pictures, upkeep
from subgraphs.products.schema.browsing import Query
from subgraphs.products.schema.context import Context
from subgraphs.products.schema.items import Bundle, Product, Variant


@strawberry.type
class Mutation(administration.Mutation, pictures.Mutation, upkeep.Mutation):
    """What can be changed."""


schema = Schema(query=Query, mutation=Mutation, types=[Product, Bundle, Variant])

__all__ = ["Context", "schema"]
