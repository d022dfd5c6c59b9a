"""Introspection: `__schema` and `__type` at the root, answered by the router from the schema clients see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    execute_sync,
)

from router.execution.faults import GraphQLFault


def introspection(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> DocumentNode | None:
    """A document of the operation's root introspection fields alone; None when it has none."""
    picked = _picked(operation.selection_set.selections, fragments)
    if not picked:
        return None
    asked = OperationDefinitionNode(
        operation=OperationType.QUERY,
        variable_definitions=operation.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=picked),
    )
    return DocumentNode(definitions=(asked, *fragments.values()))


def _picked(
    selections: Sequence[SelectionNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[SelectionNode, ...]:
    out: list[SelectionNode] = []
    for node in selections:
        match node:
            case FieldNode():
                if node.name.value in ("__schema", "__type"):
                    out.append(node)
            case InlineFragmentNode():
                inner = _picked(node.selection_set.selections, fragments)
                if inner:
                    out.append(_inline(node.directives, inner))
            case FragmentSpreadNode():
                inner = _picked(fragments[node.name.value].selection_set.selections, fragments)
                if inner:
                    out.append(_inline(node.directives, inner))
            case _:
                continue
    return tuple(out)


def _inline(directives: Any, selections: tuple[SelectionNode, ...]) -> InlineFragmentNode:
    return InlineFragmentNode(directives=directives, selection_set=SelectionSetNode(selections=selections))


def introspect(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]
) -> tuple[dict[str, Any], list[GraphQLFault]]:
    """The values of the root introspection fields, by the client's keys."""
    result = execute_sync(schema, document, variable_values=dict(variables))
    faults = [GraphQLFault(error.message, tuple(error.path or ()) or None) for error in result.errors or ()]
    return dict(result.data or {}), faults
