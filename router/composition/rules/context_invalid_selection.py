"""CONTEXT_INVALID_SELECTION: what a @fromContext takes is one field of each type that sets the context, fit for use."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionNode, SelectionSetNode

from router.composition.contexts import context_of
from router.composition.expand.subgraph import Subgraph
from router.composition.fieldsets import FieldSetFault, parse_field_set
from router.composition.outcome import Fault
from router.composition.rules.field_sets import argument_problems
from router.composition.rules.reporting import fault
from router.composition.schema.model import Input, Kind, Type
from router.composition.schema.references import ListOf, Named, NonNull, Reference, base_name, is_list
from router.composition.schema.subtyping import is_subtype

_FIX = "Select one field that every type with the context has, of the argument's type; or one `... on Type` for each."


class _Invalid(Exception):
    """Says what is wrong with a selection, as the end of a sentence."""


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge what every @fromContext selects."""
    contexts = subgraph.contexts
    for type in subgraph.schema.types.values():
        for item in type.fields.values():
            for argument in item.arguments.values():
                taken = subgraph.find(argument, "fromContext")
                if taken is None:
                    continue
                name, text = context_of(taken)
                if name not in contexts or not text.strip():
                    continue
                try:
                    _judge(subgraph, contexts[name], text, argument)
                except _Invalid as invalid:
                    coordinate = f"{type.name}.{item.name}({argument.name}:)"
                    message = f'Context "{name}" is used in "{coordinate}" but the selection is invalid{invalid}'
                    yield fault(subgraph, "CONTEXT_INVALID_SELECTION", message, taken.at, fix=_FIX)


def _judge(subgraph: Subgraph, locations: list[Type], text: str, argument: Input) -> None:
    try:
        selection = parse_field_set(text)
    except FieldSetFault as error:
        raise _Invalid(f": {error}") from None
    for node in _every(selection):
        if node.directives:
            raise _Invalid(": directives are not allowed in the selection")
        if isinstance(node, FieldNode) and node.alias is not None:
            raise _Invalid(": aliases are not allowed in the selection")
        if isinstance(node, FragmentSpreadNode):
            raise _Invalid(": fragment spread is not allowed")
    unused = [
        node.type_condition.name.value
        for node in selection.selections
        if isinstance(node, InlineFragmentNode) and node.type_condition is not None
    ]
    for location in locations:
        unused = [name for name in unused if name not in subgraph.schema.possible(location.name)]
        if subgraph.is_interface_object(location.name):
            raise _Invalid(f': One of the types in the selection is an interfaceObject: "{location.name}"')
        for parent, part in _for_location(subgraph, location, selection):
            found = _type_of(subgraph, parent, part)
            if not is_subtype(subgraph.schema, found, argument.type):
                raise _Invalid(
                    f': the type of the selection "{found}" does not match the expected type "{argument.type}"'
                )
    if unused:
        raise _Invalid(f': type condition "{unused[0]}" is never used.')


def _every(selection: SelectionSetNode) -> Iterator[SelectionNode]:
    for node in selection.selections:
        yield node
        if isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set is not None:
            yield from _every(node.selection_set)


def _for_location(
    subgraph: Subgraph, location: Type, selection: SelectionSetNode
) -> Iterator[tuple[Type, SelectionSetNode]]:
    """Answer what is selected where the context is set on this type: by the fragments that fit it, or as it stands."""
    fragments = [node for node in selection.selections if isinstance(node, InlineFragmentNode)]
    if not fragments:
        yield location, selection
        return
    possible = subgraph.schema.possible(location.name)
    fitting = False
    for node in fragments:
        name = node.type_condition.name.value if node.type_condition is not None else location.name
        condition = subgraph.schema.types.get(name)
        if condition is not None and condition.kind is not Kind.OBJECT:
            raise _Invalid(": type conditions must be an object type")
        if condition is not None and name in possible:
            fitting = True
            yield condition, node.selection_set
    if not fitting:
        raise _Invalid(f': no type condition matches the location "{location.name}"')


def _type_of(subgraph: Subgraph, parent: Type, selection: SelectionSetNode) -> Reference:
    """Answer the type of the one leaf selected. It may be null: the object above may not have been there."""
    if len(selection.selections) > 1:
        raise _Invalid(": multiple selections are made")
    node = selection.selections[0]
    if isinstance(node, InlineFragmentNode):
        return _type_of(subgraph, parent, node.selection_set)
    name = node.name.value if isinstance(node, FieldNode) else ""
    if name == "__typename":
        return Named("String")
    item = parent.fields.get(name)
    if item is None:
        raise _Invalid(f' for type {parent.name}. Error: Cannot query field "{name}" on type "{parent.name}".')
    if isinstance(node, FieldNode):
        for message, _ in argument_problems(subgraph, f"{parent.name}.{name}", item, node):
            raise _Invalid(f" for type {parent.name}. Error: {message}")
    target = subgraph.schema.types.get(base_name(item.type))
    below = node.selection_set if isinstance(node, FieldNode) else None
    if target is None or not target.composite:
        return item.type.of if isinstance(item.type, NonNull) else item.type
    if below is None:
        raise _Invalid(
            f" for type {parent.name}. Error: Invalid empty selection set for field"
            f' "{parent.name}.{name}" of non-leaf type {item.type}'
        )
    inner = _type_of(subgraph, target, below)
    return ListOf(inner) if is_list(item.type) else inner
