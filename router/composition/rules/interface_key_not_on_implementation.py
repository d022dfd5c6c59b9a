"""INTERFACE_KEY_NOT_ON_IMPLEMENTATION: what finds an interface must find each of its types."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import print_ast

from router.composition.expand.subgraph import Subgraph
from router.composition.fieldsets import FieldSetFault, parse_field_set
from router.composition.outcome import Fault
from router.composition.rules import key_fields
from router.composition.rules.field_sets import check_field_set
from router.composition.rules.reporting import as_written, fault
from router.composition.schema.model import Application, Kind


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse interface keys that some implementation lacks, or cannot resolve."""
    for type in subgraph.schema.types.values():
        if type.kind is not Kind.INTERFACE:
            continue
        for key in subgraph.find_all(type, "key"):
            if not _is_readable(subgraph, type.name, key):
                continue
            for name in sorted(subgraph.schema.possible(type.name)):
                object = subgraph.schema.types[name]
                same = [
                    other
                    for other in subgraph.find_all(object, "key")
                    if _shape(subgraph, other) == _shape(subgraph, key)
                ]
                if not same:
                    yield fault(
                        subgraph,
                        "INTERFACE_KEY_NOT_ON_IMPLEMENTATION",
                        f'Key {as_written(key)} on interface type "{type.name}" is missing on implementation type'
                        f' "{name}".',
                        key.at,
                        fix=f'Add {as_written(key)} to "{name}".',
                    )
                elif _resolvable(key) and not any(_resolvable(other) for other in same):
                    yield fault(
                        subgraph,
                        "INTERFACE_KEY_NOT_ON_IMPLEMENTATION",
                        f'Key {as_written(key)} on interface type "{type.name}" should be resolvable on all'
                        f' implementation types, but is declared with argument "@key(resolvable:)" set to false in'
                        f' type "{name}".',
                        key.at,
                        fix=f'Let the key of "{name}" be resolvable, or that of the interface not.',
                    )


def unreadable(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge the keys of interfaces and of the types behind them first: what cannot be read cannot be compared."""
    for type in subgraph.schema.types.values():
        if type.kind is not Kind.INTERFACE or subgraph.find(type, "key") is None:
            continue
        for name in (type.name, *sorted(subgraph.schema.possible(type.name))):
            for key in subgraph.find_all(subgraph.schema.types[name], "key"):
                for found in check_field_set(subgraph, key_fields.RULE, key, name, f'type "{name}"'):
                    if found.code in {"KEY_INVALID_FIELDS", "KEY_INVALID_FIELDS_TYPE"}:
                        yield found


def _is_readable(subgraph: Subgraph, parent: str, key: Application) -> bool:
    found = check_field_set(subgraph, key_fields.RULE, key, parent, "")
    return not any(fault.code.startswith("KEY_INVALID_FIELDS") for fault in found)


def _resolvable(key: Application) -> bool:
    return key.arguments.get("resolvable") is not False


def _shape(subgraph: Subgraph, key: Application) -> tuple[str, ...]:
    """Answer the selected fields, each once, in an order of their own."""
    try:
        selection = parse_field_set(subgraph.field_set(key))
    except FieldSetFault:
        return (subgraph.field_set(key),)
    return tuple(sorted({" ".join(print_ast(node).split()) for node in selection.selections}))
