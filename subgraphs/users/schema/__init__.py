"""The graph users adds. Translates, decides nothing."""

from chassis.schema import Schema
from subgraphs.users.schema.context import Context, Info
from subgraphs.users.schema.mutations import Mutation
from subgraphs.users.schema.queries import Query

__all__ = ["Context", "Info", "schema"]

schema = Schema(query=Query, mutation=Mutation)
