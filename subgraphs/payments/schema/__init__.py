"""The graph of payments: translates, decides nothing.

What moves money is for other subgraphs (`@inaccessible`, service token) or administrators; customers read what is
theirs, keep ways to pay, and answer their bank's challenges.
"""

from chassis.schema import Schema

from .context import Context
from .mutations import Mutation
from .queries import Query
from .types import Order, Payment, User

schema = Schema(query=Query, mutation=Mutation, types=[Order, User, Payment])

__all__ = ["Context", "schema"]
