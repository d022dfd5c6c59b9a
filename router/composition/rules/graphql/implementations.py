"""Types keep their interfaces' promises (GraphQL, "Objects": type validation, IsValidImplementation)."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind, Schema, Type
from router.composition.schema.subtyping import is_subtype


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge every type that implements an interface."""
    for type in subgraph.schema.types.values():
        for message in implementation_problems(subgraph.schema, type):
            yield fault(
                subgraph,
                "INVALID_GRAPHQL",
                message,
                type.at,
                fix=f'Let "{type.name}" have what its interface promises.',
            )


def implementation_problems(schema: Schema, type: Type) -> Iterator[str]:
    """Say what a type lacks to implement its interfaces."""
    for name in type.interfaces:
        interface = schema.types.get(name)
        if interface is None:
            continue
        if interface.kind is not Kind.INTERFACE:
            yield f"Cannot implement non-interface type {name} (of type {interface.kind.value}Type)"
            continue
        if name == type.name:
            yield f"Type {name} cannot implement itself because it would create a circular reference."
            continue
        for other in interface.interfaces:
            if other not in type.interfaces:
                if other == type.name:
                    yield f"Type {type.name} cannot implement {name} because it would create a circular reference."
                else:
                    yield f"Type {type.name} must implement {other} because it is implemented by {name}."
        yield from _field_problems(schema, type, interface)


def _field_problems(schema: Schema, type: Type, interface: Type) -> Iterator[str]:
    for expected in interface.fields.values():
        item = type.fields.get(expected.name)
        label = f"{interface.name}.{expected.name}"
        if item is None:
            yield f"Interface field {label} expected but {type.name} does not provide it."
            continue
        own = f"{type.name}.{item.name}"
        if not is_subtype(schema, item.type, expected.type):
            yield (
                f"Interface field {label} expects type {expected.type} but {own} of type {item.type} is not a proper"
                " subtype."
            )
        for argument in expected.arguments.values():
            given = item.arguments.get(argument.name)
            if given is None:
                yield f"Interface field argument {label}({argument.name}:) expected but {own} does not provide it."
            elif given.type != argument.type:
                yield (
                    f"Interface field argument {label}({argument.name}:) expects type {argument.type} but"
                    f" {own}({argument.name}:) is type {given.type}."
                )
        for given in item.arguments.values():
            if given.name not in expected.arguments and given.required:
                yield (
                    f"Field {own} includes required argument {given.name} that is missing from the Interface field"
                    f" {label}."
                )
