"""Input types go in, output types come out, and defaults fit their types (GraphQL, "Input and Output Types")."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.coercion import fits
from router.composition.schema.model import Absent, Input, Kind, Type, applied
from router.composition.schema.references import ListOf, Named, NonNull, Reference, base_name
from router.composition.schema.values import print_value

_OUTPUT = "Return an object, interface, union, enum or scalar: input objects only go in."
_INPUT = "Take a scalar, enum or input object: objects, interfaces and unions only come out."


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge every field and argument, of directives too."""
    schema = subgraph.schema
    for type in schema.types.values():
        for item in type.fields.values():
            coordinate = f"{type.name}.{item.name}"
            target = schema.types.get(base_name(item.type))
            if target is not None and target.kind is Kind.INPUT:
                message = _misplaced(coordinate, "Output", item.type, target)
                yield fault(subgraph, "INVALID_GRAPHQL", message, item.at, fix=_OUTPUT)
            for argument in item.arguments.values():
                yield from _input_faults(subgraph, f"{coordinate}({argument.name}:)", argument)
        for given in type.inputs.values():
            yield from _input_faults(subgraph, f"{type.name}.{given.name}", given)
    for definition in subgraph.written.definitions.values():
        for argument in definition.arguments.values():
            yield from _input_faults(subgraph, f"@{definition.name}({argument.name}:)", argument)


def _input_faults(subgraph: Subgraph, coordinate: str, given: Input) -> Iterator[Fault]:
    target = subgraph.schema.types.get(base_name(given.type))
    if target is not None and target.composite:
        message = _misplaced(coordinate, "Input", given.type, target)
        yield fault(subgraph, "INVALID_GRAPHQL", message, given.at, fix=_INPUT)
    elif not isinstance(given.default, Absent) and not fits(subgraph.schema, given.default, given.type):
        message = (
            f"Invalid default value (got: {print_value(given.default)}) provided for argument {coordinate} of type"
            f" {given.type}."
        )
        fix = f"Give a default of type {given.type}, or none."
        yield fault(subgraph, "INVALID_GRAPHQL", message, given.at, fix=fix)
    if given.required and applied(given.directives, "deprecated") is not None:
        message = f"Required argument {coordinate} cannot be deprecated."
        fix = "Make it optional first (nullable, or with a default), so that clients can stop giving it."
        yield fault(subgraph, "INVALID_GRAPHQL", message, given.at, fix=fix)


def _misplaced(coordinate: str, wanted: str, reference: Reference, target: Type) -> str:
    match reference:
        case NonNull():
            kind = "NonNull"
        case ListOf():
            kind = "List"
        case Named():
            kind = target.kind.value
    return f'The type of "{coordinate}" must be {wanted} Type but got "{reference}", a {kind}Type.'
