"""Field sets: the selections inside @key, @requires and @provides."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from graphql import (
    FieldNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    parse,
)

from router.composition.schema.model import Kind, Schema
from router.composition.schema.references import base_name

DEPTH_MAX = 64
"""Field sets nest no deeper than this."""


class FieldSetFault(Exception):
    """A field set that is not a selection."""


@lru_cache(maxsize=4096)
def parse_field_set(text: str) -> SelectionSetNode:
    """Parse a field set, with or without its outer braces; raises FieldSetFault with the parser's words."""
    source = text if text.lstrip().startswith("{") else f"{{{text}}}"
    try:
        document = parse(source, no_location=True, max_tokens=20_000)
    except GraphQLError as error:
        raise FieldSetFault(error.message) from None
    except RecursionError:
        raise FieldSetFault("the selection nests too deep") from None
    operation = document.definitions[0]
    if len(document.definitions) != 1 or not isinstance(operation, OperationDefinitionNode):
        raise FieldSetFault("a field set is one selection")
    if _depth(operation.selection_set) > DEPTH_MAX:
        raise FieldSetFault("the selection nests too deep")
    return operation.selection_set


def _depth(selection: SelectionSetNode) -> int:
    if not selection.selections:
        raise FieldSetFault('Syntax Error: Expected Name, found "}".')
    below = [_depth(inner) for item in selection.selections if (inner := subselection(item)) is not None]
    return 1 + max(below, default=0)


def subselection(node: SelectionNode) -> SelectionSetNode | None:
    """Answer what is selected below a selection, if anything."""
    match node:
        case FieldNode() | InlineFragmentNode():
            return node.selection_set
        case _:
            return None


def fields_of(schema: Schema, parent: str, selection: SelectionSetNode, *, implementations: bool) -> set[str]:
    """Answer the coordinates a selection names on a type, up to the first that does not exist.

    With `implementations`, a field of an interface counts for every object type that implements it.
    """
    found: set[str] = set()
    with suppress(FieldSetFault):
        _collect(found, schema, parent, selection, implementations=implementations)
    return found


def _collect(
    found: set[str], schema: Schema, parent: str, selection: SelectionSetNode, *, implementations: bool
) -> None:
    type = schema.types.get(parent)
    if type is None:
        raise FieldSetFault(f'Unknown type "{parent}".')
    for item in selection.selections:
        match item:
            case FieldNode():
                name = item.name.value
                if name == "__typename":
                    continue
                field = type.fields.get(name)
                if field is None:
                    raise FieldSetFault(f'Cannot query field "{name}" on type "{parent}".')
                found.add(f"{parent}.{name}")
                if implementations and type.kind is Kind.INTERFACE:
                    found |= {
                        f"{object}.{name}" for object in schema.possible(parent) if name in schema.types[object].fields
                    }
                if item.selection_set is not None:
                    target = base_name(field.type)
                    _collect(found, schema, target, item.selection_set, implementations=implementations)
            case InlineFragmentNode():
                target = item.type_condition.name.value if item.type_condition else parent
                _collect(found, schema, target, item.selection_set, implementations=implementations)
            case _:
                continue
