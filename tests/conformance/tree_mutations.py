"""Changes of a schema's syntax tree, one at random at a time; those of texts and of federations are in mutations.py."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from graphql import GraphQLError, parse, print_ast
from graphql.language import ast

Change: TypeAlias = "Callable[[str, random.Random], str]"
Node: TypeAlias = Any
"""A node that is changed in place; the parser's classes type nothing of that."""

_TYPES = ("Int", "String", "ID", "Boolean", "Float", "[Int]", "[String!]", "[[ID!]!]!", "String!", "ID!")
_VALUES = ("null", "0", "1.5", '"m"', "true", "[]", "[1, null]", "{}", '{id: "1"}', "A", '["A"]', "[[1]]", '"""a\nb"""')
_DIRECTIVES = (
    "@shareable",
    "@external",
    '@external(reason: "r")',
    "@inaccessible",
    '@key(fields: "id")',
    '@key(fields: "id", resolvable: false)',
    '@tag(name: "m")',
    '@tag(name: "n o")',
    '@override(from: "a")',
    '@override(from: "a", label: "percent(5)")',
    '@override(from: "b", label: "percent(101)")',
    '@override(from: "b", label: "late")',
    '@requires(fields: "id")',
    '@provides(fields: "id")',
    "@interfaceObject",
    "@extends",
    "@authenticated",
    '@requiresScopes(scopes: [["a", "b"], ["c"]])',
    '@requiresScopes(scopes: [["c"]])',
    '@policy(policies: [["p"], ["q"]])',
    "@deprecated",
    '@deprecated(reason: "old")',
    "@deprecated(reason: null)",
    '@specifiedBy(url: "https://specs.example/one")',
    "@oneOf",
    "@cost(weight: 2)",
    "@cost(weight: -1)",
    "@listSize(assumedSize: 3)",
    "@listSize(assumedSize: -3)",
    '@listSize(slicingArguments: ["first"], requireOneSlicingArgument: false)',
    '@listSize(sizedFields: ["id"])',
    '@context(name: "c")',
    '@context(name: "c_d")',
    '@fromContext(field: "$c { id }")',
    '@fromContext(field: "$c ... on A { id }")',
    '@fromContext(field: "id")',
    '@cacheTag(format: "m-{$key.id}")',
    "@custom",
)
_FIELD_SETS = (
    "id",
    "nope",
    "id name",
    "__typename",
    "id __typename",
    "id @skip(if: true)",
    "id @include(if: $a)",
    "id {",
    "{ id }",
    "{ id } { name }",
    "name",
    "id id",
    "i: id",
    "...F",
    "... { id }",
    "... on Query { id }",
    "id(a: 1)",
    "",
    "id, name",
    "id # name",
    "query { id }",
)
_LOCATIONS = (
    "SCHEMA",
    "SCALAR",
    "OBJECT",
    "FIELD_DEFINITION",
    "ARGUMENT_DEFINITION",
    "INTERFACE",
    "UNION",
    "ENUM",
    "ENUM_VALUE",
    "INPUT_OBJECT",
    "INPUT_FIELD_DEFINITION",
    "QUERY",
    "FIELD",
    "INLINE_FRAGMENT",
    "VARIABLE_DEFINITION",
)


def nodes(document: ast.Node, *kinds: type[ast.Node]) -> list[Node]:
    """Answer all nodes of these kinds."""
    return [node for node in _walk(document) if isinstance(node, kinds)]


def _walk(node: ast.Node) -> Iterator[ast.Node]:
    yield node
    for key in node.keys:
        below = getattr(node, key, None)
        for item in below if isinstance(below, (list, tuple)) else (below,):
            if isinstance(item, ast.Node) and key != "loc":
                yield from _walk(item)


def put(node: Node, **parts: object) -> None:
    """Change a node in its place. The parser's trees are frozen; this one is nobody else's."""
    for name, part in parts.items():
        object.__setattr__(node, name, part)


_OUTPUTS = (
    ast.ObjectTypeDefinitionNode,
    ast.ObjectTypeExtensionNode,
    ast.InterfaceTypeDefinitionNode,
    ast.InterfaceTypeExtensionNode,
)
_CLAUSES = (ast.TypeDefinitionNode, ast.TypeExtensionNode)


def on_a_tree(alter: Callable[[ast.DocumentNode, random.Random], None]) -> Change:
    """Make a change of a tree one of text; what does not parse stays."""

    def changed(sdl: str, chance: random.Random) -> str:
        try:
            document = parse(sdl, no_location=True)
        except GraphQLError:
            return sdl
        alter(document, chance)
        try:
            text = print_ast(document)
            parse(text, no_location=True)
        except GraphQLError:
            return sdl
        return text

    return changed


def _parsed(definition: str) -> Node:
    return parse(definition, no_location=True).definitions[0]


def _parsed_type(text: str) -> Node:
    return _parsed(f"type T {{ f: {text} }}").fields[0].type


def _parsed_value(text: str) -> Node:
    return _parsed(f"type T {{ f(a: Int = {text}): Int }}").fields[0].arguments[0].default_value


def parsed_directive(text: str) -> Node:
    """Parse one application of a directive."""
    return _parsed(f"scalar T {text}").directives[0]


def _parsed_argument(text: str) -> Node:
    return _parsed(f"type T {{ f({text}): Int }}").fields[0].arguments[0]


def _some_type(document: ast.DocumentNode, chance: random.Random) -> str:
    names = [node.name.value for node in nodes(document, *_CLAUSES)]
    base = chance.choice([*_TYPES, *names, *names]) if names else chance.choice(_TYPES)
    return chance.choice((base, base, f"{base.rstrip('!')}!", f"[{base}]", f"[{base.rstrip('!')}!]!"))


def _apply_a_directive(document: ast.DocumentNode, chance: random.Random) -> None:
    places = [node for node in nodes(document, ast.Node) if "directives" in node.keys]
    places = [node for node in places if not isinstance(node, (ast.SchemaDefinitionNode, ast.SchemaExtensionNode))]
    if not places:
        return
    text = chance.choice(_DIRECTIVES)
    place = chance.choice(places)
    put(place, directives=(*(place.directives or ()), parsed_directive(text)))
    import_directive(document, text.partition("(")[0])


def import_directive(document: ast.DocumentNode, name: str) -> None:
    """Import a federation directive where federation is linked and it is not imported."""
    for directive in nodes(document, ast.DirectiveNode):
        arguments = {item.name.value: item for item in directive.arguments or ()}
        url = arguments.get("url")
        if directive.name.value != "link" or url is None or "federation/v2" not in str(getattr(url.value, "value", "")):
            continue
        listed = arguments.get("import")
        if listed is None:
            given = parsed_directive(f'@a(import: ["{name}"])').arguments[0]
            put(directive, arguments=(*directive.arguments, given))
        elif isinstance(listed.value, ast.ListValueNode) and name not in {
            getattr(item, "value", "") for item in listed.value.values
        }:
            put(listed.value, values=(*listed.value.values, _parsed_value(f'"{name}"')))
        return


def _apply_again(document: ast.DocumentNode, chance: random.Random) -> None:
    """Repeat an application of a directive, or let another node have it."""
    places = [node for node in nodes(document, ast.Node) if getattr(node, "directives", None)]
    if not places:
        return
    applied = chance.choice(chance.choice(places).directives)
    other = chance.choice(places)
    put(other, directives=(*other.directives, applied))


def _alter_an_argument(document: ast.DocumentNode, chance: random.Random) -> None:
    """Give a directive's argument another value, drop it, or give one that is unknown."""
    places = [
        node for node in nodes(document, ast.DirectiveNode) if node.name.value != "link" or chance.randrange(5) == 0
    ]
    if not places:
        return
    directive = chance.choice(places)
    given = list(directive.arguments or ())
    match chance.randrange(3):
        case 0 if given:
            put(chance.choice(given), value=_parsed_value(chance.choice(_VALUES)))
        case 1 if given:
            given.pop(chance.randrange(len(given)))
        case _:
            name = chance.choice(("fields", "name", "resolvable", "from", "label", "weight", "reason", "extra"))
            value = _parsed_value(chance.choice(_VALUES))
            given.append(ast.ConstArgumentNode(name=ast.NameNode(value=name), value=value))
    put(directive, arguments=tuple(given))


def _another_type(document: ast.DocumentNode, chance: random.Random) -> None:
    places = nodes(document, ast.FieldDefinitionNode, ast.InputValueDefinitionNode)
    if places:
        put(chance.choice(places), type=_parsed_type(_some_type(document, chance)))


def _another_default(document: ast.DocumentNode, chance: random.Random) -> None:
    places = nodes(document, ast.InputValueDefinitionNode)
    if places:
        place = chance.choice(places)
        put(place, default_value=_parsed_value(chance.choice(_VALUES)) if chance.randrange(4) else None)


def _add_an_argument(document: ast.DocumentNode, chance: random.Random) -> None:
    places = nodes(document, ast.FieldDefinitionNode, ast.DirectiveDefinitionNode)
    if not places:
        return
    place = chance.choice(places)
    default = f" = {chance.choice(_VALUES)}" if chance.randrange(2) else ""
    text = f"a_{chance.choice('bc')}: {_some_type(document, chance)}{default}"
    argument = _parsed_argument(text)
    put(place, arguments=(*(place.arguments or ()), argument))


def _drop_a_part(document: ast.DocumentNode, chance: random.Random) -> None:
    """Leave out an argument, a field, a value, a member, an interface, or a whole definition."""
    parts = ("arguments", "fields", "values", "types", "interfaces", "definitions", "locations", "operation_types")
    places = [
        (node, part)
        for node in nodes(document, ast.Node)
        for part in parts
        if isinstance(node, ast.Node) and getattr(node, part, None) and not isinstance(node, ast.DirectiveNode)
    ]
    if not places:
        return
    node, part = chance.choice(places)
    kept = list(getattr(node, part))
    kept.pop(chance.randrange(len(kept)))
    put(node, **{part: tuple(kept)})


def _copy_a_part(document: ast.DocumentNode, chance: random.Random) -> None:
    """Give a clause a part of another: a field, a value, a member, an interface."""
    part = chance.choice(("fields", "values", "types", "interfaces"))
    places = [node for node in nodes(document, *_CLAUSES) if getattr(node, part, None)]
    if not places:
        return
    node, other = chance.choice(places), chance.choice(places)
    copied = chance.choice(getattr(other, part))
    put(node, **{part: (*getattr(node, part), copied)})


def _implement_something(document: ast.DocumentNode, chance: random.Random) -> None:
    interfaces = [node.name for node in nodes(document, ast.InterfaceTypeDefinitionNode)]
    places = nodes(document, *_OUTPUTS)
    if not interfaces or not places:
        return
    place = chance.choice(places)
    put(place, interfaces=(*(place.interfaces or ()), ast.NamedTypeNode(name=chance.choice(interfaces))))


def _join_a_union(document: ast.DocumentNode, chance: random.Random) -> None:
    unions = nodes(document, ast.UnionTypeDefinitionNode, ast.UnionTypeExtensionNode)
    names = [node.name for node in nodes(document, *_CLAUSES)]
    if unions:
        union = chance.choice(unions)
        put(union, types=(*(union.types or ()), ast.NamedTypeNode(name=chance.choice(names))))


def _rename_something(document: ast.DocumentNode, chance: random.Random) -> None:
    """Call one thing otherwise, where it is defined only."""
    kinds = (
        ast.FieldDefinitionNode,
        ast.InputValueDefinitionNode,
        ast.EnumValueDefinitionNode,
        ast.DirectiveDefinitionNode,
    )
    places = nodes(document, *kinds, *_CLAUSES)
    if not places:
        return
    place, other = chance.choice(places), chance.choice(places)
    name = chance.choice((other.name.value, "renamed", "__hidden", "federation__Thing", "join__Thing", "Query", "true"))
    put(place, name=ast.NameNode(value=name))


def _rename_everywhere(document: ast.DocumentNode, chance: random.Random) -> None:
    """Call a type otherwise, wherever it is named."""
    names = [node.name.value for node in nodes(document, *_CLAUSES)]
    if not names:
        return
    old, new = (
        chance.choice(names),
        chance.choice(("Renamed", "User", "Subscription", "Mutation", "_Entity", "RootQuery")),
    )
    for node in nodes(document, ast.NamedTypeNode, *_CLAUSES):
        if node.name.value == old:
            put(node, name=ast.NameNode(value=new))


def _describe_something(document: ast.DocumentNode, chance: random.Random) -> None:
    places = [node for node in nodes(document, ast.Node) if "description" in node.keys]
    if places:
        text = chance.choice(("m", 'a "quoted" one', " two\n  lines", "", "\\ and "))
        put(chance.choice(places), description=ast.StringValueNode(value=text, block=chance.randrange(2) == 0))


def _split_a_type(document: ast.DocumentNode, chance: random.Random) -> None:
    """Put some of a type's parts into an extension, or turn its definition into one."""
    places = [
        node for node in nodes(document, ast.ObjectTypeDefinitionNode, ast.InterfaceTypeDefinitionNode) if node.fields
    ]
    if not places:
        return
    place = chance.choice(places)
    kind = (
        ast.ObjectTypeExtensionNode
        if isinstance(place, ast.ObjectTypeDefinitionNode)
        else ast.InterfaceTypeExtensionNode
    )
    cut = chance.randrange(len(place.fields) + 1)
    directives = place.directives if cut == 0 or chance.randrange(2) else ()
    interfaces = place.interfaces if cut == 0 else ()
    extension = kind(name=place.name, directives=directives, interfaces=interfaces, fields=place.fields[cut:])
    kept = [node for node in document.definitions if node is not place or cut > 0]
    put(place, fields=place.fields[:cut])
    put(document, definitions=(*kept, extension))


def _define_a_directive(document: ast.DocumentNode, chance: random.Random) -> None:
    """Define a directive, of its own name or one of federation's, and perhaps apply it."""
    name = chance.choice(
        ("custom", "custom", "custom", "tag", "key", "shareable", "deprecated", "link", "inaccessible")
    )
    locations = " | ".join(chance.sample(_LOCATIONS, chance.randrange(1, 6)))
    arguments = chance.choice(
        ("", "", "(name: String)", "(name: String!)", "(a: Int = 1, b: [String!])", "(fields: String!)")
    )
    repeatable = chance.choice(("", " repeatable"))
    text = f"directive @{name}{arguments}{repeatable} on {locations}"
    put(document, definitions=(*document.definitions, _parsed(text)))


def _alter_a_definition(document: ast.DocumentNode, chance: random.Random) -> None:
    places = nodes(document, ast.DirectiveDefinitionNode)
    if not places:
        return
    place = chance.choice(places)
    if chance.randrange(2):
        put(place, repeatable=not place.repeatable)
    else:
        put(place, locations=(*place.locations, ast.NameNode(value=chance.choice(_LOCATIONS))))


def _name_the_roots(document: ast.DocumentNode, chance: random.Random) -> None:
    objects = [node.name.value for node in nodes(document, ast.ObjectTypeDefinitionNode)]
    if not objects:
        return
    operation = chance.choice(("query", "mutation", "subscription"))
    keyword = chance.choice(("schema", "extend schema"))
    text = f"{keyword} {{ {operation}: {chance.choice(objects)} }}"
    put(document, definitions=(*document.definitions, _parsed(text)))


def _another_field_set(document: ast.DocumentNode, chance: random.Random) -> None:
    """Give a @key, @requires or @provides another field set: of the schema's own fields, or one that is odd."""
    places = [
        argument
        for directive in nodes(document, ast.DirectiveNode)
        for argument in directive.arguments or ()
        if argument.name.value == "fields"
    ]
    if not places:
        return
    text = _selection(document, chance, 2) if chance.randrange(3) else chance.choice(_FIELD_SETS)
    put(chance.choice(places), value=ast.StringValueNode(value=text))


def _select_from_a_context(document: ast.DocumentNode, chance: random.Random) -> None:
    """Set a context on one type and take it in an argument of another's field."""
    types = [node for node in nodes(document, *_OUTPUTS) if node.fields]
    if not types:
        return
    setter, taker = chance.choice(types), chance.choice(types)
    put(setter, directives=(*(setter.directives or ()), parsed_directive('@context(name: "given")')))
    name = f"... on {setter.name.value} " if chance.randrange(3) == 0 else ""
    selection = _fields(document, setter, chance, 1)
    argument = _parsed_argument(f'taken: {chance.choice(_TYPES)} @fromContext(field: "$given {name}{{ {selection} }}")')
    field = chance.choice(taker.fields)
    put(field, arguments=(*(field.arguments or ()), argument))
    import_directive(document, "@context")
    import_directive(document, "@fromContext")


def _selection(document: ast.DocumentNode, chance: random.Random, depth: int) -> str:
    types = [node for node in nodes(document, *_OUTPUTS) if node.fields]
    return _fields(document, chance.choice(types), chance, depth) if types else "id"


def _fields(document: ast.DocumentNode, type: Node, chance: random.Random, depth: int) -> str:
    """Write a selection of some fields of a type, with what they need below them."""
    types = {node.name.value: node for node in nodes(document, *_OUTPUTS) if node.fields}
    chosen = chance.sample(list(type.fields), min(len(type.fields), chance.randrange(1, 4)))
    parts: list[str] = []
    for field in chosen:
        below = types.get(re.sub(r"[\[\]!]", "", print_ast(field.type)))
        given = f"({field.arguments[0].name.value}: 1)" if field.arguments and chance.randrange(2) else ""
        nested = f" {{ {_fields(document, below, chance, depth - 1)} }}" if below is not None and depth > 0 else ""
        parts.append(f"{field.name.value}{given}{nested}")
    inner = " ".join(parts)
    match chance.randrange(8):
        case 0:
            return f"... on {type.name.value} {{ {inner} }}"
        case 1:
            return f"{inner} __typename"
        case _:
            return inner


OF_TREES: Final = (
    _apply_a_directive,
    _apply_a_directive,
    _apply_a_directive,
    _apply_again,
    _alter_an_argument,
    _another_type,
    _another_type,
    _another_default,
    _add_an_argument,
    _drop_a_part,
    _drop_a_part,
    _copy_a_part,
    _implement_something,
    _join_a_union,
    _rename_something,
    _rename_everywhere,
    _describe_something,
    _split_a_type,
    _define_a_directive,
    _alter_a_definition,
    _name_the_roots,
    _another_field_set,
    _another_field_set,
    _select_from_a_context,
)
