"""How a rule words a fault: the subgraph's name first, as `[products] …`."""

from __future__ import annotations

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault, Place
from router.composition.schema.model import Application
from router.composition.schema.values import print_value


def fault(subgraph: Subgraph, code: str, message: str, line: int = 0) -> Fault:
    """Make a fault of one subgraph."""
    return Fault(code, f"[{subgraph.name}] {message}", (Place(subgraph.name, line),))


def as_written(application: Application) -> str:
    """Write an application as GraphQL text."""
    arguments = ", ".join(f"{name}: {print_value(value)}" for name, value in application.arguments.items())
    return f"@{application.name}({arguments})" if arguments else f"@{application.name}"
