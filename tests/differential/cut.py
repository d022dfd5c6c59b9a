"""Cuts a world into subgraphs, at random.

- An entity field is resolved by one subgraph, or by several (`@shareable`); so is a root field.
- An entity has the key `id` in most places, in others `code`, either, or both as one key, so that hops may need a
  detour; where it is only referred to, its key may be `resolvable: false`. Some have an owner, whose keys are keys of
  theirs: alone, beside others, or in one with them.
- A reference may `@provides` fields of its targets, deep and by type; a field may `@requires` scalars, value types,
  computed fields of its own entity and what is inside its references, under arguments or without.
- A field may take something from a context that objects around it set.
- A field may have moved with `@override`, or be moving under a label that is active or not.
- A colour and an input field are `@inaccessible`; at least one subgraph says so.
- Interfaces and unions have different members in different subgraphs.
- Some interfaces have keys: one or two subgraphs more know them as `@interfaceObject`, by one key or by another, and add
  fields to all members.
"""

from __future__ import annotations

import random

from tests.differential.world import CODE, ID, OBJECTS, FieldModel, Tree, World


def cut(world: World, source: random.Random) -> None:
    """Give every field of the world to subgraphs."""
    world.subgraphs = tuple("abcd"[: source.randint(2, 4)])
    world.homes = {interface: source.choice(world.subgraphs) for interface in world.objects}
    world.shown_in = {i: tuple(source.sample(OBJECTS, source.randint(1, len(OBJECTS)))) for i in world.objects}
    world.subgraphs += tuple(s for s in OBJECTS if any(s in shown for shown in world.shown_in.values()))
    world.hiding = tuple(source.sample(world.subgraphs, source.randint(1, len(world.subgraphs))))
    _give_fields(world, source)
    _give_keys(world, source)
    _override(world, source)
    _provide(world, source)
    _narrow_abstract_fields(world)
    _leave_references(world, source)


def _allowed(world: World, type_name: str, model: FieldModel) -> tuple[str, ...]:
    """The subgraphs that may know all that a field leads to or computes from."""
    targets = [model, *(each for _, each in world.needed(type_name, model.requires))]
    known = [world.places(each.target) for each in targets if each.kind in ("entity", "abstract")]
    known += [world.places(name) for name, _ in model.context]
    return tuple(s for s in world.subgraphs if all(s in places for places in known))


def _give_fields(world: World, source: random.Random) -> None:
    for name, fields in world.entities.items():
        places = world.places(name)
        home = source.sample(places, source.randint(1, len(places)))
        for field_name, model in fields.items():
            if model.is_key:
                continue
            several = (
                model.kind in ("scalar", "value") and not (model.requires or model.context) and source.random() < 0.2
            )
            allowed = _allowed(world, name, model)
            here = [s for s in home if s in allowed] or [s for s in places if s in allowed]
            owners = tuple(sorted(source.sample(here, min(len(here), 2 if several else 1))))
            world.owners[name, field_name] = owners
    for interface, fields in world.objects.items():
        for field_name, model in fields.items():
            if model.is_key:
                continue
            shared = field_name == f"shared{interface}"
            for member in world.members(interface):
                world.owners[member, field_name] = (world.homes[interface],) if shared else ()
            shown = world.shown_in[interface]
            count = len(shown) if model.kind == "scalar" and not model.requires and source.random() < 0.2 else 1
            world.owners[interface, field_name] = () if shared else tuple(source.sample(shown, count))
    for type_name, roots in (("Query", world.roots), ("Mutation", world.mutations)):
        for field_name, model in roots.items():
            count = 2 if model.kind == "entity" and source.random() < 0.2 else 1
            places = _allowed(world, type_name, model)
            world.owners[type_name, field_name] = tuple(sorted(source.sample(places, min(count, len(places)))))


def _give_keys(world: World, source: random.Random) -> None:
    """Every subgraph that owns a field of an entity, or refers to it, knows it by one or both of its keys."""
    for (type_name, field_name), owners in world.owners.items():
        model = world.fields(type_name)[field_name]
        for subgraph in owners:
            if type_name in world.entities:
                world.keys.setdefault((type_name, subgraph), ())
            if model.kind == "entity":
                world.keys.setdefault((model.target, subgraph), ())
            elif model.kind == "abstract" and type_name == "Query" and (model.target, subgraph) not in world.owners:
                for member in world.members(model.target) if subgraph not in OBJECTS else ():
                    world.keys.setdefault((member, subgraph), ())
            for name, _ in model.context:
                world.keys.setdefault((name, subgraph), ())
            for known in (model, *(each for _, each in world.needed(type_name, model.requires))):
                inside = world.values.get(known.target, {}).values() if known.kind == "value" else (known,)
                for each in inside:
                    if each.kind == "entity" and each.target in world.entities:
                        world.keys.setdefault((each.target, subgraph), ())
    for interface, home in world.homes.items():
        for member in world.members(interface):
            world.keys.setdefault((member, home), ())
    _choose_keys(world, source)
    _set_contexts(world)
    for interface, home in world.homes.items():
        for subgraph in world.shown_in[interface]:
            world.keys[interface, subgraph] = source.choice(((ID,), (ID,), (CODE,), (ID, CODE)))
        for member in world.members(interface):
            more = (key for key in world.keys[member, home] if key not in world.interface_keys(interface))
            world.keys[member, home] = (*world.interface_keys(interface), *more)


def _choose_keys(world: World, source: random.Random) -> None:
    """One subgraph of each entity has all its keys, and all of its owner's.

    A key's inside is never fetched from the subgraph that the key is to open: so it is had where all keys are.
    """
    bridges: dict[str, str] = {}
    owned: dict[tuple[str, str], FieldModel] = {}
    # What owns others is made before them; whether it is known by a subgraph follows from them.
    for name in reversed(world.entities):
        places = sorted(s for n, s in world.keys if n == name)
        bridge = bridges.setdefault(name, source.choice(places) if places else "")
        for owner in (m for m in world.entities[name].values() if m.is_key and m.kind == "entity"):
            bridges[owner.target] = bridge
            for subgraph in places:
                if subgraph == bridge or source.random() < 0.5:
                    owned[name, subgraph] = owner
                    if owner.target in world.entities:
                        world.keys.setdefault((owner.target, subgraph), ())
    for name in world.entities:
        for subgraph in sorted(s for n, s in world.keys if n == name):
            kinds: tuple[tuple[Tree, ...], ...] = ((ID,), (ID,), (CODE,), (ID, CODE), (ID | CODE,))
            by_owner: tuple[Tree, ...] = ()
            if owned_by := owned.get((name, subgraph)):
                inside = world.keys.get((owned_by.target, subgraph), (ID, CODE, ID | CODE))
                by_owner = tuple({owned_by.name: key} for key in inside)
                one = source.choice(by_owner)
                kinds = ((one,), (one,), (ID, one), (ID | one,), (one | CODE,))
            is_bridge = subgraph == bridges[name]
            world.keys[name, subgraph] = (ID, CODE, *by_owner) if is_bridge else source.choice(kinds)


def _set_contexts(world: World) -> None:
    """Who takes something from a context has it in its own schema."""
    for (type_name, field_name), owners in list(world.owners.items()):
        for name, taken in world.fields(type_name)[field_name].context:
            for subgraph in owners:
                model = world.entities[name][taken.name]
                if not model.is_key:
                    world.owners[name, model.name] = tuple(sorted({*world.owners[name, model.name], subgraph}))
                    continue
                if taken.inside and model.target in world.entities:
                    _know_by(world, model.target, subgraph, CODE)
                _know_by(world, name, subgraph, {model.name: CODE} if taken.inside else CODE)


def _know_by(world: World, name: str, subgraph: str, key: Tree) -> None:
    known = world.keys.get((name, subgraph), ())
    if not any(part in each for each in known for part in key):
        world.keys[name, subgraph] = (*known, key)


def _override(world: World, source: random.Random) -> None:
    inputs = {
        (type_name, each.name)
        for name, fields in world.entities.items()
        for model in fields.values()
        for type_name, each in (*world.needed(name, model.requires), *world.taken(model))
    }
    for name, fields in world.entities.items():
        for field_name, model in fields.items():
            owners = world.owners.get((name, field_name), ())
            if (
                len(owners) == 1
                and model.kind == "scalar"
                and not (model.requires or model.context)
                and source.random() < 0.15
            ):
                others = [s for s in world.subgraphs if (name, s) in world.keys and s not in owners]
                if others and (name, field_name) not in inputs and not field_name.startswith("shared"):
                    world.overrides[name, field_name] = source.choice(others)
                    if source.random() < 0.5:
                        world.moving[name, field_name] = source.choice(("percent(50)", "percent(5)"))
    world.labels = frozenset(label for label in ("percent(50)", "percent(5)") if source.random() < 0.5)


def _provide(world: World, source: random.Random) -> None:
    for (type_name, field_name), owners in list(world.owners.items()):
        model = world.fields(type_name)[field_name]
        if not owners or model.kind not in ("entity", "abstract") or source.random() > 0.3:
            continue
        subgraph = owners[0]
        if model.kind == "entity":
            tree = _given(world, model.target, subgraph, source, depth=2)
        else:
            members = world.known(model.target, subgraph)
            parts = {f"... on {m}": _given(world, m, subgraph, source, depth=1) for m in members}
            tree = {on: inner for on, inner in parts.items() if inner}
        if tree:
            world.provides[type_name, field_name, subgraph] = tree


def _given(world: World, entity: str, subgraph: str, source: random.Random, *, depth: int) -> Tree:
    """Something of an entity that a subgraph can provide: what others own, references with something inside."""
    found: Tree = {}
    for name, model in world.entities[entity].items():
        owners = world.owners.get((entity, name), ())
        outside = owners and subgraph not in owners and (entity, name) not in world.overrides
        if not outside or model.requires or model.context or model.argument or source.random() < 0.6:
            continue
        if model.kind == "scalar":
            found[name] = {}
        elif model.kind == "entity" and depth and subgraph in world.places(model.target):
            world.keys.setdefault((model.target, subgraph), (ID,))
            inner = _given(world, model.target, subgraph, source, depth=depth - 1)
            if "id" in world.key_fields(model.target, subgraph):
                inner |= ID
            if inner:
                found[name] = inner
    world.provided |= {(entity, name, subgraph) for name in found if name != "id"}
    return found


def _narrow_abstract_fields(world: World) -> None:
    """A field of an abstract type needs a member that its subgraph knows; an interface needs a field all members share."""
    for type_name, fields in world.entities.items():
        for field_name, model in list(fields.items()):
            for subgraph in world.owners[type_name, field_name] if model.kind == "abstract" else ():
                if subgraph not in OBJECTS and not world.known(model.target, subgraph):
                    world.keys[world.members(model.target)[0], subgraph] = (ID,)
    for interface in world.interfaces:
        for subgraph in world.subgraphs:
            members = world.known(interface, subgraph)
            if members and not world.interface_fields(interface, subgraph):
                for member in members:
                    more = tuple(k for k in world.keys[member, subgraph] if k not in (ID, CODE))
                    world.keys[member, subgraph] = (ID, CODE, *more)


def _leave_references(world: World, source: random.Random) -> None:
    for name, subgraph in world.keys:
        if name in world.entities and not any(world.resolves(name, n, subgraph) for n in _more(world, name)):
            is_home = any(subgraph == h and name in world.members(i) for i, h in world.homes.items())
            if len(world.keys[name, subgraph]) == 1 and not is_home and source.random() < 0.3:
                world.references.add((name, subgraph))


def _more(world: World, entity: str) -> list[str]:
    return [n for n, m in world.entities[entity].items() if not m.is_key]
