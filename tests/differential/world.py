"""A random world: one schema holding everything, its data, and a split of it into subgraphs. Deterministic per seed.

The world is made whole first and cut afterwards, so that the right answer never depends on the cut. Every value is a
pure function of (seed, type, id, field, arguments): the monolith and each subgraph compute it alike, without shared state.

How it is cut is told in `cut`.

Nulls stand in nullable fields, errors are raised by nullable and non-null fields alike. Keys and the inputs of
`@requires` never fail: where they do, federation cannot answer what a monolith can.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

SCALARS = ("String", "Int", "Float", "Boolean", "ID", "Colour")
COLOURS = ("RED", "GREEN", "BLUE")
# A colour that subgraphs have and clients do not: `@inaccessible`.
HIDDEN = "HIDDEN"
SHAPES = ("%s", "%s", "%s!", "[%s]", "[%s!]!", "[%s!]", "[[%s]!]")
# The subgraphs that may have interfaces as `@interfaceObject`.
OBJECTS = ("y", "z")

# A selection as a tree: field names and "... on Type" to what is selected inside.
Tree: TypeAlias = dict[str, "Tree"]
ID: Tree = {"id": {}}
CODE: Tree = {"code": {}}


@dataclass(frozen=True)
class Input:
    """What a computed field needs of an object: a field, under which arguments, and what inside."""

    name: str
    arguments: tuple[tuple[str, object], ...] = ()
    inside: tuple[Input, ...] = ()


@dataclass(frozen=True)
class FieldModel:
    """One field of the whole schema. `kind` is scalar, entity, value or abstract; `target` names the other type."""

    name: str
    kind: str
    target: str
    shape: str  # a printf pattern of the wrapping: "%s", "%s!", "[%s]", "[%s!]!", "[[%s]!]"
    argument: bool = False
    may_fail: bool = True
    # Known wherever a key holds it, and owned by nobody. An object has the number of the object that its key leads to.
    is_key: bool = False
    # What this field computes from, of the same entity.
    requires: tuple[Input, ...] = ()
    # By the types that set the context: what this field's argument `above` takes from the nearest of these around it.
    context: tuple[tuple[str, Input], ...] = ()

    @property
    def type(self) -> str:
        """The output type as SDL writes it."""
        return self.shape % self.target


@dataclass
class World:
    """The whole schema by name: entities and value types with fields, abstract types with members."""

    seed: int
    entities: dict[str, dict[str, FieldModel]] = field(default_factory=dict)
    values: dict[str, dict[str, FieldModel]] = field(default_factory=dict)
    interfaces: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roots: dict[str, FieldModel] = field(default_factory=dict)
    mutations: dict[str, FieldModel] = field(default_factory=dict)
    # Interfaces that some subgraphs have as `@interfaceObject`, with what these know of them: their keys, an external
    # field of their own, and the fields that they add to all members.
    objects: dict[str, dict[str, FieldModel]] = field(default_factory=dict)
    # The cut. An interface object is an entity of its subgraph. What it adds is owned by nobody as the members' field.
    subgraphs: tuple[str, ...] = ()
    owners: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    keys: dict[tuple[str, str], tuple[Tree, ...]] = field(default_factory=dict)
    # Where entities are only referred to: their keys are `resolvable: false`.
    references: set[tuple[str, str]] = field(default_factory=set)
    # The one subgraph that has keys on the interface itself.
    homes: dict[str, str] = field(default_factory=dict)
    # The subgraphs that have it as `@interfaceObject`.
    shown_in: dict[str, tuple[str, ...]] = field(default_factory=dict)
    provides: dict[tuple[str, str, str], Tree] = field(default_factory=dict)
    # What is provided on some path: entity, field and the subgraph that provides it.
    provided: set[tuple[str, str, str]] = field(default_factory=set)
    overrides: dict[tuple[str, str], str] = field(default_factory=dict)
    # The subgraphs that say what clients shall not see.
    hiding: tuple[str, ...] = ()
    # Fields that move under a label, and the labels that are active.
    moving: dict[tuple[str, str], str] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    nulls: float = 0.0
    errors: float = 0.0

    def fields(self, type_name: str) -> dict[str, FieldModel]:
        """The fields of an object type (roots and interface objects included)."""
        known = {"Query": self.roots, "Mutation": self.mutations} | self.entities | self.values | self.objects
        return known[type_name]

    def members(self, abstract: str) -> tuple[str, ...]:
        """The entities an interface or union may be."""
        return self.interfaces.get(abstract) or self.unions[abstract]

    def interface_fields(self, interface: str, subgraph: str | None = None) -> tuple[str, ...]:
        """The interface's fields in one subgraph: what all its members there resolve. Without one: in the whole schema."""
        if subgraph is None:
            everywhere = {
                n for s in self.subgraphs if self.known(interface, s) for n in self.interface_fields(interface, s)
            }
            added = {n for n, m in self.objects.get(interface, {}).items() if not m.is_key}
            return tuple(sorted(everywhere | added))
        members = self.known(interface, subgraph)
        own = (n for n in ("id", "code", f"shared{interface}") if all(self.resolves(m, n, subgraph) for m in members))
        return tuple(own)

    def known(self, abstract: str, subgraph: str) -> tuple[str, ...]:
        """The members of an abstract type that a subgraph has."""
        return tuple(m for m in self.members(abstract) if (m, subgraph) in self.keys)

    def resolves(self, entity: str, name: str, subgraph: str) -> bool:
        """Whether a subgraph can answer an entity's field by itself."""
        if self.fields(entity)[name].is_key:
            return name in self.key_fields(entity, subgraph)
        return subgraph in (*self.owners[entity, name], self.overrides.get((entity, name)))

    def key_fields(self, entity: str, subgraph: str) -> tuple[str, ...]:
        """The fields of all keys by which a subgraph knows an entity."""
        return tuple(dict.fromkeys(name for key in self.keys[entity, subgraph] for name in key))

    def interface_keys(self, interface: str) -> tuple[Tree, ...]:
        """All keys by which an interface is known as `@interfaceObject`: its home has them on the interface itself."""
        found = [key for subgraph in self.shown_in[interface] for key in self.keys[interface, subgraph]]
        return tuple(key for key in (ID, CODE) if key in found)

    def places(self, type_name: str) -> tuple[str, ...]:
        """The subgraphs that may know a type: one with an interface object knows none of the interface's members."""
        apart = any(type_name in self.members(interface) for interface in self.objects)
        if type_name in self.interfaces or type_name in self.unions:
            apart = True
        shown = self.shown_in.get(type_name, ())
        return tuple(s for s in self.subgraphs if not (apart and s in OBJECTS) or s in shown)

    def has_moved(self, entity: str, name: str) -> bool:
        """Whether an overridden field is answered where it moves to, and only there."""
        label = self.moving.get((entity, name))
        return label is None or label in self.labels

    # ------------------------------------------------------------------------------------------------------- values

    def chance(self, *parts: object) -> random.Random:
        """A random source that depends on nothing but the seed and these parts."""
        return random.Random(zlib.crc32(repr((self.seed, *parts)).encode()))

    def resolve(
        self,
        type_name: str,
        object_id: str,
        name: str,
        arguments: dict[str, object],
        known: dict[str, object] | None = None,
    ) -> object:
        """A field's value: a scalar, `Ref`s, None; raises `InjectedError` where this field of this object fails.

        `known` are the values of `@requires` inputs, where others told them.
        """
        if name == "id":
            return object_id
        if name == "code":
            return f"c-{object_id}"
        model = self.fields(type_name)[name]
        if model.is_key:
            return Ref(model.target, f"{model.target}-{number(object_id)}")
        source = self.chance(type_name, object_id, name, sorted(arguments.items()))
        if model.may_fail and source.random() < self.errors:
            raise InjectedError(f"{type_name}.{name} of {object_id} fails")
        if model.context:
            return json.dumps(arguments, sort_keys=True)
        if model.requires:
            inputs = self.inputs(type_name, object_id, model.requires) if known is None else known
            return json.dumps(inputs, sort_keys=True)
        return self._wrapped(model.shape, model, source)

    def inputs(self, type_name: str, object_id: str, wanted: tuple[Input, ...]) -> dict[str, object]:
        """What a computed field needs of an object, as a representation carries it."""
        found = {}
        for each in wanted:
            usual: dict[str, object] = {"x": 1} if self.fields(type_name)[each.name].argument else {}
            value = self.resolve(type_name, object_id, each.name, usual | dict(each.arguments))
            found[each.name] = self._plain(value, each.inside)
        return found

    def taken(self, model: FieldModel) -> Iterator[tuple[str, FieldModel]]:
        """What a field takes from a context, each with the type that sets it."""
        for name, each in model.context:
            yield name, self.fields(name)[each.name]

    def above(self, ref: Ref, context: tuple[tuple[str, Input], ...]) -> object:
        """What stands in the nearest object around this one that sets a context."""
        wanted = dict(context)
        around = ref.around
        while around is not None and around.type_name not in wanted:
            around = around.around
        if around is None:
            return None
        taken = wanted[around.type_name]
        found = self.inputs(around.type_name, around.id, (taken,))[taken.name]
        return found[taken.inside[0].name] if isinstance(found, dict) else found

    def _plain(self, found: object, inside: tuple[Input, ...]) -> object:
        if isinstance(found, list):
            return [self._plain(item, inside) for item in found]
        return self.inputs(found.type_name, found.id, inside) if isinstance(found, Ref) else found

    def needed(self, type_name: str, inputs: tuple[Input, ...]) -> Iterator[tuple[str, FieldModel]]:
        """Every field that some inputs name, those inside others too, each with its type."""
        for each in inputs:
            model = self.fields(type_name)[each.name]
            yield type_name, model
            yield from self.needed(model.target, each.inside)

    def _wrapped(self, shape: str, model: FieldModel, source: random.Random) -> object:
        if shape.endswith("!"):
            return self._present(shape[:-1], model, source)
        if source.random() < self.nulls:
            return None
        return self._present(shape, model, source)

    def _present(self, shape: str, model: FieldModel, source: random.Random) -> object:
        if shape.startswith("["):
            return [self._wrapped(shape[1:-1], model, source) for _ in range(source.choice((0, 1, 2, 3)))]
        match model.kind:
            case "scalar":
                if model.target == "Colour" and source.random() < self.errors:
                    return HIDDEN
                return _scalar(model.target, source)
            case "value":
                return Ref(model.target, f"v{source.randrange(1000)}")
            case "entity":
                return Ref(model.target, f"{model.target}-{source.randrange(4)}")
            case _:
                member = source.choice(self.reachable(model))
                return Ref(member, f"{member}-{source.randrange(4)}")

    def reachable(self, model: FieldModel) -> tuple[str, ...]:
        """The members that every subgraph resolving this field knows."""
        owners = next(o for (t, n), o in self.owners.items() if n == model.name and self.fields(t).get(n) is model)
        places = [s for s in owners if (model.target, s) not in self.keys]
        return tuple(m for m in self.members(model.target) if all((m, s) in self.keys for s in places))


@dataclass(frozen=True)
class Ref:
    """An object of the world: everything else about it follows from its type and id. An entity's id tells its type.

    Only what a field takes from a context follows from the objects `around` it.
    """

    type_name: str
    id: str
    around: Ref | None = field(default=None, compare=False, kw_only=True)


def number(object_id: str) -> str:
    """What an id has in common with those of the objects that its object's keys lead to."""
    return object_id.rpartition("-")[2]


class InjectedError(Exception):
    """A failure that the world wants at this place."""


def _scalar(name: str, source: random.Random) -> object:
    match name:
        case "String":
            return source.choice(("", "plain", 'quo"te', "uni☃code", "line\nbreak"))
        case "Int":
            return source.choice((0, -1, 7, 2**31 - 1, -(2**31)))
        case "Float":
            return source.choice((0.5, -1.25, 3.0, 1e21))
        case "Boolean":
            return source.random() < 0.5
        case "ID":
            return source.choice(("1", "x", "007"))
        case _:
            return source.choice(COLOURS)
