"""INVALID_GRAPHQL: what is valid in every subgraph may not be so together."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.outcome import Fault
from router.composition.places import places_of
from router.composition.rules.graphql.implementations import implementation_problems
from router.composition.schema.coercion import fits
from router.composition.schema.model import Absent, Input
from router.composition.schema.values import print_value


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse merged types that do not implement their merged interfaces, and defaults that lost their enum's value."""
    for type in merged.schema.types.values():
        for message in implementation_problems(merged.schema, type):
            yield Fault(
                "INVALID_GRAPHQL",
                message,
                places_of(merged.subgraphs, type.name),
                f'Bring "{type.name}" and its interfaces into line in all subgraphs that define them.',
            )
    for word, coordinate, given in _inputs(merged):
        if not isinstance(given.default, Absent) and not fits(merged.schema, given.default, given.type):
            yield Fault(
                "INVALID_GRAPHQL",
                f"Invalid default value (got: {print_value(given.default)}) provided for {word} {coordinate} of"
                f" type {given.type}.",
                places_of(merged.subgraphs, coordinate),
                "Choose a default that the type has in every subgraph, or define the value in all of them.",
            )


def _inputs(merged: Merged) -> Iterator[tuple[str, str, Input]]:
    for type in merged.schema.types.values():
        for item in type.fields.values():
            for argument in item.arguments.values():
                yield "argument", f"{type.name}.{item.name}({argument.name}:)", argument
        for given in type.inputs.values():
            yield "input field", f"{type.name}.{given.name}", given
    for definition in merged.schema.definitions.values():
        carried = merged.carried.directives.get(definition.name)
        for argument in definition.arguments.values() if carried is None or carried.canonical is None else ():
            yield "argument", f"@{definition.name}({argument.name}:)", argument
