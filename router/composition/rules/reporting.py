"""How a rule words a fault: the subgraph's name first, as `[products] …`."""

from __future__ import annotations

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault, Place
from router.composition.schema.model import Application
from router.composition.schema.spans import NOWHERE, Span
from router.composition.schema.values import print_value


def fault(subgraph: Subgraph, code: str, message: str, at: Span = NOWHERE, fix: str = "") -> Fault:
    """Make a fault of one subgraph, at a stretch of its text where that is known."""
    return Fault(code, f"[{subgraph.name}] {message}", (Place(subgraph.name, *at),), fix)


def as_written(application: Application) -> str:
    """Write an application as GraphQL text."""
    arguments = ", ".join(f"{name}: {print_value(value)}" for name, value in application.arguments.items())
    return f"@{application.name}({arguments})" if arguments else f"@{application.name}"
