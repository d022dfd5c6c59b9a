"""Writes the Python functions of one plan: collect objects, merge entities, finish the answer. See also preparers.

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

from router.execution.compiled.layout import Layout, Position, Slot, Source
from router.execution.compiled.structs import Structs, brought_by, hashable, may_be_unset, partial
from router.execution.shape import Required


@dataclass
class Module:
    """Source text under way, with the objects it names."""

    layout: Layout
    structs: Structs
    lines: list[str] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=lambda: {"UNSET": UNSET, "encode": msgspec.json.Encoder().encode})

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
