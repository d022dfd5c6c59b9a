"""The response tree: merging replies into it and finding objects in it. See router.plan for what the tree is.

A place whose fetch failed holds `FAULT`: the answer shows null there, and since its error is reported already
completion adds none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from router.plan import Each, Field, Fragment, Key, On, Path, Selection

Object: TypeAlias = dict[str, Any]


class _Fault:
    """The type of FAULT."""

    def __repr__(self) -> str:
        return "FAULT"


FAULT: Final = _Fault()


class Place(NamedTuple):
    """An object of the tree, where it stands in the answer, and the objects above it, nearest last."""

    value: Object
    path: tuple[str | int, ...]
    above: tuple[Object, ...]


def absorb(
    target: Object,
    reply: Object,
    selections: Sequence[Selection],
    object_types: frozenset[str],
    *,
    certain: bool = True,
) -> bool:
    """Merge what a subgraph said about an object into that object, renaming reply keys to tree keys.

    A value that is there already is not lost to a null; a `__typename` that names no object type (an interface, from an
    `@interfaceObject`) does not replace one that does. `object_types` are the names of the supergraph's object types.
    False when the subgraph left out what it was certainly asked for: FAULT stands there then. Below a condition nothing
    is certain, since a key that is there may have been asked for by another field.
    """
    whole = True
    late: list[Fragment] = []
    for selection in selections:
        if isinstance(selection, Fragment):
            late.append(selection)
            continue
        asked = certain and not selection.conditions
        if selection.reply_key in reply:
            whole &= _absorb_field(target, selection, reply[selection.reply_key], object_types, certain=asked)
        elif asked:
            target.setdefault(selection.tree_key, FAULT)
            whole = False
    for fragment in late:
        # After the fields, so that __typename stands in the target.
        typename = target.get("__typename", reply.get("__typename"))
        applies = typename in fragment.types or fragment.type_condition in (None, typename)
        if applies or typename is None:
            asked = certain and applies and not fragment.conditions
            whole &= absorb(target, reply, fragment.selections, object_types, certain=asked)
    return whole


def _absorb_field(target: Object, field: Field, value: Any, object_types: frozenset[str], *, certain: bool) -> bool:
    key = field.tree_key
    known = target.get(key)
    if field.selections:
        target[key], whole = _merged(known, value, field.selections, object_types, certain=certain)
        return whole
    if key == "__typename" and value is not None and not isinstance(value, str):
        # What names no type is as good as left out.
        target.setdefault(key, FAULT)
        return False
    if key == "__typename" and known is not None and known is not FAULT and value not in object_types:
        return True
    if value is not None or key not in target or known is FAULT:
        target[key] = value
    return True


def _merged(
    known: Any, value: Any, selections: Sequence[Selection], object_types: frozenset[str], *, certain: bool
) -> tuple[Any, bool]:
    if isinstance(value, dict):
        into = known if isinstance(known, dict) else {}
        return into, absorb(into, value, selections, object_types, certain=certain)
    if isinstance(value, list):
        before = known if isinstance(known, list) and len(known) == len(value) else [None] * len(value)
        both = [
            _merged(b, item, selections, object_types, certain=certain) for b, item in zip(before, value, strict=True)
        ]
        return [merged for merged, _ in both], all(whole for _, whole in both)
    if value is None and isinstance(known, (dict, list)):
        return known, True
    return value, True


def mark(target: Object, selections: Sequence[Selection]) -> None:
    """Put FAULT where a failed fetch would have put values."""
    for selection in selections:
        if isinstance(selection, Fragment):
            typename = target.get("__typename")
            if typename is None or not selection.types or typename in selection.types:
                mark(target, selection.selections)
        elif selection.tree_key != "__typename":
            target.setdefault(selection.tree_key, FAULT)


def locate(root: Object, path: Path) -> list[Place]:
    """The objects at a path, in document order. What is null, missing or of another type is passed over."""
    places: Iterator[tuple[Any, tuple[str | int, ...], tuple[Object, ...]]] = iter([(root, (), ())])
    for step in path:
        match step:
            case Key(name):
                places = _enter(places, name)
            case Each():
                places = _items(places)
            case On(types):
                places = _of_types(places, frozenset(types))
    return [Place(value, where, above) for value, where, above in places if isinstance(value, dict)]


_Walk: TypeAlias = Iterator[tuple[Any, tuple[str | int, ...], tuple[Object, ...]]]


def _enter(places: _Walk, name: str) -> _Walk:
    for value, where, above in places:
        if isinstance(value, dict):
            inner = value.get(name)
            if inner is not None:
                yield inner, (*where, name), (*above, value)


def _items(places: _Walk) -> _Walk:
    for value, where, above in places:
        if isinstance(value, list):
            yield from _flat(value, where, above)


def _flat(items: list[Any], where: tuple[str | int, ...], above: tuple[Object, ...]) -> _Walk:
    for index, item in enumerate(items):
        if isinstance(item, list):
            yield from _flat(item, (*where, index), above)
        elif item is not None:
            yield item, (*where, index), above


def _of_types(places: _Walk, types: frozenset[str]) -> _Walk:
    for place in places:
        if isinstance(place[0], dict) and place[0].get("__typename") in types:
            yield place
