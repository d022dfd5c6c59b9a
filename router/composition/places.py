"""Finds the places faults speak of: an element of a subgraph by its coordinate, or the nearest thing to it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Place
from router.composition.schema.model import Field, Input, Schema
from router.composition.schema.spans import Located

_COORDINATE = re.compile(r"(@?\w+)(?:\.(\w+))?(?:\((\w+):\))?")


def place(subgraph: Subgraph, located: Located | None) -> Place:
    """Answer where something of a subgraph is written; of nothing, the subgraph as a whole."""
    return Place(subgraph.name, *located.at) if located is not None else Place(subgraph.name)


def place_of(subgraph: Subgraph, coordinate: str) -> Place:
    """Answer where `Type`, `Type.field`, `Type.field(argument:)` or `@directive(argument:)` is written.

    What the subgraph lacks is looked for where it could be: an argument at its field, a field at its type.
    """
    elements = _elements(subgraph.schema, coordinate)
    return place(subgraph, elements[-1] if elements else None)


def places_of(subgraphs: Iterable[Subgraph], coordinate: str) -> tuple[Place, ...]:
    """Answer where each of the subgraphs that have this very element writes it."""
    depth = sum(part is not None for part in _parts(coordinate))
    return tuple(
        place(subgraph, elements[-1])
        for subgraph in subgraphs
        if len(elements := _elements(subgraph.schema, coordinate)) == depth
    )


def applications_of(
    subgraphs: Iterable[Subgraph], coordinate: str, directive: str, *, local: bool = False
) -> tuple[Place, ...]:
    """Answer where subgraphs apply a directive to an element: by its canonical name, or by its local one."""
    depth = sum(part is not None for part in _parts(coordinate))
    return tuple(
        place(subgraph, application)
        for subgraph in subgraphs
        if len(elements := _elements(subgraph.schema, coordinate)) == depth
        for application in getattr(elements[-1], "directives", ())
        if application.name == (directive if local else subgraph.local.get(directive))
    )


def _parts(coordinate: str) -> tuple[str | None, str | None, str | None]:
    match = _COORDINATE.fullmatch(coordinate)
    return (match[1], match[2], match[3]) if match is not None else (None, None, None)


def _elements(schema: Schema, coordinate: str) -> list[Located]:
    """Answer the elements from the coordinate's type or directive to the coordinate itself, as far as they exist."""
    head, member, argument = _parts(coordinate)
    if head is None:
        return []
    if head.startswith("@"):
        definition = schema.definitions.get(head[1:])
        found: list[Located | None] = [definition]
        if definition is not None and argument is not None:
            found.append(definition.arguments.get(argument))
        return _existing(found)
    type = schema.types.get(head)
    if type is None:
        return []
    element: Located | None = None
    given: Input | None = None
    if member is not None:
        element = type.fields.get(member) or type.inputs.get(member) or type.values.get(member)
        if argument is not None and isinstance(element, Field):
            given = element.arguments.get(argument)
    return _existing([type, element, given])


def _existing(found: Iterable[Located | None]) -> list[Located]:
    return [element for element in found if element is not None]
