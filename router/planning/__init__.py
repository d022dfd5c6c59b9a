"""Planning: from a valid operation to the requests that answer it. Pure: text and data in, data out."""

from router.planning.planner import plan
from router.planning.walk import Unreachable

__all__ = ["Unreachable", "plan"]
