"""Operations that must answer what another operation answers: the whole in other words, or one path of it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

PREFIX = "renamed_"


def inlined(document: DocumentNode) -> OperationDefinitionNode:
    """The document's one operation, each spread written out as an inline fragment."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}

    class Inline(Visitor):
        """Puts a fragment's own selections where it is spread."""

        def leave_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> InlineFragmentNode:
            """The fragment may spread others."""
            fragment = fragments[node.name.value]
            inside = visit(fragment.selection_set, self)
            return InlineFragmentNode(
                type_condition=fragment.type_condition, directives=node.directives, selection_set=inside
            )

    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    found: OperationDefinitionNode = visit(operation, Inline())
    return found


def decided(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> OperationDefinitionNode:
    """The operation with `@skip` and `@include` by literals alone."""

    class Decide(Visitor):
        """Writes the value of a condition where its variable stands."""

        def enter_directive(self, node: DirectiveNode, *_: object) -> DirectiveNode | None:
            """The one argument of both directives is `if`."""
            (argument,) = node.arguments or ()
            if not isinstance(argument.value, VariableNode):
                return None
            value = BooleanValueNode(value=variables[argument.value.name.value])
            return DirectiveNode(name=node.name, arguments=(_with(argument, value=value),))

    return _pruned(visit(operation, Decide()))


def renamed(operation: OperationDefinitionNode) -> OperationDefinitionNode:
    """The operation with another name for every response name, none of which is a field's."""

    class Rename(Visitor):
        """Gives each field an alias made of its response name."""

        def enter_field(self, node: FieldNode, *_: object) -> FieldNode:
            """One response name becomes one other, so that fields merge as before."""
            return _with(node, alias=NameNode(value=PREFIX + (node.alias or node.name).value))

    found: OperationDefinitionNode = visit(operation, Rename())
    return found


def reversed_(operation: OperationDefinitionNode) -> OperationDefinitionNode:
    """The operation with each selection set backwards."""

    class Reverse(Visitor):
        """Turns selection sets round."""

        def leave_selection_set(self, node: SelectionSetNode, *_: object) -> SelectionSetNode:
            """The inner ones are turned already."""
            return SelectionSetNode(selections=tuple(reversed(node.selections)))

    found: OperationDefinitionNode = visit(operation, Reverse())
    return found


def single_paths(operation: OperationDefinitionNode) -> Iterator[OperationDefinitionNode]:
    """For every leaf of an operation without spreads, the operation that asks this leaf alone."""
    for selections in _single_paths(operation.selection_set):
        yield _pruned(_with(operation, selection_set=selections))


def _single_paths(selections: SelectionSetNode) -> Iterator[SelectionSetNode]:
    for each in selections.selections:
        assert isinstance(each, FieldNode | InlineFragmentNode)
        inside = each.selection_set
        alone: Iterator[SelectionNode] = (
            iter((each,)) if inside is None else (_with(each, selection_set=one) for one in _single_paths(inside))
        )
        for one in alone:
            yield SelectionSetNode(selections=(one,))


def merged(one: Any, other: Any) -> Any:
    """What two answers to parts of an operation say together. A null of either rose from what only it asked."""
    match one, other:
        case dict(), dict():
            shared = {name: merged(one[name], other[name]) for name in one.keys() & other.keys()}
            return one | other | shared
        case list(), list() if len(one) == len(other):
            return [merged(*pair) for pair in zip(one, other, strict=True)]
        case (None, _) | (_, None):
            return None
        case _ if one == other:
            return one
        case _:
            raise ValueError(f"{one!r} and {other!r} answer the same")


def original(data: Any) -> Any:
    """The answer to a renamed operation by the first names."""
    match data:
        case dict():
            return {name.removeprefix(PREFIX): original(value) for name, value in data.items()}
        case list():
            return [original(value) for value in data]
        case _:
            return data


def _pruned(operation: OperationDefinitionNode) -> OperationDefinitionNode:
    """The operation without the definitions of variables that it does not use."""
    used: set[str] = set()

    class Use(Visitor):
        """Notes each variable that is no definition's own."""

        def enter_variable(self, node: VariableNode, _key: object, parent: Node, *_: object) -> None:
            """Definitions hold a variable too."""
            if not isinstance(parent, VariableDefinitionNode):
                used.add(node.name.value)

    visit(operation, Use())
    kept = tuple(d for d in operation.variable_definitions or () if d.variable.name.value in used)
    return _with(operation, variable_definitions=kept)


def _with(node: Any, **changes: Any) -> Any:
    return type(node)(**{key: getattr(node, key) for key in node.keys if key != "loc"} | changes)
