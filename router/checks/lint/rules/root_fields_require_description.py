"""Fields of Query, Mutation and Subscription have a description."""

from __future__ import annotations

from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph

CODE = "ROOT_FIELDS_REQUIRE_DESCRIPTION"
LEVEL = Level.OFF


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Root fields that no subgraph describes: the door to a graph is where readers begin."""
    roots = frozenset(graph.roots.values())
    described = {each.coordinate for each in graph.fields if getattr(each.node, "description", None)}
    for each in graph.fields:
        if each.coordinate.partition(".")[0] in roots and each.coordinate not in described:
            yield each, "the root field has no description"
