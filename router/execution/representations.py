"""Representations: how objects of the tree are shown to `_entities`, each distinct one once.

Apollo Federation subgraph specification, `_entities` and `_Any`: an object with `__typename`, the fields of one @key
and those of the fields' @requires.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from router.execution.asking import encode
from router.execution.tree import FAULT, Object, Place
from router.plan import Lookup, Representation, RepresentationField, RepresentationSelection


class _Unusable(Exception):
    """An object that cannot be looked up; `faulty` when that is because of an error already reported."""

    def __init__(self, *, faulty: bool) -> None:
        self.faulty = faulty


_MISSING: Final = object()


class Batch:
    """The objects of one lookup, gathered by their representations.

    `representations[i]` stands for every object in `places[i]`; `faulty` are objects whose inputs failed before.
    """

    def __init__(self) -> None:
        self.representations: list[Object] = []
        self.places: list[list[Place]] = []
        self.faulty: list[Object] = []
        self._index: dict[bytes, int] = {}

    def add(self, representation: Object, place: Place) -> None:
        """Count a place in, beside others with the same representation."""
        text = encode(representation)
        index = self._index.get(text)
        if index is None:
            self._index[text] = len(self.representations)
            self.representations.append(representation)
            self.places.append([place])
        else:
            self.places[index].append(place)


def gather(lookup: Lookup, places: Sequence[Place], variables: Mapping[str, Any]) -> Batch:
    """Representations of the objects at `places`; objects without a whole key are left out (no needless fetch)."""
    batch = Batch()
    shapes = [each.decided(variables) for each in lookup.representations]
    for place in places:
        shape = _shape_for(shapes, place.value)
        if shape is None:
            continue
        try:
            fields = _fields(place.value, shape.selections, in_key=None)
        except _Unusable as unusable:
            if unusable.faulty:
                batch.faulty.append(place.value)
            continue
        fields.pop("__typename", None)
        typename = shape.typename or place.value.get("__typename") or (shape.types[0] if shape.types else None)
        if typename is None:
            continue
        batch.add({"__typename": typename, **fields}, place)
    return batch


def _shape_for(shapes: Sequence[Representation], value: Object) -> Representation | None:
    typename = value.get("__typename")
    for shape in shapes:
        if not shape.types or typename in shape.types or (typename is None and len(shape.types) == 1):
            return shape
    return None


def _fields(value: Object, selections: Sequence[RepresentationSelection], *, in_key: bool | None) -> Object:
    out: Object = {}
    for selection in selections:
        if isinstance(selection, RepresentationField):
            found = value.get(selection.tree_key, _MISSING)
            is_key = selection.is_key if in_key is None else in_key
            shown = _value(found, selection, is_key=is_key)
            # The same field may be given twice, by the key and by a @requires: both selections count.
            before = out.get(selection.name)
            out[selection.name] = both(before, shown) if before is not None else shown
        elif value.get("__typename") in selection.types:
            for name, shown in _fields(value, selection.selections, in_key=in_key).items():
                before = out.get(name)
                out[name] = both(before, shown) if before is not None else shown
    return out


def _value(found: Any, field: RepresentationField, *, is_key: bool) -> Any:
    if found is FAULT:
        raise _Unusable(faulty=True)
    if found is _MISSING or found is None:
        if is_key:
            raise _Unusable(faulty=False)
        return None
    if not field.selections:
        return found
    if isinstance(found, list):
        return [_value(item, field, is_key=is_key) for item in found]
    if isinstance(found, dict):
        return _fields(found, field.selections, in_key=is_key)
    return found


def both(one: Any, other: Any) -> Any:
    """Two values of one field, each as one selection shows it, as both together show it."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{k: both(one[k], v) if k in one else v for k, v in other.items()}}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [both(a, b) for a, b in zip(one, other, strict=True)]
    return other
