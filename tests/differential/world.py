"""A random world: one schema holding everything, its data, and a split of it into subgraphs. Deterministic per seed.

The world is made whole first and cut afterwards, so that the right answer never depends on the cut. Every value is a
pure function of (seed, type, id, field, arguments): the monolith and each subgraph compute it alike, without shared state.

What is cut how:
- an entity field is resolved by one subgraph, or by several (`@shareable`);
- an entity has the key `id` everywhere, or `code` in some places, so that hops may need a detour;
- a reference may `@provides` a scalar of its target; a field may `@requires` scalars of its own entity;
- a field may have moved with `@override`, or be moving under a label that is active or not;
- interfaces and unions have different members in different subgraphs.

Nulls stand in nullable fields, errors are raised by nullable and non-null fields alike. Keys and the inputs of
`@requires` never fail: where they do, federation cannot answer what a monolith can.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass, field

SCALARS = ("String", "Int", "Float", "Boolean", "ID", "Colour")
COLOURS = ("RED", "GREEN", "BLUE")


@dataclass(frozen=True)
class FieldModel:
    """One field of the whole schema. `kind` is scalar, entity, value or abstract; `target` names the other type."""

    name: str
    kind: str
    target: str
    shape: str  # a printf pattern of the wrapping: "%s", "%s!", "[%s]", "[%s!]!", "[[%s]!]"
    argument: bool = False
    may_fail: bool = True
    requires: tuple[str, ...] = ()

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
    # The cut.
    subgraphs: tuple[str, ...] = ()
    owners: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    keys: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    provides: dict[tuple[str, str, str], str] = field(default_factory=dict)
    overrides: dict[tuple[str, str], str] = field(default_factory=dict)
    # Fields that move under a label, and the labels that are active.
    moving: dict[tuple[str, str], str] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    nulls: float = 0.0
    errors: float = 0.0

    def fields(self, type_name: str) -> dict[str, FieldModel]:
        """The fields of an object type, the root included."""
        return self.roots if type_name == "Query" else self.entities.get(type_name) or self.values[type_name]

    def members(self, abstract: str) -> tuple[str, ...]:
        """The entities an interface or union may be."""
        return self.interfaces.get(abstract) or self.unions[abstract]

    def interface_fields(self, interface: str, subgraph: str | None = None) -> tuple[str, ...]:
        """The interface's fields in one subgraph: what all its members there resolve. Without one: in the whole schema."""
        if subgraph is None:
            everywhere = {
                n for s in self.subgraphs if self.known(interface, s) for n in self.interface_fields(interface, s)
            }
            return tuple(sorted(everywhere))
        members = self.known(interface, subgraph)
        own = (n for n in ("id", "code", f"shared{interface}") if all(self.resolves(m, n, subgraph) for m in members))
        return tuple(own)

    def known(self, abstract: str, subgraph: str) -> tuple[str, ...]:
        """The members of an abstract type that a subgraph has."""
        return tuple(m for m in self.members(abstract) if (m, subgraph) in self.keys)

    def resolves(self, entity: str, name: str, subgraph: str) -> bool:
        """Whether a subgraph can answer an entity's field by itself."""
        if name in ("id", "code"):
            return name in self.keys[entity, subgraph]
        return subgraph in (*self.owners[entity, name], self.overrides.get((entity, name)))

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

        `known` overrides what the object's own scalars are, for a field that computes from `@requires` inputs.
        """
        if name == "id":
            return object_id
        if name == "code":
            return f"c-{object_id}"
        model = self.fields(type_name)[name]
        source = self.chance(type_name, object_id, name, sorted(arguments.items()))
        if model.may_fail and source.random() < self.errors:
            raise InjectedError(f"{type_name}.{name} of {object_id} fails")
        if model.requires:
            own = {n: self.resolve(type_name, object_id, n, {}) for n in model.requires}
            inputs = own if known is None else {n: known.get(n) for n in model.requires}
            return "|".join(f"{n}={inputs[n]!r}" for n in model.requires)
        return self._wrapped(model.shape, model, source)

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
                return _scalar(model.target, source)
            case "value":
                return Ref(model.target, f"v{source.randrange(1000)}")
            case "entity":
                return Ref(model.target, f"{source.randrange(4)}")
            case _:
                return Ref(source.choice(self.reachable(model)), f"{source.randrange(4)}")

    def reachable(self, model: FieldModel) -> tuple[str, ...]:
        """The members that every subgraph resolving this field knows."""
        owners = next(o for (t, n), o in self.owners.items() if n == model.name and self.fields(t).get(n) is model)
        everywhere = [m for m in self.members(model.target) if all((m, s) in self.keys for s in owners)]
        return tuple(everywhere)


@dataclass(frozen=True)
class Ref:
    """An object of the world: everything else about it follows from its type and id."""

    type_name: str
    id: str


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


# ------------------------------------------------------------------------------------------------------------- making


def make(seed: int, *, nulls: float, errors: float) -> World:
    """A world from a seed. `nulls` and `errors` are probabilities per value."""
    world = World(seed, nulls=nulls, errors=errors)
    source = world.chance("schema")
    _make_schema(world, source)
    _cut(world, source)
    return world


SHAPES = ("%s", "%s", "%s!", "[%s]", "[%s!]!", "[%s!]", "[[%s]!]")


def _make_schema(world: World, source: random.Random) -> None:
    entities = [f"E{i}" for i in range(source.randint(2, 5))]
    values = [f"V{i}" for i in range(source.randint(0, 2))]
    for i in range(source.randint(0, 2)):
        world.interfaces[f"I{i}"] = tuple(sorted(source.sample(entities, source.randint(1, len(entities)))))
    for i in range(source.randint(0, 2)):
        world.unions[f"U{i}"] = tuple(sorted(source.sample(entities, source.randint(1, len(entities)))))
    abstract = [*world.interfaces, *world.unions]
    for name in values:
        world.values[name] = {
            f"{name.lower()}s{i}": FieldModel(
                f"{name.lower()}s{i}", "scalar", source.choice(SCALARS), source.choice(SHAPES)
            )
            for i in range(source.randint(1, 3))
        }
    for name in entities:
        prefix = name.lower()
        fields = {
            "id": FieldModel("id", "scalar", "ID", "%s!", may_fail=False),
            "code": FieldModel("code", "scalar", "String", "%s!", may_fail=False),
        }
        for interface, members in world.interfaces.items():
            if name in members:
                shared = f"shared{interface}"
                fields[shared] = FieldModel(shared, "scalar", "String", "%s")
        for i in range(source.randint(1, 4)):
            fields[f"{prefix}s{i}"] = FieldModel(
                f"{prefix}s{i}", "scalar", source.choice(SCALARS), source.choice(SHAPES), argument=source.random() < 0.3
            )
        for i in range(source.randint(0, 2)):
            fields[f"{prefix}q{i}"] = FieldModel(
                f"{prefix}q{i}",
                "scalar",
                source.choice(("String", "Int", "Boolean")),
                source.choice(("%s", "%s!")),
                may_fail=False,
            )
        for i in range(source.randint(1, 3)):
            fields[f"{prefix}r{i}"] = FieldModel(
                f"{prefix}r{i}",
                "entity",
                source.choice(entities),
                source.choice(SHAPES),
                argument=source.random() < 0.2,
            )
        if values and source.random() < 0.6:
            fields[f"{prefix}v"] = FieldModel(f"{prefix}v", "value", source.choice(values), source.choice(SHAPES))
        if abstract and source.random() < 0.7:
            fields[f"{prefix}a"] = FieldModel(f"{prefix}a", "abstract", source.choice(abstract), source.choice(SHAPES))
        inputs = tuple(n for n in fields if n.startswith(f"{prefix}q"))
        if inputs and source.random() < 0.7:
            fields[f"{prefix}c"] = FieldModel(
                f"{prefix}c", "scalar", "String", source.choice(("%s", "%s!")), requires=inputs
            )
        world.entities[name] = fields
    for i, name in enumerate(entities):
        world.roots[f"one{i}"] = FieldModel(f"one{i}", "entity", name, "%s", argument=source.random() < 0.3)
        world.roots[f"all{i}"] = FieldModel(f"all{i}", "entity", name, source.choice(("[%s]", "[%s!]!", "[%s!]")))
    for i, name in enumerate(abstract):
        world.roots[f"some{i}"] = FieldModel(f"some{i}", "abstract", name, source.choice(("%s", "[%s]", "[%s!]!")))


def _cut(world: World, source: random.Random) -> None:
    world.subgraphs = tuple("abcd"[: source.randint(2, 4)])
    for name, fields in world.entities.items():
        home = source.sample(world.subgraphs, source.randint(1, len(world.subgraphs)))
        for field_name, model in fields.items():
            if field_name in ("id", "code"):
                continue
            several = model.kind in ("scalar", "value") and not model.requires and source.random() < 0.2
            world.owners[name, field_name] = tuple(sorted(source.sample(home, min(len(home), 2 if several else 1))))
    for field_name in world.roots:
        world.owners["Query", field_name] = (source.choice(world.subgraphs),)
    _give_keys(world, source)
    _narrow_abstract_fields(world)
    for name, fields in world.entities.items():
        for field_name, model in fields.items():
            owners = world.owners.get((name, field_name), ())
            if len(owners) == 1 and model.kind == "scalar" and not model.requires and source.random() < 0.15:
                others = [s for s in world.subgraphs if (name, s) in world.keys and s not in owners]
                inputs = {i for m in fields.values() for i in m.requires}
                if others and field_name not in inputs:
                    world.overrides[name, field_name] = source.choice(others)
                    if source.random() < 0.5:
                        world.moving[name, field_name] = source.choice(("percent(50)", "percent(5)"))
    world.labels = frozenset(label for label in ("percent(50)", "percent(5)") if source.random() < 0.5)
    _provide(world, source)


def _give_keys(world: World, source: random.Random) -> None:
    """Every subgraph that owns a field of an entity, or refers to it, knows it by one or both of its keys."""
    for (type_name, field_name), owners in world.owners.items():
        model = world.fields(type_name)[field_name]
        for subgraph in owners:
            if type_name in world.entities:
                world.keys.setdefault((type_name, subgraph), ())
            if model.kind == "entity":
                world.keys.setdefault((model.target, subgraph), ())
    for field_name, model in world.roots.items():
        if model.kind == "abstract":
            for member in world.members(model.target):
                world.keys.setdefault((member, world.owners["Query", field_name][0]), ())
    for name in world.entities:
        places = sorted(s for n, s in world.keys if n == name)
        bridge = source.choice(places) if places else None
        for subgraph in places:
            either = (
                ("id", "code") if subgraph == bridge else source.choice((("id",), ("id",), ("code",), ("id", "code")))
            )
            world.keys[name, subgraph] = either


def _narrow_abstract_fields(world: World) -> None:
    """A field of an abstract type needs a member that its subgraph knows; an interface needs a field all members share."""
    for type_name, fields in world.entities.items():
        for field_name, model in list(fields.items()):
            if model.kind == "abstract":
                subgraph = world.owners[type_name, field_name][0]
                if not world.known(model.target, subgraph):
                    world.keys[world.members(model.target)[0], subgraph] = ("id",)
    for interface in world.interfaces:
        for subgraph in world.subgraphs:
            members = world.known(interface, subgraph)
            if members and not world.interface_fields(interface, subgraph):
                for member in members:
                    world.keys[member, subgraph] = ("id", "code")


def _provide(world: World, source: random.Random) -> None:
    for (type_name, field_name), owners in world.owners.items():
        model = world.fields(type_name)[field_name]
        if model.kind != "entity" or source.random() > 0.3:
            continue
        subgraph = owners[0]
        candidates = [
            n
            for n, m in world.entities[model.target].items()
            if m.kind == "scalar"
            and not m.requires
            and n not in ("id", "code")
            and not m.argument
            and subgraph not in world.owners[model.target, n]
            and (model.target, n) not in world.overrides
        ]
        if candidates:
            world.provides[type_name, field_name, subgraph] = source.choice(candidates)
