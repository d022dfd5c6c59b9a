"""Types, fields, arguments, values and directives have a description."""

from __future__ import annotations

from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph, kind_of

CODE = "ALL_ELEMENTS_REQUIRE_DESCRIPTION"
LEVEL = Level.OFF


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """What no subgraph describes."""
    everything = tuple(graph.everything())
    described = {each.coordinate for each in everything if getattr(each.node, "description", None)}
    roots = frozenset(graph.roots.values())
    for each in everything:
        if each.coordinate not in described and each.coordinate not in roots:
            yield each, f"the {kind_of(each.node)} has no description"
