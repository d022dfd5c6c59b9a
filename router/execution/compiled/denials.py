"""The errors of fields that the viewer may not see, for an answer that is otherwise whole.

As the generic executor does, each such field is reported once, at the first object that lacks it, in the order of the
answer. Such fields stand below objects only whose types are certain: others are left to the generic executor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from router.execution.compiled.layout import Layout, Position, Slot
from router.execution.faults import GraphQLFault


@dataclass(frozen=True, slots=True)
class Denial:
    """A denied field. `steps` lead to its objects: attribute, key, place among its siblings."""

    typename: str
    field: str
    steps: tuple[tuple[str, str, int], ...]
    key: str
    place: int

    def first(self, root: Any) -> tuple[tuple[int, ...], GraphQLFault] | None:
        """The error with its order in the answer; None when no object lacks the field."""
        for order, path in _objects(root, self.steps):
            message = f"Unauthorized field or type: {self.typename}.{self.field}"
            fault = GraphQLFault(message, (*path, self.key), {"code": "UNAUTHORIZED_FIELD_OR_TYPE"})
            return (*order, self.place), fault
        return None


def denials_of(layout: Layout) -> tuple[Denial, ...]:
    """Every denied field of a layout."""
    return tuple(
        Denial(next(iter(position.types)), slot.denied, tuple(_steps(position)), slot.key, _place(position, slot))
        for position in layout.positions
        for slot in position.slots.values()
        if slot.denied is not None
    )


def faults(denials: tuple[Denial, ...], root: Any) -> list[dict[str, Any]]:
    """The entries of `errors`, for an answer's root object."""
    found = [first for denial in denials if (first := denial.first(root)) is not None]
    return [fault.as_json() for _, fault in sorted(found, key=lambda one: one[0])]


def _steps(position: Position) -> list[tuple[str, str, int]]:
    if position.parent is None or position.slot is None:
        return []
    slot = position.slot
    return [*_steps(position.parent), (slot.attribute, slot.key, _place(position.parent, slot))]


def _place(position: Position, slot: Slot) -> int:
    return list(position.slots).index(slot.key)


def _objects(
    value: Any, steps: tuple[tuple[str, str, int], ...]
) -> Iterator[tuple[tuple[int, ...], tuple[str | int, ...]]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            for order, path in _objects(item, steps):
                yield (index, *order), (index, *path)
    elif value is not None:
        if not steps:
            yield (), ()
            return
        (attribute, key, place), *rest = steps
        for order, path in _objects(getattr(value, attribute), tuple(rest)):
            yield (place, *order), (key, *path)
