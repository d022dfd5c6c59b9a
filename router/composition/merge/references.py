"""Merges the types that subgraphs give one field or argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Protocol

from router.composition.merge.session import Session
from router.composition.schema.model import Schema
from router.composition.schema.references import Reference
from router.composition.schema.subtyping import is_subtype


class Position(Enum):
    """Where a type stands: what comes out may be any subtype of it, what goes in any supertype."""

    OUTPUT = "output"
    INPUT = "input"


class Typed(Protocol):
    """Anything with a type: a field, an argument, an input field."""

    @property
    def type(self) -> Reference:
        """The type."""


def merge_references(
    session: Session,
    skeleton: Schema,
    sources: Mapping[int, Typed],
    coordinate: str,
    position: Position,
    words: Callable[[], tuple[str, str]],
) -> tuple[Reference, bool]:
    """Answer the type that fits all sources, and whether all of them say the same.

    `skeleton` knows the supergraph's interfaces and union members. `words` gives the fault's code and the words for the
    element, e.g. ("FIELD_TYPE_MISMATCH", 'field "User.name"').
    """
    chosen: Reference | None = None
    same = True
    compatible = True
    for source in sources.values():
        if chosen is None or chosen == source.type:
            chosen = source.type
            continue
        same = False
        narrower, wider = source.type, chosen
        if position is Position.INPUT:
            narrower, wider = wider, narrower
        if is_subtype(skeleton, narrower, wider):
            continue
        if is_subtype(skeleton, wider, narrower):
            chosen = source.type
        else:
            compatible = False
    assert chosen is not None
    code, element = words()
    if not compatible:
        session.refuse(
            code,
            f"Type of {element} is incompatible across subgraphs: it has "
            + session.differences(sources, lambda source: f'type "{source.type}"', first=f'type "{chosen}"'),
            *session.places(sources, coordinate),
            fix=f"Give {element} the same type in every subgraph"
            + (
                " (or a stricter one in some)."
                if position is Position.INPUT
                else ", or types of which one is a subtype of the others."
            ),
        )
    elif not same:
        kind = "ARGUMENT" if "ARGUMENT" in code else "FIELD"
        like = [index for index, source in sources.items() if source.type == chosen]
        unlike = {index: source for index, source in sources.items() if source.type != chosen}
        relation = "supertype" if position is Position.INPUT else "subtype"
        session.hint(
            f"INCONSISTENT_BUT_COMPATIBLE_{kind}_TYPE",
            f'Type of {element} is inconsistent but compatible across subgraphs: will use type "{chosen}" (from'
            f' {session.names(like)}) in supergraph but "{coordinate}" has '
            + session.differences(unlike, lambda source: f'{relation} "{source.type}"', between=" and ")
            + ".",
            *session.places(sources, coordinate),
        )
    return chosen, same
