"""What is called id, or ends in Id, is of type ID."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import FieldDefinitionNode, InputValueDefinitionNode

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph, named

CODE = "IDS_SHOULD_BE_ID"
LEVEL = Level.WARN


_PLAIN = frozenset({"String", "Int", "Float"})


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Fields, arguments and input fields whose ids are plain strings or numbers; own scalars are their own business."""
    for each in (*graph.fields, *graph.arguments, *graph.input_fields):
        if isinstance(each.node, FieldDefinitionNode | InputValueDefinitionNode):
            kind = named(each.node.type)
            if kind in _PLAIN and (each.name in ("id", "ids") or each.name.endswith(("Id", "Ids"))):
                yield each, f"an identifier is `{kind}`: `ID` says that it means nothing to a client"
