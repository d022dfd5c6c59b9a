"""Writes what of one plan makes representations: which objects are looked up, each distinct one once, and how shown.

Apollo Federation subgraph specification, `_entities` and `_Any`. What the generic executor leaves out or joins, these
functions do too: see router.execution.representations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from router.execution.compiled.layout import NotCompilable, Position, Slot, Source
from router.execution.compiled.source import Module, canonical_key
from router.execution.compiled.structs import brought_by, hashable, may_be_unset, never_null
from router.execution.representations import both
from router.execution.shape import Required
from router.plan import Representation, RepresentationField, RepresentationFragment, RepresentationSelection


class Lost(Exception):
    """An object without a whole key: nobody can be asked about it."""


@dataclass
class Preparers:
    """Adds to a module the functions that prepare its lookups."""

    module: Module

    def __post_init__(self) -> None:
        self.module.names |= {"both": both, "Lost": Lost}

    def preparer(self, source: Source) -> str:
        """`pN(s)`: the representations of lookup N as a list; empty when there is nothing to ask, False to give up."""
        lookup = source.lookup
        assert lookup is not None
        targets = self.module.layout.targets[source]
        body = ["reps = []"]
        places: list[str] = []
        if len(targets) == 1 and (plain := self.plain(source)) is not None:
            body, places = plain, ["(objs0, None, len(reps))"]
        else:
            body.append("seen = {}")
            for order, (position, narrowed) in enumerate(targets):
                body += self._gather(source, order, position, narrowed)
                places.append(f"(objs{order}, at{order}, len(reps))")
        body += [f"s[{self.module.memory(source)}] = ({''.join(f'{place}, ' for place in places)})", "return reps"]
        self.module.define(f"p{source.number}(s)", body)
        return f"p{source.number}"

    def plain(self, source: Source) -> list[str] | None:
        """The short form: every object at the position is distinct by exactly what its representation shows."""
        position, narrowed = self.module.layout.targets[source][0]
        lookup = source.lookup
        assert lookup is not None
        if position.abstract or narrowed is not None or len(lookup.representations) != 1:
            return None
        fields = _fields(lookup.representations[0].selections)
        if fields is None:
            return None
        slots = [position.slot_at(f.tree_key) for f in fields]
        if set(canonical_key(position) or ()) != {slot.attribute for slot in slots}:
            return None
        if any(f.is_key and not never_null(slot, position) for f, slot in zip(fields, slots, strict=True)):
            return None
        make = self.maker(lookup.representations[0], position)
        return [f"objs0 = c{position.number}(s)", f"reps = [{make('o')} for o in objs0]"]

    def _gather(self, source: Source, order: int, position: Position, narrowed: frozenset[str] | None) -> list[str]:
        lookup = source.lookup
        assert lookup is not None
        give_up = any(isinstance(slot.output, Required) for slot in brought_by(source, position))
        lost = "return False" if give_up else "continue"
        body = [f"objs{order} = []", f"at{order} = []", f"for o in c{position.number}(s):"]
        typename = f"o.{position.slot_at('__typename').attribute}" if position.abstract else None
        if typename and narrowed is not None:
            body += [f"    if {typename} not in {self.module.name('types', narrowed)}:", "        continue"]
        branch = "if"
        # Keys of all positions are compared with each other.
        mixed = len(lookup.representations) > 1 or any(each.abstract for each, _ in self.module.layout.targets[source])
        leaves = all(
            _is_flat(each, at) for each in lookup.representations for at, _ in self.module.layout.targets[source]
        )
        for representation in lookup.representations:
            inner = self.one(representation, position, lost, mixed=mixed, leaves=leaves)
            if typename is None or not representation.types:
                if typename is None and position.types and not position.types & set(representation.types):
                    continue
                # Objects of any type, also those whose type is not known yet.
                always = "else:" if branch == "elif" else "if True:"
                body += [f"    {always}", *(f"        {line}" for line in inner)]
                break
            body.append(f"    {branch} {typename} in {self.module.name('types', frozenset(representation.types))}:")
            body += [f"        {line}" for line in inner]
            branch = "elif"
        else:
            if typename is None:
                raise NotCompilable("no representation for a position")
            body += ["    else:", "        continue"]
        body += [
            "    i = seen.get(k)",
            "    if i is None:",
            "        i = seen[k] = len(reps)",
            "        reps.append(r)",
            f"    objs{order}.append(o)",
            f"    at{order}.append(i)",
        ]
        return body

    def one(
        self, representation: Representation, position: Position, lost: str, *, mixed: bool, leaves: bool
    ) -> list[str]:
        """Lines that give `k` (what makes a representation distinct) and `r` (the representation) for an object `o`.

        `mixed`: objects of several types are looked up together, so that equal keys may still be different objects.
        `leaves`: all that is shown are values that can be compared as they are.
        """
        lines: list[str] = []
        for wanted in representation.selections:
            if isinstance(wanted, RepresentationField) and wanted.is_key:
                slot = position.slot_at(wanted.tree_key)
                if not never_null(slot, position):
                    lines += [f"if o.{slot.attribute} is None or o.{slot.attribute} is UNSET:", f"    {lost}"]
        make = self.maker(representation, position)
        fields = _fields(representation.selections)
        if leaves:
            parts = [_sent("o", position.slot_at(f.tree_key), position) for f in fields or ()]
            if mixed:
                dynamic = _is_dynamic(representation, position)
                typename = (
                    f"o.{position.slot_at('__typename').attribute}" if dynamic else repr(_typename(representation))
                )
                parts.append(typename)
            lines += [f"k = {parts[0] if len(parts) == 1 else '(' + ', '.join(parts) + ')'}", f"r = {make('o')}"]
        elif fields is not None:
            lines += [f"r = {make('o')}", "k = encode(r)"]
        else:
            lines += ["try:", f"    r = {make('o')}", "except Lost:", f"    {lost}", "k = encode(r)"]
        return lines

    def maker(self, representation: Representation, position: Position) -> Any:
        """A function from an expression for the object to one for its representation."""
        selections = representation.selections
        fields = _fields(selections)
        dynamic, typename = _is_dynamic(representation, position), _typename(representation)
        if fields is not None:
            members: list[tuple[str, Any]] = [(f"r{i}", Any) for i in range(len(fields))]
            rename = {f"r{i}": f.name for i, f in enumerate(fields)}
            if dynamic:
                members, rename = [("t", str), *members], {"t": "__typename", **rename}
                made = msgspec.defstruct("Representation", members, rename=rename, gc=False)
            else:
                made = msgspec.defstruct(
                    "Representation", members, rename=rename, gc=False, tag=typename, tag_field="__typename"
                )
            name = self.module.name("Representation", made)
            slots = [position.slot_at(f.tree_key) for f in fields]
            if dynamic:
                slots.insert(0, position.slot_at("__typename"))
            return lambda o: f"{name}({', '.join(_sent(o, slot, position) for slot in slots)})"
        first = (
            f"{{'__typename': o.{position.slot_at('__typename').attribute}}}"
            if dynamic
            else f"{{'__typename': {typename!r}}}"
        )
        function = f"rep{len(self.module.names)}"
        self.module.names[function] = None
        lines = self._dict_lines(selections, position, set(), in_key=None)
        self.module.define(f"{function}(o)", [f"out = {first}", *lines, "return out"])
        return lambda o: f"{function}({o})"

    def _dict_lines(
        self,
        selections: tuple[RepresentationSelection, ...],
        position: Position,
        before: set[str],
        *,
        in_key: bool | None,
    ) -> list[str]:
        """Lines that put the selected values of `o` into the dictionary `out`; `before` names those put already.

        `in_key`: whether the object is part of a @key, where each null loses the whole; None at the top.
        """
        out: list[str] = []
        for selection in selections:
            if isinstance(selection, RepresentationFragment):
                inner = self._dict_lines(selection.selections, position, before, in_key=in_key)
                if position.abstract:
                    typename = f"o.{position.slot_at('__typename').attribute}"
                    out.append(f"if {typename} in {self.module.name('types', frozenset(selection.types))}:")
                    out += [f"    {line}" for line in [*inner, "pass"]]
                elif position.types & set(selection.types) or not position.types:
                    out += inner
                continue
            slot = position.slot_at(selection.tree_key)
            is_key = selection.is_key if in_key is None else in_key
            if selection.selections:
                assert slot.position is not None
                function = f"sub{len(self.module.names)}"
                self.module.names[function] = None
                inner = self._dict_lines(selection.selections, slot.position, set(), in_key=is_key)
                self.module.define(
                    f"{function}(o)",
                    [
                        "if isinstance(o, list):",
                        f"    return [{function}(i) for i in o]",
                        "if o is None or o is UNSET:",
                        "    raise Lost" if is_key else "    return None",
                        "out = {}",
                        *inner,
                        "return out",
                    ],
                )
                out.append(f"v = {function}(o.{slot.attribute})")
            else:
                out.append(f"v = {_sent('o', slot, position)}")
                if is_key and not never_null(slot, position):
                    out += ["if v is None:", "    raise Lost"]
            # A @key and a @requires, or two of these, may each select a part of one value.
            again = f"both(out.get({selection.name!r}, v), v)" if selection.name in before else "v"
            out.append(f"out[{selection.name!r}] = {again}")
            before.add(selection.name)
        return out


def _fields(selections: tuple[RepresentationSelection, ...]) -> list[RepresentationField] | None:
    """The fields of a flat representation; None where it has objects or fragments inside, or one name twice."""
    fields = [s for s in selections if isinstance(s, RepresentationField) and not s.selections]
    return fields if len({f.name for f in fields}) == len(selections) else None


def _is_flat(representation: Representation, position: Position) -> bool:
    fields = _fields(representation.selections)
    return fields is not None and all(hashable(position.slot_at(f.tree_key)) for f in fields)


def _is_dynamic(representation: Representation, position: Position) -> bool:
    """Whether each object is sent with its own type's name."""
    return position.abstract and representation.typename is None and len(representation.types) > 1


def _typename(representation: Representation) -> str:
    if not representation.types and representation.typename is None:
        raise NotCompilable("a representation of objects of unknown types")
    return representation.typename or representation.types[0]


def _sent(o: str, slot: Slot, position: Position) -> str:
    """The expression for a value in a representation: what nobody brought is null there."""
    value = f"{o}.{slot.attribute}"
    return f"(None if {value} is UNSET else {value})" if may_be_unset(slot, position) else value
