"""Every type can be reached from a root field or an entity."""

from __future__ import annotations

from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph, kind_of

CODE = "DEFINED_TYPES_ARE_UNUSED"
LEVEL = Level.ERROR


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Types that nothing leads to, all subgraphs taken together."""
    for each in graph.types:
        if each.coordinate not in graph.reached:
            yield each, f"no root field and no entity leads to this {kind_of(each.node)}"
