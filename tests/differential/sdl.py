"""How a world reads as SDL: whole, and cut into subgraphs."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.differential.world import COLOURS, HIDDEN, FieldModel, Input, Tree, World

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", '
    'import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@interfaceObject", "@context", "@fromContext", '
    '"@inaccessible"])'
)

_UNWRAPPED = str.maketrans("", "", "[]!")


def whole(world: World) -> str:
    """The one schema that holds everything."""
    roots = {"Query": world.roots, "Mutation": world.mutations}
    parts = [_block(f"type {n}", [_field(m) for m in fields.values()]) for n, fields in roots.items() if fields]
    for name, fields in {**world.entities, **world.values}.items():
        interfaces = [i for i, members in world.interfaces.items() if name in members and world.interface_fields(i)]
        implements = " implements " + " & ".join(interfaces) if interfaces else ""
        parts.append(_block(f"type {name}{implements}", [_field(m) for m in fields.values()]))
    parts += [
        _block(f"interface {name}", [_field(_any_member(world, name, f)) for f in shared])
        for name in world.interfaces
        if (shared := world.interface_fields(name))
    ]
    parts += [f"union {name} = {' | '.join(members)}" for name, members in world.unions.items()]
    return "\n".join([*parts, f"enum Colour {{ {' '.join(COLOURS)} }}", "input Shade { c: Colour, n: Int }"])


def of_subgraph(world: World, subgraph: str) -> str:
    """One subgraph's federation SDL."""
    parts = [LINK]
    for root in ("Query", "Mutation"):
        own = [m for n, m in world.fields(root).items() if subgraph in world.owners[root, n]]
        if own:
            parts.append(_block(f"type {root}", [_field(m) + _directives(world, root, m, subgraph) for m in own]))
    setting = {
        each
        for (type_name, n), o in world.owners.items()
        if subgraph in o
        for each, _ in world.fields(type_name)[n].context
    }
    abstract = [a for a in (*world.interfaces, *world.unions) if world.known(a, subgraph)]
    for (name, place), keys in world.keys.items():
        if place == subgraph:
            implemented = [i for i in abstract if i in world.interfaces and name in world.members(i)]
            implements = " implements " + " & ".join(implemented) if implemented else ""
            more = ", resolvable: false" if (name, subgraph) in world.references else ""
            heads = " ".join(f'@key(fields: "{_selection(k)}"{more})' for k in keys)
            heads += " @interfaceObject" if name in world.objects else ""
            heads += ' @context(name: "above")' if name in setting else ""
            parts.append(_block(f"type {name}{implements} {heads}", _entity_fields(world, name, subgraph)))
    parts += [
        _block(f"type {name} @shareable", [_field(m) for m in fields.values()])
        for name, fields in world.values.items()
        if f" {name}" in "".join(parts).translate(_UNWRAPPED)
    ]
    for name in abstract:
        if name in world.interfaces:
            shared = world.interface_fields(name, subgraph)
            keys = world.interface_keys(name) if world.homes.get(name) == subgraph else ()
            heads = "".join(f' @key(fields: "{_selection(k)}")' for k in keys)
            parts.append(_block(f"interface {name}{heads}", [_field(_any_member(world, name, f)) for f in shared]))
        else:
            parts.append(f"union {name} = {' | '.join(world.known(name, subgraph))}")
    hidden = " @inaccessible" if subgraph in world.hiding else ""
    parts.append(f"enum Colour {{ {' '.join(COLOURS)} {HIDDEN}{hidden} }}")
    parts.append(f"input Shade {{ c: Colour, n: Int, hidden: Int{hidden} }}")
    return "\n".join(parts)


def externals(world: World, entity: str, subgraph: str) -> tuple[str, ...]:
    """Fields a subgraph knows of but does not resolve: the inputs of its `@requires`, and what it provides on a path."""
    required = {
        each.name
        for name, place in world.keys
        if place == subgraph
        for model in world.fields(name).values()
        if model.requires and world.resolves(name, model.name, subgraph)
        for type_name, each in world.needed(name, model.requires)
        if type_name == entity
    }
    provided = {name for owner, name, place in world.provided if (owner, place) == (entity, subgraph)}
    return tuple(sorted(n for n in required | provided if not world.resolves(entity, n, subgraph)))


def _entity_fields(world: World, entity: str, subgraph: str) -> list[str]:
    lines = [_field(world.fields(entity)[k]) for k in world.key_fields(entity, subgraph)]
    outside = externals(world, entity, subgraph)
    for name, model in world.fields(entity).items():
        if name in outside:
            lines.append(f"{_field(model)} @external")
        elif not model.is_key and world.resolves(entity, name, subgraph):
            lines.append(_field(model, _taken(model)) + _directives(world, entity, model, subgraph))
    return lines


def _directives(world: World, entity: str, model: FieldModel, subgraph: str) -> str:
    text = ""
    owners = world.owners[entity, model.name]
    if len(owners) > 1 or any((entity, model.name) == (owner, name) for owner, name, _ in world.provided):
        text += " @shareable"
    if world.overrides.get((entity, model.name)) == subgraph:
        label = world.moving.get((entity, model.name))
        text += f' @override(from: "{owners[0]}"' + (f', label: "{label}")' if label else ")")
    if missing := lacking(world, entity, model.requires, subgraph):
        text += f' @requires(fields: "{_inputs(missing)}")'
    given = world.provides.get((entity, model.name, subgraph))
    return text + (f' @provides(fields: "{_selection(given)}")' if given else "")


def lacking(world: World, type_name: str, inputs: tuple[Input, ...], subgraph: str) -> tuple[Input, ...]:
    """Those inputs, whole or in part, that a subgraph has to be told."""
    found = []
    for each in inputs if type_name not in world.values else ():
        if not world.resolves(type_name, each.name, subgraph):
            found.append(each)
        elif inside := lacking(world, world.fields(type_name)[each.name].target, each.inside, subgraph):
            found.append(replace(each, inside=inside))
    return tuple(found)


def _inputs(inputs: tuple[Input, ...]) -> str:
    # A field set stands in a string.
    return " ".join(
        each.name
        + (f"({', '.join(f'{n}: {_literal(v)}' for n, v in each.arguments)})" if each.arguments else "")
        + (f" {{ {_inputs(each.inside)} }}" if each.inside else "")
        for each in inputs
    )


def _literal(value: object) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_literal(each)}' for name, each in value.items())}}}"
    return HIDDEN if value == HIDDEN else json.dumps(value).replace('"', '\\"')


def _selection(tree: Tree) -> str:
    return " ".join(f"{name} {{ {_selection(inner)} }}" if inner else name for name, inner in tree.items())


def _any_member(world: World, interface: str, name: str) -> FieldModel:
    return world.entities[world.members(interface)[0]][name]


def _field(model: FieldModel, taken: str = "") -> str:
    arguments = ", ".join(
        each for each in ("x: Int = 1, y: [String!], z: Shade" if model.argument else "", taken) if each
    )
    return f"{model.name}{f'({arguments})' if arguments else ''}: {model.type}"


def _taken(model: FieldModel) -> str:
    """The argument that a field takes from a context."""
    if not model.context:
        return ""
    parts = [f"{{ {_inputs((each,))} }}" for _, each in model.context]
    if len(parts) > 1:
        parts = [f"... on {name} {part}" for (name, _), part in zip(model.context, parts, strict=True)]
    return f'above: String @fromContext(field: "$above {" ".join(parts)}")'


def _block(head: str, lines: list[str]) -> str:
    return "\n".join([f"{head} {{", *(f"  {line}" for line in lines), "}"])
