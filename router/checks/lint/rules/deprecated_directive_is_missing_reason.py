"""What is deprecated says why, and what to use instead."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import ConstDirectiveNode, StringValueNode

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph

CODE = "DEPRECATED_DIRECTIVE_IS_MISSING_REASON"
LEVEL = Level.ERROR


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Elements with a bare @deprecated, or an empty reason."""
    for each in graph.everything():
        for directive in each.node.directives or ():
            if directive.name.value == "deprecated" and not _reason(directive):
                yield each, "it is deprecated without a reason"


def _reason(directive: ConstDirectiveNode) -> str:
    for argument in directive.arguments or ():
        if argument.name.value == "reason" and isinstance(argument.value, StringValueNode):
            return argument.value.value.strip()
    return ""
