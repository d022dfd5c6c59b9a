"""The Struct classes of a layout: what replies are decoded into, and what the answer is encoded from.

Equal classes are made once, so that one reply can be shared by positions of equal shape. The classes opt out of garbage
collection: a response tree has no cycles and dies with its request.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from router.execution.compiled.layout import Position, Slot, Source
from router.execution.shape import Composite, Enumeration, Output, Required, Scalar, Several

Int64: TypeAlias = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Int32: TypeAlias = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]

SCALARS: dict[str, Any] = {"Int": Int32, "Float": Int64 | float, "String": str, "Boolean": bool, "ID": str}
HASHABLE = frozenset(("Int", "String", "Boolean", "ID"))
# A custom scalar that is not null. Its text is read and written again: as it came it may be no UTF-8, or no number.
PRESENT: Any = str | int | float | bool | list[Any] | dict[str, Any]


class Structs:
    """Makes the classes of one layout."""

    def __init__(self) -> None:
        self._made: dict[object, type[Struct]] = {}
        self._of: dict[Position, type[Struct]] = {}

    def of(self, position: Position) -> type[Struct]:
        """The class of the objects at a position."""
        if position not in self._of:
            fields = [self._field(position, slot) for slot in position.slots.values()]
            self._of[position] = self.make(fields)
        return self._of[position]

    def _field(self, position: Position, slot: Slot) -> tuple[Any, ...]:
        if slot.denied is not None:
            return slot.attribute, slot.key, None, None
        kind = self._slot_type(slot, position)
        if not slot.brought and position.abstract:
            return slot.attribute, slot.key, str | UnsetType, UNSET
        if not slot.brought:
            return slot.attribute, slot.key, kind, next(iter(position.types))
        if may_be_unset(slot, position):
            return slot.attribute, slot.key, kind | UnsetType, UNSET
        if position.creator in slot.brought:
            return slot.attribute, slot.key, kind
        return slot.attribute, slot.key, kind, None

    def entity(self, source: Source, position: Position) -> type[Struct]:
        """The class of what a lookup brings for the objects at a position."""
        fields: list[tuple[Any, ...]] = []
        for slot in brought_by(source, position):
            kind = self._slot_type(slot, position)
            if partial(source, slot, position):
                fields.append((slot.attribute, slot.key, kind | UnsetType, UNSET))
            else:
                fields.append((slot.attribute, slot.key, kind))
        return self.make(fields)

    def make(self, fields: list[tuple[Any, ...]]) -> type[Struct]:
        """A class of (attribute, key, type[, default]) fields, in the order of encoding."""
        key = tuple((a, k, repr(t), *rest) for a, k, t, *rest in fields)
        if key not in self._made:
            self._made[key] = msgspec.defstruct(
                "Object",
                [(attribute, kind, *rest) for attribute, _, kind, *rest in fields],
                rename={attribute: name for attribute, name, *_ in fields},
                kw_only=True,
                gc=False,
            )
            self._made[key].__name__ = f"Object{len(self._made)}"
            self._made[key].__qualname__ = self._made[key].__name__
        return self._made[key]

    # --------------------------------------------------------------------------------------------------------- types

    def _slot_type(self, slot: Slot, position: Position) -> Any:
        if slot.own and not position.abstract:
            # A subgraph that names another type is not believed.
            return Literal[tuple(position.types)]
        if slot.output is not None:
            return self._output_type(slot.output, slot)
        return self._hidden_type(slot.type, slot)

    def _output_type(self, output: Output, slot: Slot) -> Any:
        match output:
            case Required(Scalar(name)) if name not in SCALARS:
                return PRESENT
            case Required(of):
                return self._present(of, slot)
            case Scalar(name) if name not in SCALARS:
                return PRESENT | None
            case _:
                return self._present(output, slot) | None

    def _present(self, output: Output, slot: Slot) -> Any:
        match output:
            case Scalar(name):
                return SCALARS[name]
            case Enumeration(_, values):
                return Literal[tuple(sorted(values))]
            case Several(of):
                return list[self._output_type(of, slot)]  # type: ignore[misc]
            case Required(of):
                return self._present(of, slot)
            case Composite():
                assert slot.position is not None
                return self.of(slot.position)

    def _hidden_type(self, text: str, slot: Slot) -> Any:
        if text.endswith("!"):
            return self._hidden_present(text[:-1], slot)
        return self._hidden_present(text, slot) | None

    def _hidden_present(self, text: str, slot: Slot) -> Any:
        if text.startswith("["):
            return list[self._hidden_type(text[1:-1], slot)]  # type: ignore[misc]
        if slot.position is not None:
            return self.of(slot.position)
        return str | int if text == "ID" else SCALARS.get(text, PRESENT)


def brought_by(source: Source, position: Position) -> list[Slot]:
    """The slots that a lookup fills at a position, in a fixed order; those that came with the objects are left alone.

    A `__typename` is taken again where types are abstract: objects entered by an `@interfaceObject` learn theirs late.
    """
    creator = position.creator
    return sorted(
        (
            slot
            for slot in position.slots.values()
            if source in slot.brought
            and (
                creator not in slot.brought
                or (position.abstract and (slot.key == "__typename" or len(slot.brought) > 1))
            )
        ),
        # The type first: it decides what else an entity must have.
        key=lambda slot: (slot.key != "__typename", slot.key),
    )


def partial(source: Source, slot: Slot, position: Position) -> bool:
    """Whether a lookup may bring no value for a slot: only some of the types have it."""
    return position.abstract and not slot.brought[source] >= position.types


def hashable(slot: Slot) -> bool:
    """Whether a slot's values are leaves that compare as JSON values do."""
    if slot.output is not None:
        output = slot.output.of if isinstance(slot.output, Required) else slot.output
        return isinstance(output, Enumeration) or (isinstance(output, Scalar) and output.name in HASHABLE)
    return slot.type.removesuffix("!") in HASHABLE


def _required(slot: Slot) -> bool:
    return isinstance(slot.output, Required)


def may_be_unset(slot: Slot, position: Position) -> bool:
    """Whether an object may lack the value: not every type has it, or a lookup brings it that may find nothing."""
    if not slot.brought:
        return False
    creator = position.creator
    if creator in slot.brought:
        return not (slot.brought[creator] >= position.types and slot.types >= position.types)
    return _required(slot) or not slot.types >= position.types


def never_null(slot: Slot, position: Position) -> bool:
    """Whether decoding already refuses null here. What a lookup brings is missing where it found no entity."""
    creator = position.creator
    if creator not in slot.brought or not slot.brought[creator] >= position.types:
        return False
    return isinstance(slot.output, Required) if slot.output is not None else slot.type.endswith("!")
