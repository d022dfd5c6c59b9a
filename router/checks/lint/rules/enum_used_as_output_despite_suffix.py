"""Enums that end in Input are not answered."""

from __future__ import annotations

from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, EnumNode, Graph

CODE = "ENUM_USED_AS_OUTPUT_DESPITE_SUFFIX"
LEVEL = Level.OFF


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Enums that fields answer although their names say that they are written."""
    for each in graph.types:
        if isinstance(each.node, EnumNode) and each.coordinate in graph.outputs and each.name.endswith("Input"):
            yield each, "the enum ends in `Input` and is answered by fields"
