"""What answers: the monolith, and the subgraphs as functions from a GraphQL request to its reply."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from graphql import (
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_ast_schema,
    execute_sync,
    is_abstract_type,
    parse,
    validate,
)

from tests.differential import sdl
from tests.differential.world import OBJECTS, Input, Ref, Tree, World, number

FEDERATION = """
scalar _Any
scalar federation__FieldSet
directive @link(url: String!, import: [String]) repeatable on SCHEMA
directive @key(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
directive @interfaceObject on OBJECT
directive @inaccessible on ENUM_VALUE | INPUT_FIELD_DEFINITION
directive @shareable repeatable on OBJECT | FIELD_DEFINITION
directive @external on OBJECT | FIELD_DEFINITION
directive @requires(fields: federation__FieldSet!) on FIELD_DEFINITION
directive @provides(fields: federation__FieldSet!) on FIELD_DEFINITION
scalar federation__ContextFieldValue
directive @context(name: String!) repeatable on OBJECT | INTERFACE | UNION
directive @fromContext(field: federation__ContextFieldValue) on ARGUMENT_DEFINITION
directive @override(from: String!, label: String) on FIELD_DEFINITION
"""


@dataclass(frozen=True)
class Known(Ref):
    """An object together with the values of fields that came with it: provided, or carried by a representation.

    `shown` is the `@interfaceObject` that it was looked up as.
    """

    values: dict[str, object] = field(default_factory=dict, hash=False, compare=False)
    shown: str = ""


class Server:
    """Answers GraphQL requests from the world's data; `subgraph` None is the monolith. `log` tells its mutations."""

    def __init__(self, world: World, subgraph: str | None = None, log: list[str] | None = None) -> None:
        self.world, self.subgraph = world, subgraph
        self.log: list[str] = [] if log is None else log
        self.broken_rules: list[str] = []
        self.outside = {n: sdl.externals(world, n, s) for n, s in world.keys if s == subgraph}
        text = sdl.whole(world) if subgraph is None else _served(world, subgraph)
        self.schema = build_ast_schema(parse(text), assume_valid_sdl=True)
        _attach(self.schema, self)

    def answer(self, request: dict[str, Any], *, checked: bool = True) -> dict[str, Any]:
        """The reply to `{query, variables, operationName}`; an invalid request is noted as a broken rule."""
        document = parse(request["query"])
        if checked and (problems := validate(self.schema, document)):
            self.broken_rules.append(f"{problems[0].message} in {request['query']}")
            return {"errors": [p.formatted for p in problems]}
        result = execute_sync(
            self.schema, document, variable_values=request.get("variables"), operation_name=request.get("operationName")
        )
        return dict(result.formatted)

    def resolve(self, source: Ref | None, info: GraphQLResolveInfo, **arguments: object) -> object:
        """The resolver of every field."""
        name, type_name = info.field_name, info.parent_type.name
        if name == "_entities":
            return [self._entity(r) for r in arguments["representations"]]  # type: ignore[attr-defined]
        ref = source or Ref(type_name, "")
        own = ref.type_name if type_name in self.world.objects else type_name
        if type_name == "Mutation":
            self.log.append(f"{name} {sorted(arguments.items())}")
        if self.subgraph is None:
            if context := self.world.fields(type_name)[name].context:
                arguments["above"] = self.world.above(ref, context)
            return _around(self.world.resolve(own, ref.id, name, arguments), ref)
        if (type_name, self.subgraph) not in self.world.keys:
            found = self.world.resolve(own, ref.id, name, arguments)
        else:
            values = ref.values if isinstance(ref, Known) else {}
            if name in self.outside[type_name]:
                if name not in values:
                    self.broken_rules.append(f"was asked for the external field {type_name}.{name}")
                return values.get(name)
            moved_to = self.world.overrides.get((type_name, name))
            if moved_to is not None and (moved_to == self.subgraph) != self.world.has_moved(type_name, name):
                self.broken_rules.append(f"was asked for {type_name}.{name}, which is answered elsewhere")
            model = self.world.fields(type_name)[name]
            known = self.world.inputs(own, ref.id, model.requires)
            try:
                known |= _told(known, values, sdl.lacking(self.world, type_name, model.requires, self.subgraph))
            except KeyError as missing:
                self.broken_rules.append(f"got no {missing} for {type_name}.{name}")
            found = self.world.resolve(own, ref.id, name, arguments, known)
        given = self.world.provides.get((type_name, name, self.subgraph or ""))
        return self.provided(found, given) if given else found

    def provided(self, found: object, tree: Tree) -> object:
        """What is found, together with what is provided of it."""
        if isinstance(found, list):
            return [self.provided(item, tree) for item in found]
        if isinstance(found, Ref):
            mine = tree | tree.get(f"... on {found.type_name}", {})
            return Known(found.type_name, found.id, {n: _Later(self, found, n, inner) for n, inner in mine.items()})
        return found

    def _entity(self, representation: dict[str, object]) -> Ref:
        type_name = str(representation["__typename"])
        is_home = self.world.homes.get(type_name) == self.subgraph
        keys = (
            self.world.interface_keys(type_name)
            if is_home
            else self.world.keys.get((type_name, self.subgraph or ""), ())
        )
        known = [leaves for key in keys if (leaves := _leaves(representation, key))]
        if len({number(leaf) for leaves in known for leaf in leaves}) != 1:
            self.broken_rules.append(f"got no key in {representation}")
        if (type_name, self.subgraph) in self.world.references:
            self.broken_rules.append(f"cannot look up {representation}")
        is_abstract = type_name in self.world.interfaces
        object_id = known[0][0].removeprefix("c-") if is_abstract else f"{type_name}-{number(known[0][0])}"
        shown = type_name if self.subgraph in OBJECTS and type_name in self.world.objects else ""
        return Known(object_id.split("-", maxsplit=1)[0], object_id, dict(representation), shown)


def _told(own: Any, told: Any, inputs: tuple[Input, ...]) -> Any:
    """A value with what a representation tells of it in place of its own. Raises KeyError for what is not told."""
    if isinstance(told, list):
        return [_told(mine, each, inputs) for mine, each in zip(own or told, told, strict=True)]
    if isinstance(told, dict):
        own = own or {}
        return own | {each.name: _told(own.get(each.name), told[each.name], each.inside) for each in inputs}
    return told


def _around(found: object, ref: Ref) -> object:
    """What is found, knowing the object that it was found in."""
    if isinstance(found, list):
        return [_around(item, ref) for item in found]
    return replace(found, around=ref) if isinstance(found, Ref) else found


def _leaves(found: object, key: Tree) -> list[str]:
    """What an object has at a key's leaves; nothing where any is missing."""
    if not isinstance(found, dict) or any(found.get(name) is None for name in key):
        return []
    parts = [_leaves(found[name], inner) if inner else [str(found[name])] for name, inner in key.items()]
    return [leaf for part in parts for leaf in part] if all(parts) else []


@dataclass(frozen=True)
class _Later:
    """A provided value, computed when asked for: it may fail like the field it stands for."""

    server: Server
    ref: Ref
    name: str
    inside: Tree

    def __call__(self, _info: GraphQLResolveInfo) -> object:
        found = self.server.world.resolve(self.ref.type_name, self.ref.id, self.name, {})
        return self.server.provided(found, self.inside)


def _served(world: World, subgraph: str) -> str:
    entities = " | ".join(n for n, s in world.keys if s == subgraph and (n, s) not in world.references)
    text = sdl.of_subgraph(world, subgraph) + FEDERATION
    if entities:
        text += (
            f"\nunion _Entity = {entities}\nextend type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}"
        )
    return text if "\ntype Query" in text else text.replace("extend type Query", "type Query")


def _attach(schema: GraphQLSchema, server: Server) -> None:
    def resolver(source: Ref | None, info: GraphQLResolveInfo, **arguments: object) -> object:
        found = server.resolve(source, info, **arguments)
        return found(info) if isinstance(found, _Later) else found

    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for field_ in type_.fields.values():
                field_.resolve = resolver
        elif is_abstract_type(type_):
            type_.resolve_type = lambda ref, _info, _type: getattr(ref, "shown", "") or ref.type_name
