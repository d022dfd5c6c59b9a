"""Enums that are only written end in Input."""

from __future__ import annotations

from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, EnumNode, Graph

CODE = "ENUM_USED_AS_INPUT_WITHOUT_SUFFIX"
LEVEL = Level.OFF


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Enums that arguments take, no field answers, and whose names do not say so."""
    for each in graph.types:
        taken = each.coordinate in graph.inputs and each.coordinate not in graph.outputs
        if isinstance(each.node, EnumNode) and taken and not each.name.endswith("Input"):
            yield each, "the enum is only written and does not end in `Input`"
