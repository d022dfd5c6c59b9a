"""How a world reads as SDL: whole, and cut into subgraphs."""

from __future__ import annotations

from tests.differential.world import COLOURS, FieldModel, World

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", '
    'import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override"])'
)


def whole(world: World) -> str:
    """The one schema that holds everything."""
    parts = [_block("type Query", [_field(m) for m in world.roots.values()])]
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
    return "\n".join([*parts, f"enum Colour {{ {' '.join(COLOURS)} }}"])


def of_subgraph(world: World, subgraph: str) -> str:
    """One subgraph's federation SDL."""
    roots = [
        _field(m) + _provides(world, "Query", m, subgraph)
        for n, m in world.roots.items()
        if subgraph in world.owners["Query", n]
    ]
    parts = [LINK, *([_block("type Query", roots)] if roots else [])]
    abstract = [a for a in (*world.interfaces, *world.unions) if world.known(a, subgraph)]
    for (name, place), keys in world.keys.items():
        if place == subgraph:
            implemented = [i for i in abstract if i in world.interfaces and name in world.members(i)]
            implements = " implements " + " & ".join(implemented) if implemented else ""
            heads = " ".join(f'@key(fields: "{k}")' for k in keys)
            parts.append(_block(f"type {name}{implements} {heads}", _entity_fields(world, name, subgraph)))
    for name, fields in world.values.items():
        if any(world.fields(t)[n].target == name and subgraph in o for (t, n), o in world.owners.items()):
            parts.append(_block(f"type {name} @shareable", [_field(m) for m in fields.values()]))
    for name in abstract:
        if name in world.interfaces:
            shared = world.interface_fields(name, subgraph)
            parts.append(_block(f"interface {name}", [_field(_any_member(world, name, f)) for f in shared]))
        else:
            parts.append(f"union {name} = {' | '.join(world.known(name, subgraph))}")
    return "\n".join([*parts, f"enum Colour {{ {' '.join(COLOURS)} }}"])


def externals(world: World, entity: str, subgraph: str) -> tuple[str, ...]:
    """Fields a subgraph knows of but does not resolve: the inputs of its `@requires`, and what it provides on a path."""
    required = {i for n, m in world.entities[entity].items() if world.resolves(entity, n, subgraph) for i in m.requires}
    provided = {
        given
        for (owner, name, place), given in world.provides.items()
        if place == subgraph and world.fields(owner)[name].target == entity
    }
    return tuple(sorted(n for n in required | provided if not world.resolves(entity, n, subgraph)))


def _entity_fields(world: World, entity: str, subgraph: str) -> list[str]:
    lines = [_field(world.entities[entity][k]) for k in world.keys[entity, subgraph]]
    outside = externals(world, entity, subgraph)
    for name, model in world.entities[entity].items():
        if name in ("id", "code"):
            continue
        if name in outside:
            lines.append(f"{_field(model)} @external")
        elif world.resolves(entity, name, subgraph):
            lines.append(_field(model) + _directives(world, entity, model, subgraph, outside))
    return lines


def _directives(world: World, entity: str, model: FieldModel, subgraph: str, outside: tuple[str, ...]) -> str:
    text = ""
    owners = world.owners[entity, model.name]
    if len(owners) > 1 or _provided_anywhere(world, entity, model.name):
        text += " @shareable"
    if world.overrides.get((entity, model.name)) == subgraph:
        label = world.moving.get((entity, model.name))
        text += f' @override(from: "{owners[0]}"' + (f', label: "{label}")' if label else ")")
    if needed := [i for i in model.requires if i in outside]:
        text += f' @requires(fields: "{" ".join(needed)}")'
    return text + _provides(world, entity, model, subgraph)


def _provided_anywhere(world: World, entity: str, name: str) -> bool:
    """A field that another subgraph provides on some path is resolved there too."""
    return any(
        given == name and world.fields(owner)[via].target == entity for (owner, via, _), given in world.provides.items()
    )


def _provides(world: World, owner: str, model: FieldModel, subgraph: str) -> str:
    given = world.provides.get((owner, model.name, subgraph))
    return f' @provides(fields: "{given}")' if given and given in externals(world, model.target, subgraph) else ""


def _any_member(world: World, interface: str, name: str) -> FieldModel:
    return world.entities[world.members(interface)[0]][name]


def _field(model: FieldModel) -> str:
    return f"{model.name}{'(x: Int = 1, y: [String!])' if model.argument else ''}: {model.type}"


def _block(head: str, lines: list[str]) -> str:
    return "\n".join([f"{head} {{", *(f"  {line}" for line in lines), "}"])
