"""INVALID_SUBGRAPH_NAME: `_` stands for no subgraph in error paths, and the empty name for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse the reserved name, and none."""
    if not subgraph.name:
        yield fault(subgraph, "INVALID_SUBGRAPH_NAME", "A subgraph needs a name", fix="Name it.")
    if subgraph.name == "_":
        yield fault(
            subgraph, "INVALID_SUBGRAPH_NAME", "Invalid name _ for a subgraph: this name is reserved", fix="Rename it."
        )
