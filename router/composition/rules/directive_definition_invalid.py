"""DIRECTIVE_DEFINITION_INVALID: a subgraph may define the federation directives itself, but only as specified."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.expand.unlinked import left_undefined
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Absent, Definition, Input, Kind
from router.composition.schema.references import ListOf, Named, NonNull, Reference, base_name
from router.composition.schema.values import canonical, print_value

_SPECIFIED_SCALARS = frozenset({"Int", "Float", "String", "Boolean", "ID"})


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Compare each own definition of a specified directive with the specification's."""
    # Of Federation 1 schemas, links are read only after their upgrade.
    judged = {*subgraph.local.values(), *(() if subgraph.federation_1 else subgraph.machinery.definitions)}
    scalars = {type.name for type in subgraph.written.types.values() if type.kind is Kind.SCALAR} - _SPECIFIED_SCALARS
    for own in subgraph.written.definitions.values():
        specified = subgraph.machinery.definitions.get(own.name)
        if specified is None or own.name not in judged or not _takes_known_types(subgraph, own):
            continue
        found = [
            fault(
                subgraph,
                "DIRECTIVE_DEFINITION_INVALID",
                f'Invalid definition for directive "@{own.name}": {problem}',
                own.at,
                fix=f"Remove the definition (it comes with the specification), or copy it: `{_in_words(specified)}`.",
            )
            for problem in _problems(own, specified, scalars)
        ]
        linking = own.name not in subgraph.local.values()
        yield from left_undefined(subgraph.name, subgraph.written, found) if found and linking else found


def _takes_known_types(subgraph: Subgraph, own: Definition) -> bool:
    known = subgraph.written.types.keys() | _SPECIFIED_SCALARS
    return all(base_name(argument.type) in known for argument in own.arguments.values())


def _in_words(definition: Definition) -> str:
    arguments = ", ".join(f"{given.name}: {given.type}" for given in definition.arguments.values())
    repeatable = " repeatable" if definition.repeatable else ""
    return f"directive @{definition.name}({arguments}){repeatable} on {' | '.join(definition.locations)}"


def _problems(own: Definition, specified: Definition, scalars: Collection[str]) -> Iterator[str]:
    for argument in specified.arguments.values():
        given = own.arguments.get(argument.name)
        if given is None:
            if argument.required:
                yield f'missing required argument "{argument.name}"'
        elif not _may_stand_for(given.type, argument.type, scalars):
            yield f'argument "{argument.name}" should have type "{argument.type}" but found type "{given.type}"'
        elif not argument.required and _default(given) != _default(argument):
            yield (
                f'argument "{argument.name}" should have default value {_default(argument)} but found default value'
                f" {_default(given)}"
            )
    for given in own.arguments.values():
        if given.name not in specified.arguments:
            yield f'unknown/unsupported argument "{given.name}"'
    if own.repeatable and not specified.repeatable:
        yield f'"@{own.name}" should not be repeatable'
    if not set(own.locations) <= set(specified.locations):
        yield (
            f'"@{own.name}" should have locations {", ".join(specified.locations)}, but found (non-subset)'
            f" {', '.join(own.locations)}"
        )


def _default(given: Input) -> str:
    if isinstance(given.default, Absent):
        return "null"
    return print_value(given.default) if canonical(given.default) else "null"


def _may_stand_for(own: Reference, specified: Reference, scalars: Collection[str]) -> bool:
    """Accept the specified type, a stricter one, and what is no scalar of the schema's own for a specification's."""
    if isinstance(own, NonNull) and not isinstance(specified, NonNull):
        return _may_stand_for(own.of, specified, scalars)
    match own, specified:
        case NonNull(inner), NonNull(outer):
            return _may_stand_for(inner, outer, scalars)
        case ListOf(inner), ListOf(outer):
            return _may_stand_for(inner, outer, scalars)
        case Named(inner), Named(outer) if outer in _SPECIFIED_SCALARS:
            return inner == outer
        case Named(inner), Named(outer):
            return inner == outer or inner not in scalars
        case _, Named(outer):
            return outer not in _SPECIFIED_SCALARS
        case _:
            return False
