"""Connections are as Relay's specification says: edges, pageInfo, a node in each edge, and a way to page."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import FieldDefinitionNode

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph, ObjectNode, named

CODE = "RELAY_CONNECTIONS"
LEVEL = Level.ERROR
_PAGING = ({"first", "after"}, {"last", "before"})


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Types that end in Connection and lack something, and fields that answer one without arguments to page by."""
    fields: dict[str, dict[str, str]] = {}
    for each in graph.fields:
        if isinstance(each.node, FieldDefinitionNode):
            fields.setdefault(each.coordinate.partition(".")[0], {})[each.name] = named(each.node.type)
    for each in graph.types:
        if isinstance(each.node, ObjectNode) and each.name.endswith("Connection"):
            own = fields.get(each.coordinate, {})
            lacking = [name for name in ("edges", "pageInfo") if name not in own]
            if lacking:
                yield each, f"the connection has no `{'` and no `'.join(lacking)}`"
            elif not {"node", "cursor"} <= set(fields.get(own["edges"], {})):
                yield each, f"`{own['edges']}` needs a `node` and a `cursor`"
    for each in graph.fields:
        if isinstance(each.node, FieldDefinitionNode) and named(each.node.type).endswith("Connection"):
            arguments = {argument.name.value for argument in each.node.arguments or ()}
            if not any(way <= arguments for way in _PAGING):
                yield each, "a connection is paged by `first` and `after`, or by `last` and `before`"
