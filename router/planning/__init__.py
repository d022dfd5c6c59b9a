"""Planning: from a valid operation to the requests that answer it. Pure: text and data in, data out."""

from router.planning.planner import explain, plan
from router.planning.structure import as_json
from router.planning.text import as_text
from router.planning.walk import Unreachable

__all__ = ["Unreachable", "as_json", "as_text", "explain", "plan"]
