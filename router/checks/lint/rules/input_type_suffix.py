"""Input types end in Input, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph, InputNode

CODE = "INPUT_TYPE_SUFFIX"
LEVEL = Level.WARN


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Input types that end otherwise, and other types that end so."""
    for each in graph.types:
        is_input = isinstance(each.node, InputNode)
        if is_input and not each.name.endswith("Input"):
            yield each, "the input type does not end in `Input`"
        elif not is_input and each.name.endswith("Input"):
            yield each, "the type ends in `Input` and is no input type"
