"""Writes the Python functions of one plan: collect objects, make representations, merge entities, finish the answer.

Every function takes the run's state `s`: a list whose item 0 is the root object, whose item N holds the distinct
objects at position N once they were collected, and whose last items hold, for each lookup, what was sent for whom. A
function that finds what the fast path cannot answer returns False (or raises), and the generic executor takes over.

Canonical positions: where everything that came with the objects is leaves, objects with equal leaves are the same to
everybody who looks. They are replaced by one object when first collected, so that what follows is done once for each
distinct object, and the answer shares it by reference.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import UNSET

from router.execution.compiled.layout import Layout, NotCompilable, Position, Slot, Source
from router.execution.compiled.structs import Structs, brought_by, hashable, may_be_unset, never_null, partial
from router.execution.representations import both
from router.execution.shape import Required
from router.plan import Representation, RepresentationField, RepresentationFragment, RepresentationSelection


class Lost(Exception):
    """An object without a whole key: nobody can be asked about it."""


@dataclass
class Module:
    """Source text under way, with the objects it names."""

    layout: Layout
    structs: Structs
    lines: list[str] = field(default_factory=list)
    names: dict[str, Any] = field(
        default_factory=lambda: {"UNSET": UNSET, "encode": msgspec.json.Encoder().encode, "both": both, "Lost": Lost}
    )

    def name(self, stem: str, value: object) -> str:
        """A global of the generated module that stands for a value."""
        made = f"{stem}{len(self.names)}"
        self.names[made] = value
        return made

    def define(self, head: str, body: list[str]) -> None:
        """Add a function."""
        self.lines += [f"def {head}:", *textwrap.indent("\n".join(body or ["pass"]), "    ").split("\n"), ""]

    def compile(self) -> dict[str, Any]:
        """Run the module; its functions by name."""
        exec(compile("\n".join(self.lines), "<compiled plan>", "exec"), self.names)  # noqa: S102 (text made here only)
        return self.names

    # ---------------------------------------------------------------------------------------------------- collecting

    def collectors(self) -> None:
        """`cN(s)`: the distinct objects at position N."""
        for position in self.layout.positions:
            if position.slot is None:
                self.define("c0(s)", ["return (s[0],)"])
            else:
                self._collector(position, position.slot)

    def _collector(self, position: Position, slot: Slot) -> None:
        assert position.parent is not None
        number, parent = position.number, position.parent.number
        key = canonical_key(position)
        body = [f"out = s[{number}]", "if out is not None:", "    return out"]
        body.append("seen = {}" if key else "out = []")
        body.append(f"for p in c{parent}(s):")
        body.append(f"    v0 = p.{slot.attribute}")
        body.append("    if v0:")
        indent = "    " * 2
        for level in range(position.depth):
            walk = f"for i{level}, v{level + 1} in enumerate(v{level}):" if key else f"for v{level + 1} in v{level}:"
            body += [f"{indent}{walk}", f"{indent}    if v{level + 1}:"]
            indent += "    " * 2
        last = f"v{position.depth}"
        if key:
            owner = f"v{position.depth - 1}[i{position.depth - 1}]" if position.depth else f"p.{slot.attribute}"
            body += [
                f"{indent}k = {_key_text(last, key)}",
                f"{indent}c = seen.get(k)",
                f"{indent}if c is None:",
                f"{indent}    seen[k] = {last}",
                f"{indent}elif c is not {last}:",
                f"{indent}    {owner} = c",
            ]
            body.append("out = list(seen.values())")
        else:
            body.append(f"{indent}out.append({last})")
        body += [f"s[{number}] = out", "return out"]
        self.define(f"c{number}(s)", body)

    # ----------------------------------------------------------------------------------------------- representations

    def preparer(self, source: Source) -> str:
        """`pN(s)`: the representations of lookup N as a list; empty when there is nothing to ask, False to give up."""
        lookup = source.lookup
        assert lookup is not None
        targets = self.layout.targets[source]
        body = ["reps = []"]
        places: list[str] = []
        if len(targets) == 1 and (plain := self.plain(source)) is not None:
            body, places = plain, ["(objs0, None, len(reps))"]
        else:
            body.append("seen = {}")
            for order, (position, narrowed) in enumerate(targets):
                body += self._gather(source, order, position, narrowed)
                places.append(f"(objs{order}, at{order}, len(reps))")
        body += [f"s[{self.memory(source)}] = ({', '.join(places)},)", "return reps"]
        self.define(f"p{source.number}(s)", body)
        return f"p{source.number}"

    def plain(self, source: Source) -> list[str] | None:
        """The short form: every object at the position is distinct by exactly what its representation shows."""
        position, narrowed = self.layout.targets[source][0]
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
            body += [f"    if {typename} not in {self.name('types', narrowed)}:", "        continue"]
        branch = "if"
        # Keys of all positions are compared with each other.
        mixed = len(lookup.representations) > 1 or any(each.abstract for each, _ in self.layout.targets[source])
        leaves = all(_is_flat(each, at) for each in lookup.representations for at, _ in self.layout.targets[source])
        for representation in lookup.representations:
            inner = self.one(representation, position, lost, mixed=mixed, leaves=leaves)
            if typename is None or not representation.types:
                if typename is None and position.types and not position.types & set(representation.types):
                    continue
                # Objects of any type, also those whose type is not known yet.
                always = "else:" if branch == "elif" else "if True:"
                body += [f"    {always}", *(f"        {line}" for line in inner)]
                break
            body.append(f"    {branch} {typename} in {self.name('types', frozenset(representation.types))}:")
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
            name = self.name("Representation", made)
            slots = [position.slot_at(f.tree_key) for f in fields]
            if dynamic:
                slots.insert(0, position.slot_at("__typename"))
            return lambda o: f"{name}({', '.join(_sent(o, slot, position) for slot in slots)})"
        first = (
            f"{{'__typename': o.{position.slot_at('__typename').attribute}}}"
            if dynamic
            else f"{{'__typename': {typename!r}}}"
        )
        function = f"rep{len(self.names)}"
        self.names[function] = None
        lines = self._dict_lines(selections, position, set(), in_key=None)
        self.define(f"{function}(o)", [f"out = {first}", *lines, "return out"])
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
                    out.append(f"if {typename} in {self.name('types', frozenset(selection.types))}:")
                    out += [f"    {line}" for line in [*inner, "pass"]]
                elif position.types & set(selection.types) or not position.types:
                    out += inner
                continue
            slot = position.slot_at(selection.tree_key)
            is_key = selection.is_key if in_key is None else in_key
            if selection.selections:
                assert slot.position is not None
                function = f"sub{len(self.names)}"
                self.names[function] = None
                inner = self._dict_lines(selection.selections, slot.position, set(), in_key=is_key)
                self.define(
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

    # ------------------------------------------------------------------------------------------------------- merging

    def merger(self, source: Source, order: int, position: Position) -> str:
        """`mN_K(s, es)`: give the entities' fields to the objects of the lookup's K-th path. False gives up."""
        name = f"m{source.number}_{order}"
        slots = brought_by(source, position)
        copies: list[str] = []
        for slot in slots:
            if partial(source, slot, position):
                copies += [f"if e.{slot.attribute} is not UNSET:", f"    o.{slot.attribute} = e.{slot.attribute}"]
                asked = self.name("types", frozenset(slot.brought[source]))
                copies += [f"elif o.{position.slot_at('__typename').attribute} in {asked}:", "    return False"]
            else:
                copies.append(f"o.{slot.attribute} = e.{slot.attribute}")
        give_up = any(isinstance(slot.output, Required) for slot in slots)
        missing = ["if e is None:", "    return False" if give_up else "    continue"]
        each = [f"    {line}" for line in [*missing, *copies]]
        body = [
            f"objs, at, n = s[{self.memory(source)}][{order}]",
            "if len(es) != n:",
            "    return False",
            "if at is None:",
            "    for o, e in zip(objs, es):",
            *(f"    {line}" for line in each),
            "else:",
            "    for o, i in zip(objs, at):",
            "        e = es[i]",
            *(f"    {line}" for line in each),
            "return True",
        ]
        self.define(f"{name}(s, es)", body)
        return name

    def root_merger(self, source: Source) -> str:
        """`mN_0(s, e)`: give one root fetch's fields to a root that several fetches share."""
        body = [
            "o = s[0]",
            *(f"o.{slot.attribute} = e.{slot.attribute}" for slot in brought_by(source, self.layout.root)),
            "return True",
        ]
        self.define(f"m{source.number}_0(s, e)", body)
        return f"m{source.number}_0"

    # ----------------------------------------------------------------------------------------------------- finishing

    def finisher(self) -> str:
        """`finish(s)`: check what abstract types must show, unset what the client did not ask for."""
        body: list[str] = []
        # What is inside before what it is inside of, whose slots may be unset.
        for position in reversed(self.layout.positions):
            lines = self._finish(position)
            if lines:
                body += [f"for o in c{position.number}(s):", *(f"    {line}" for line in lines)]
        self.define("finish(s)", [*body, "return True"])
        return "finish"

    def _finish(self, position: Position) -> list[str]:
        lines: list[str] = []
        shown = [slot for slot in position.slots.values() if slot.visible and slot.brought]
        if position.abstract:
            known = position.slot_at("__typename")
            lines.append(f"t = o.{known.attribute}")
            if not known.visible:
                # An object that several parents share may be finished already.
                lines += ["if t is UNSET:", "    continue"]
            lines += [
                f"if t not in {self.name('types', position.types)}:",
                "    return False",
            ]
            for slot in position.slots.values():
                if slot.own and not slot.brought:
                    having = self.name("types", frozenset(slot.types))
                    always = slot.types >= position.types
                    lines.append(f"o.{slot.attribute} = t" + ("" if always else f" if t in {having} else UNSET"))
                came = slot.brought.get(position.creator) if position.creator is not None else None
                if came and may_be_unset(slot, position):
                    # Asked for, and left out: an error.
                    lines += [f"if o.{slot.attribute} is UNSET and t in {self.name('types', frozenset(came))}:"]
                    lines += ["    return False"]
            for slot in shown:
                if slot.types >= position.types:
                    absent = f"if o.{slot.attribute} is UNSET:"
                else:
                    absent = f"if o.{slot.attribute} is UNSET and t in {self.name('types', frozenset(slot.types))}:"
                consequence = "return False" if isinstance(slot.output, Required) else f"o.{slot.attribute} = None"
                lines += [absent, f"    {consequence}"]
                if not slot.types >= position.types:
                    having = self.name("types", frozenset(slot.types))
                    lines += [
                        f"elif o.{slot.attribute} is not UNSET and t not in {having}:",
                        f"    o.{slot.attribute} = UNSET",
                    ]
        hidden = [slot for slot in position.slots.values() if not slot.visible]
        if hidden:
            lines.append(" = ".join(f"o.{slot.attribute}" for slot in hidden) + " = UNSET")
        return lines

    def memory(self, source: Source) -> int:
        """Where the state remembers what a lookup was sent for."""
        return len(self.layout.positions) + source.number


def canonical_key(position: Position) -> tuple[str, ...] | None:
    """The attributes that make an object at this position what it is before any lookup; None if it has more."""
    if not position.target or position.creator is None or position.slot is None:
        return None
    came = [slot for slot in position.slots.values() if position.creator in slot.brought]
    if not came or not all(hashable(slot) and slot.position is None for slot in came):
        return None
    return tuple(slot.attribute for slot in came)


def _key_text(o: str, attributes: tuple[str, ...]) -> str:
    if len(attributes) == 1:
        return f"{o}.{attributes[0]}"
    return "(" + ", ".join(f"{o}.{a}" for a in attributes) + ")"


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
