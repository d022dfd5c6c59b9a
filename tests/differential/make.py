"""Makes worlds: the whole schema first, at random."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.differential.cut import cut
from tests.differential.world import HIDDEN, SCALARS, SHAPES, FieldModel, Input, World

# What inputs may be asked for by.
ARGUMENTS: tuple[dict[str, object], ...] = ({"x": 2}, {"x": 3}, {"x": 3, "y": ["a"]}, {"y": []}, {"z": {"c": HIDDEN}})

_ID = FieldModel("id", "scalar", "ID", "%s!", may_fail=False, is_key=True)
_CODE = FieldModel("code", "scalar", "String", "%s!", may_fail=False, is_key=True)


def make(seed: int, *, nulls: float, errors: float) -> World:
    """A world from a seed. `nulls` and `errors` are probabilities per value."""
    world = World(seed, nulls=nulls, errors=errors)
    source = world.chance("schema")
    entities = [f"E{i}" for i in range(source.randint(2, 5))]
    for i in range(source.randint(0, 2)):
        world.interfaces[f"I{i}"] = tuple(sorted(source.sample(entities, source.randint(1, len(entities)))))
    for i in range(source.randint(0, 2)):
        world.unions[f"U{i}"] = tuple(sorted(source.sample(entities, source.randint(1, len(entities)))))
    world.objects = {name: {} for name in world.interfaces if source.random() < 0.4}
    free = [e for e in entities if not any(e in world.members(interface) for interface in world.objects)]
    for i in range(source.randint(0, 2)):
        world.values[f"V{i}"] = _value(f"v{i}", free, source)
    for name in entities:
        world.entities[name] = _entity(world, name, entities, source)
        if source.random() < 0.4:
            # Every subgraph that knows an entity may have to know its owner.
            others = [e for e in world.entities if e != name and (e in free or name not in free)]
            _owner(world, name, [e for e in others if not _owns(world, e)], source)
    for name in entities:
        _compute(world, name, source)
    for name in world.objects:
        _interface_object(world, name, free, source)
    if source.random() < 0.5:
        _context(world, entities, source)
    _roots(world, entities, source)
    cut(world, source)
    return world


def _value(prefix: str, entities: list[str], source: random.Random) -> dict[str, FieldModel]:
    """A value type: scalars, and sometimes a reference. May be an input, so nothing of it fails."""
    names = [f"{prefix}s{i}" for i in range(source.randint(1, 3))]
    fields = {}
    for name in names:
        kind = source.choice(SCALARS), source.choice(SHAPES)
        fields[name] = FieldModel(name, "scalar", *kind, argument=source.random() < 0.2, may_fail=False)
    if entities and source.random() < 0.4:
        fields[f"{prefix}r"] = FieldModel(f"{prefix}r", "entity", source.choice(entities), source.choice(SHAPES))
    return fields


def _entity(world: World, name: str, entities: list[str], source: random.Random) -> dict[str, FieldModel]:
    prefix = name.lower()
    abstract = [*world.interfaces, *world.unions]
    fields = [_ID, _CODE]
    for interface, members in world.interfaces.items():
        if name in members:
            may_fail = interface not in world.objects
            fields.append(FieldModel(f"shared{interface}", "scalar", "String", "%s", may_fail=may_fail))
    for i in range(source.randint(1, 4)):
        argument = source.random() < 0.3
        kind = source.choice(SCALARS), source.choice(SHAPES)
        fields.append(FieldModel(f"{prefix}s{i}", "scalar", *kind, argument=argument))
    for i in range(source.randint(0, 2)):
        kind = source.choice(("String", "Int", "Boolean")), source.choice(("%s", "%s!"))
        argument = source.random() < 0.4
        fields.append(FieldModel(f"{prefix}q{i}", "scalar", *kind, argument=argument, may_fail=False))
    for i in range(source.randint(1, 3)):
        kind = source.choice(entities), source.choice(SHAPES)
        fields.append(FieldModel(f"{prefix}r{i}", "entity", *kind, argument=source.random() < 0.2))
    if world.values and source.random() < 0.6:
        value = FieldModel(f"{prefix}v", "value", source.choice(list(world.values)), source.choice(SHAPES))
        fields.append(value)
    if abstract and source.random() < 0.7:
        fields.append(FieldModel(f"{prefix}a", "abstract", source.choice(abstract), source.choice(SHAPES)))
    return {each.name: each for each in fields}


def _compute(world: World, name: str, source: random.Random) -> None:
    """Fields that compute from others: scalars, a value, something of a reference or of the owner, computed ones."""
    prefix, fields = name.lower(), world.entities[name]
    inputs = [m for n, m in fields.items() if n.startswith(f"{prefix}q")]
    inputs += [
        m for n, m in fields.items() if n in (f"{prefix}v", f"{prefix}r0", f"{prefix}o") and source.random() < 0.4
    ]
    for letter in "cd":
        if inputs and source.random() < 0.7:
            shape = source.choice(("%s", "%s!"))
            requires = tuple(_input(world, each, source) for each in inputs)
            computed = FieldModel(f"{prefix}{letter}", "scalar", "String", shape, may_fail=False, requires=requires)
            fields |= {each.name: replace(each, may_fail=False) for each in inputs} | {computed.name: computed}
            # What is computed may be an input itself; or the same inputs are, under other arguments.
            inputs = source.choice(([computed], inputs))


def _input(world: World, model: FieldModel, source: random.Random) -> Input:
    """A field as an input, under arguments of its own. Only what never fails is one, and what is computed already."""
    arguments: dict[str, object] = {}
    if model.argument and source.random() < 0.7:
        arguments = source.choice(ARGUMENTS)
    inside: list[FieldModel] = []
    if model.kind == "value":
        inside = [m for m in world.values[model.target].values() if m.kind == "scalar"]
    elif model.kind == "entity":
        certain = [m for m in world.fields(model.target).values() if m.kind == "scalar" and not m.may_fail]
        inside = source.sample(certain, min(len(certain), source.randint(1, 2)))
    return Input(model.name, tuple(arguments.items()), tuple(_input(world, each, source) for each in inside))


def _owner(world: World, name: str, entities: list[str], source: random.Random) -> None:
    """What an entity can be known by, from inside: one of some entities, or an object that is nothing but a key."""
    target = source.choice(["K", *entities])
    if target == "K":
        world.values["K"] = {"id": _ID, "code": _CODE}
    owner = FieldModel(f"{name.lower()}o", "entity", target, "%s!", may_fail=False, is_key=True)
    world.entities[name][owner.name] = owner


def _owns(world: World, name: str) -> bool:
    return any(m.is_key and m.target == name for fields in world.entities.values() for m in fields.values())


def _interface_object(world: World, name: str, entities: list[str], source: random.Random) -> None:
    prefix, shared = name.lower(), f"shared{name}"
    kind = source.choice(SCALARS), source.choice(SHAPES)
    added = [
        FieldModel(f"{prefix}s", "scalar", *kind, argument=source.random() < 0.3),
        FieldModel(f"{prefix}q", "scalar", "String", "%s", may_fail=False),
    ]
    if source.random() < 0.5:
        added.append(FieldModel(f"{prefix}a", "abstract", name, source.choice(SHAPES)))
    if entities and source.random() < 0.5:
        added.append(FieldModel(f"{prefix}r", "entity", source.choice(entities), source.choice(SHAPES)))
    if source.random() < 0.5:
        inputs = source.choice(((Input(shared),), (Input(f"{prefix}q"),), (Input(shared), Input(f"{prefix}q"))))
        added.append(FieldModel(f"{prefix}c", "scalar", "String", "%s", may_fail=False, requires=inputs))
    certain = [each for each in added if not each.may_fail]
    for member in world.members(name):
        world.entities[member] |= {each.name: each for each in added}
        if source.random() < 0.3:
            computed = f"{member.lower()}{prefix}m"
            requires = (_input(world, source.choice(certain), source),)
            field = FieldModel(computed, "scalar", "String", "%s", may_fail=False, requires=requires)
            world.entities[member][computed] = field
    own = [_ID, _CODE, world.entities[world.members(name)[0]][shared]]
    world.objects[name] = {each.name: each for each in (*own, *added)}


def _context(world: World, entities: list[str], source: random.Random) -> None:
    """An entity that is only reached from some others, at once or through one more, and takes something from these."""
    setting = source.sample(entities, source.randint(1, min(2, len(entities))))
    inside = [_ID, _CODE, FieldModel("ds", "scalar", source.choice(SCALARS), source.choice(SHAPES))]
    inside.append(FieldModel("dr", "entity", source.choice(entities), source.choice(SHAPES)))
    world.entities["D"] = {each.name: each for each in inside}
    for name in setting:
        leading = FieldModel(f"{name.lower()}l", "entity", "D", source.choice(SHAPES))
        world.entities[name][leading.name] = leading
    if source.random() < 0.5:
        between = [_ID, _CODE, FieldModel("cd", "entity", "D", source.choice(SHAPES))]
        world.entities["C"] = {each.name: each for each in between}
        leading = FieldModel(f"{setting[0].lower()}k", "entity", "C", source.choice(SHAPES))
        world.entities[setting[0]][leading.name] = leading
        if source.random() < 0.4:
            setting.append("C")
    context = tuple((name, _taken(world, name, source)) for name in setting)
    argument = source.random() < 0.3
    world.entities["D"]["df"] = FieldModel("df", "scalar", "String", "%s", argument=argument, context=context)


def _taken(world: World, name: str, source: random.Random) -> Input:
    """One string that a context gives: of an entity or of its owner. It never fails."""
    fields = world.entities[name]
    owners = [m for m in fields.values() if m.is_key and m.kind == "entity"]
    strings = [m for n, m in fields.items() if n.startswith(f"{name.lower()}q") and m.target == "String"]
    taken = source.choice([_CODE, *owners, *(m for m in strings if not m.argument)])
    return Input(taken.name, inside=(Input("code"),) if taken.kind == "entity" else ())


def _roots(world: World, entities: list[str], source: random.Random) -> None:
    for i, name in enumerate(entities):
        world.roots[f"one{i}"] = FieldModel(f"one{i}", "entity", name, "%s", argument=source.random() < 0.3)
        world.roots[f"all{i}"] = FieldModel(f"all{i}", "entity", name, source.choice(("[%s]", "[%s!]!", "[%s!]")))
        if source.random() < 0.5:
            world.mutations[f"do{i}"] = FieldModel(f"do{i}", "entity", name, "%s", argument=source.random() < 0.5)
    for i, name in enumerate([*world.interfaces, *world.unions]):
        world.roots[f"some{i}"] = FieldModel(f"some{i}", "abstract", name, source.choice(("%s", "[%s]", "[%s!]!")))
