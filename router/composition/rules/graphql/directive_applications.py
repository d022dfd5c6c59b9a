"""Directives stand where they may, once unless repeatable, with the arguments they take (GraphQL, "Directives")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Final

from graphql import parse

from router.composition.expand.subgraph import Subgraph
from router.composition.naming import did_you_mean
from router.composition.outcome import Fault
from router.composition.rules.graphql.known_names import set_apart
from router.composition.rules.reporting import fault
from router.composition.schema.coercion import fits
from router.composition.schema.model import Application, Definition, Input, Kind, Schema, every_application
from router.composition.schema.reading import read_schema
from router.composition.schema.references import base_name

SPECIFIED: Final[Mapping[str, Definition]] = read_schema(
    parse(
        """
        directive @deprecated(reason: String = "No longer supported")
          on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
        directive @specifiedBy(url: String!) on SCALAR
        directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        """
    )
).definitions


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge every application in the schema."""
    definitions = {**SPECIFIED, **subgraph.machinery.definitions, **subgraph.written.definitions}
    seen: Counter[tuple[str, str]] = Counter()
    for location, coordinate, application in chain(
        every_application(subgraph.schema), every_application(set_apart(subgraph))
    ):
        definition = definitions.get(application.name)
        if definition is None:
            continue
        if location not in definition.locations:
            message = f'Directive "@{application.name}" may not be used on {location}.'
            fix = f"Move it to where it may stand: {', '.join(definition.locations)}."
            yield fault(subgraph, "INVALID_GRAPHQL", message, application.at, fix=fix)
        seen[coordinate, application.name] += 1
        if not definition.repeatable and seen[coordinate, application.name] == 2:
            message = f'The directive "@{application.name}" can only be used once at this location.'
            yield fault(subgraph, "INVALID_GRAPHQL", message, application.at, fix="Remove all but one of them.")
        yield from _argument_faults(subgraph, definition, application, coordinate)


def _argument_faults(
    subgraph: Subgraph, definition: Definition, application: Application, coordinate: str
) -> Iterator[Fault]:
    # The field sets' own rules say more about a wrong `fields`, and @link was read before.
    lenient = application.name in {subgraph.local.get(name) for name in ("key", "requires", "provides")}
    for argument in definition.arguments.values():
        if argument.name not in application.arguments:
            if argument.required:
                message = (
                    f'Directive "@{definition.name}" argument "{argument.name}" of type "{argument.type}" is required,'
                    " but it was not provided."
                )
                fix = f"Give it: `@{application.name}({argument.name}: ...)`."
                yield fault(subgraph, "INVALID_GRAPHQL", message, application.at, fix=fix)
            continue
        value = application.arguments[argument.name]
        if (
            lenient
            and argument.name == "fields"
            and not isinstance(value, dict)
            and not _wants_object(subgraph, argument)
        ):
            continue
        if "link__Import" not in str(argument.type) and not fits(_with_machinery(subgraph), value, argument.type):
            message = (
                f'Invalid value for "@{definition.name}({argument.name}:)" of type "{argument.type}" in application of'
                f' "@{definition.name}" to "{coordinate}".'
            )
            fix = f'Give a value of type "{argument.type}".'
            yield fault(subgraph, "INVALID_GRAPHQL", message, application.at, fix=fix)
    for name in application.arguments.keys() - definition.arguments.keys():
        message = f'Unknown argument "{name}" on directive "@{definition.name}".'
        fix = f"Remove the argument, or correct its name.{did_you_mean(name, definition.arguments)}"
        yield fault(subgraph, "INVALID_GRAPHQL", message, application.at, fix=fix)


def _with_machinery(subgraph: Subgraph) -> Schema:
    """Answer the schema with the types that linked specifications bring along, which their directives' values have."""
    return replace(subgraph.schema, types={**subgraph.machinery.types, **subgraph.schema.types})


def _wants_object(subgraph: Subgraph, argument: Input) -> bool:
    type = subgraph.schema.types.get(base_name(argument.type))
    return type is not None and type.kind is Kind.INPUT
