"""REQUIRES_INVALID_FIELDS: arguments inside a @requires must suit every subgraph that may be asked for the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from router.composition.expand.subgraph import Subgraph
from router.composition.fieldsets import parse_field_set
from router.composition.merge import Merged
from router.composition.naming import subgraph_names
from router.composition.outcome import Fault
from router.composition.rules.reporting import as_written, fault
from router.composition.schema.model import Field
from router.composition.schema.references import base_name

_FIX = "Give the argument in every subgraph that has the field, or make it optional in all of them."


def check(merged: Merged) -> Iterator[Fault]:
    """Judge each requirement's arguments against the merged fields."""
    for subgraph in merged.subgraphs:
        for type in subgraph.schema.types.values():
            for item in type.fields.values():
                application = subgraph.find(item, "requires")
                if application is None:
                    continue
                prefix = f'On field "{type.name}.{item.name}", for {as_written(application)}: '
                selection = parse_field_set(subgraph.field_set(application))
                for message in _problems(merged, subgraph, type.name, selection):
                    yield fault(subgraph, "REQUIRES_INVALID_FIELDS", prefix + message, application.at, fix=_FIX)


def _problems(merged: Merged, subgraph: Subgraph, parent: str, selection: SelectionSetNode) -> Iterator[str]:
    type = merged.schema.types.get(parent)
    for node in selection.selections if type is not None else ():
        match node:
            case FieldNode():
                item = type.fields.get(node.name.value) if type is not None else None
                if item is None:
                    continue
                yield from _argument_problems(merged, subgraph, f"{parent}.{item.name}", item, node)
                if node.selection_set is not None:
                    yield from _problems(merged, subgraph, base_name(item.type), node.selection_set)
            case InlineFragmentNode():
                target = node.type_condition.name.value if node.type_condition is not None else parent
                yield from _problems(merged, subgraph, target, node.selection_set)
            case _:
                continue


def _argument_problems(
    merged: Merged, subgraph: Subgraph, coordinate: str, item: Field, node: FieldNode
) -> Iterator[str]:
    given = [argument.name.value for argument in node.arguments or ()]
    for name in given:
        if name not in item.arguments:
            where = _others(merged, subgraph, coordinate, partial(_lacks, name))
            yield (
                f'cannot provide a value for argument "{name}" of field "{coordinate}" as argument "{name}" is not'
                f" defined in {where}"
            )
    for argument in item.arguments.values():
        if argument.required and argument.name not in given:
            where = _others(merged, subgraph, coordinate, partial(_demands, argument.name))
            yield (
                f'no value provided for argument "{argument.name}" of field "{coordinate}" but a value is mandatory as'
                f' "{argument.name}" is required in {where}'
            )


def _lacks(name: str, field: Field) -> bool:
    return name not in field.arguments


def _demands(name: str, field: Field) -> bool:
    return name in field.arguments and field.arguments[name].required


def _others(merged: Merged, subgraph: Subgraph, coordinate: str, wrong: Callable[[Field], bool]) -> str:
    names = [
        other.name
        for other in merged.subgraphs
        if other is not subgraph and (field := other.field_at(coordinate)) is not None and wrong(field)
    ]
    return subgraph_names(names)
