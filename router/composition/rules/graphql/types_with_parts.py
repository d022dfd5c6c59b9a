"""Types have what their kind must have: fields, members, values; and members are object types (GraphQL, "Types")."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.graphql.known_names import SPECIFIED_SCALARS
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind, Operation, Schema, Type

_PARTS = {
    Kind.OBJECT: "fields",
    Kind.INTERFACE: "fields",
    Kind.INPUT: "fields",
    Kind.UNION: "member types",
    Kind.ENUM: "values",
}


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse empty types, reserved names, union members that are no objects, and extended built-in scalars."""
    for name in sorted(SPECIFIED_SCALARS & subgraph.written.types.keys()):
        written = subgraph.written.types[name]
        if written.extended:
            message = f'Cannot extend built-in type "{name}"'
            yield fault(subgraph, "INVALID_GRAPHQL", message, written.at, fix="Define a scalar of your own instead.")
    for type in subgraph.schema.types.values():
        for message, fix in _problems(subgraph.schema, type):
            yield fault(subgraph, "INVALID_GRAPHQL", message, type.at, fix=fix)


def _problems(schema: Schema, type: Type) -> Iterator[tuple[str, str]]:
    parts = _PARTS.get(type.kind)
    is_query = type.name == schema.roots.get(Operation.QUERY)
    if parts is not None and not (type.fields or type.inputs or type.members or type.values) and not is_query:
        yield f"Type {type.name} must define one or more {parts}.", f"Add {parts} to it, or remove the type."
    arguments = (name for item in type.fields.values() for name in item.arguments)
    names = (type.name, *type.fields, *arguments, *type.inputs, *type.values)
    for name in names:
        if name.startswith("__"):
            message = f'Name "{name}" must not begin with "__", which is reserved by GraphQL introspection.'
            yield message, "Give it a name without the two underscores."
    for member in type.members:
        kind = schema.types[member].kind
        if kind is not Kind.OBJECT:
            message = (
                f"Cannot add non-object type {member} (of type {kind.value}Type) as member of union type {type.name}"
            )
            yield message, f"List the object types that implement {member}, or leave it out."
    if type.kind is Kind.ENUM:
        for value in type.values:
            if value in {"true", "false", "null"}:
                yield f"Enum type {type.name} cannot include value: {value}.", "Rename the value."
