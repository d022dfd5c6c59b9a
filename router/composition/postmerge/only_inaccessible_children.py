"""ONLY_INACCESSIBLE_CHILDREN: a type that clients see has something they can see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from router.composition.merge import Merged
from router.composition.merge.applications import Directed
from router.composition.outcome import Fault
from router.composition.places import places_of
from router.composition.postmerge.visibility import visible_types
from router.composition.schema.model import Kind, Type


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse visible types whose fields, members or values are all hidden."""
    for type in visible_types(merged):
        name, children = _children(merged, type)
        if children and all(merged.is_hidden(child) for child in children):
            yield Fault(
                "ONLY_INACCESSIBLE_CHILDREN",
                f'Type "{type.name}" is in the API schema but all of its {name} are @inaccessible.',
                places_of(merged.subgraphs, type.name),
                f'Hide "{type.name}" itself with @inaccessible, or show one of its {name}.',
            )


def _children(merged: Merged, type: Type) -> tuple[str, Sequence[Directed]]:
    match type.kind:
        case Kind.OBJECT | Kind.INTERFACE:
            return "fields", list(type.fields.values())
        case Kind.INPUT:
            return "input fields", list(type.inputs.values())
        case Kind.UNION:
            return "members", [merged.schema.types[member] for member in type.members]
        case Kind.ENUM:
            return "values", list(type.values.values())
        case Kind.SCALAR:
            return "", ()
