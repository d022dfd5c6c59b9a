"""The GraphQL schema of reviews: translates, decides nothing."""

from chassis.schema import Schema
from subgraphs.reviews.schema.context import Context
from subgraphs.reviews.schema.reading import Query
from subgraphs.reviews.schema.reviews import CatalogItem, User
from subgraphs.reviews.schema.writing import Mutation

schema = Schema(query=Query, mutation=Mutation, types=[CatalogItem, User])

__all__ = ["Context", "schema"]
