"""Changes of subgraphs' schemas, one at random at a time, for comparing composers: what they make of it, not whether it fits.

A change takes the subgraphs of a federation, as the corpus has them, and changes one of them in its place. It may find
nothing to change, and leave everything as it was.
"""

from __future__ import annotations

import random
import re
from typing import Final, TypeAlias

from graphql import GraphQLError, parse, print_ast
from graphql.language import ast

from tests.conformance.tree_mutations import OF_TREES, Change, import_directive, nodes, on_a_tree, parsed_directive, put

Subgraphs: TypeAlias = list[dict[str, str]]


def change(subgraphs: Subgraphs, chance: random.Random) -> None:
    """Make one change in one subgraph, or among them."""
    if chance.randrange(8) == 0:
        chance.choice(_OF_FEDERATIONS)(subgraphs, chance)
        return
    changed = chance.choice(subgraphs)
    changed["sdl"] = chance.choice(_OF_SCHEMAS)(changed["sdl"], chance)


def _replaced(sdl: str, pattern: str, text: str, chance: random.Random) -> str:
    found = list(re.finditer(pattern, sdl))
    if not found:
        return sdl
    one = chance.choice(found)
    return sdl[: one.start()] + text + sdl[one.end() :]


def _drop_a_line(sdl: str, chance: random.Random) -> str:
    lines = sdl.split("\n")
    inner = [number for number, line in enumerate(lines) if line.startswith("  ") and "@link" not in line]
    dropped = chance.choice(inner) if inner else -1
    return "\n".join(line for number, line in enumerate(lines) if number != dropped)


def _drop_a_directive(sdl: str, chance: random.Random) -> str:
    return _replaced(sdl, r" @(?!link|composeDirective)\w+(\([^()]*\))?", "", chance)


def _drop_a_bang(sdl: str, chance: random.Random) -> str:
    return _replaced(sdl, r"(?<=\w)!", "", chance)


def _link_another_version(sdl: str, chance: random.Random) -> str:
    return _replaced(sdl, r"federation/v2\.\d+", f"federation/v2.{chance.randrange(15)}", chance)


def _link_another_version_of_anything(sdl: str, chance: random.Random) -> str:
    version = f"/v{chance.choice((0, 1, 1, 2, 3))}.{chance.choice((0, 1, 2, 3, 9))}"
    return _replaced(sdl, r"/v\d+\.\d+(?=\")", version, chance)


def _take_a_name_twice(sdl: str, chance: random.Random) -> str:
    names = re.findall(r"\b(?:type|interface|input|enum|union|scalar) (\w+)", sdl)
    return _replaced(sdl, r"(?<=\btype )\w+", chance.choice(names), chance) if names else sdl


def _another_keyword(sdl: str, chance: random.Random) -> str:
    keyword = chance.choice(("type", "interface", "input", "extend type", "extend interface", "enum", "extend schema"))
    return _replaced(sdl, r"\b(extend )?(type|interface|input|enum|schema)(?= \w+ )", keyword, chance)


def _forget_the_imports(sdl: str, chance: random.Random) -> str:
    return _replaced(sdl, r",? ?import: \[[^\]]*\]", "", chance)


def _forget_federation(sdl: str, chance: random.Random) -> str:
    """Make it a Federation 1 schema, or one that uses the namespace."""
    del chance
    return re.sub(r"(?s)\n?extend\s+schema\s+(@link\((?:[^()\"]|\"[^\"]*\")*\)\s*)+", "\n", sdl)


def _rename_an_import(sdl: str, chance: random.Random) -> str:
    """Import a directive under another name, and mostly use it so."""
    imported = re.findall(r'(?<=[\[, ])"@(\w+)"', sdl)
    if not imported:
        return sdl
    name = chance.choice(imported)
    other = chance.choice((f"my_{name}", "other", "key", "tag", f"federation__{name}"))
    text = sdl.replace(f'"@{name}"', f'{{name: "@{name}", as: "@{other}"}}', 1)
    if chance.randrange(4) == 0:
        return text
    return re.sub(rf'(?<!")@{name}\b', f"@{other}", text)


def _use_the_namespace(sdl: str, chance: random.Random) -> str:
    """Do not import a directive, and mostly use it by its full name; the namespace may have a name of its own."""
    imported = re.findall(r'(?<=[\[, ])"@(\w+)"', sdl)
    if not imported:
        return sdl
    name = chance.choice(imported)
    text = re.sub(rf'"@{name}",? ?', "", sdl, count=1)
    space = "federation"
    if chance.randrange(2):
        space = chance.choice(("fed", "f_f", "link", "f__f"))
        text = re.sub(r'(federation/v2\.\d+")', rf'\1, as: "{space}"', text, count=1)
    return re.sub(rf'(?<!")@{name}\b', f"@{space}__{name}", text)


_OF_TEXT: Final[tuple[Change, ...]] = (
    _drop_a_line,
    _drop_a_directive,
    _drop_a_bang,
    _link_another_version,
    _link_another_version_of_anything,
    _take_a_name_twice,
    _another_keyword,
    _forget_the_imports,
    _forget_federation,
    _rename_an_import,
    _use_the_namespace,
)


_OF_SCHEMAS: Final[tuple[Change, ...]] = (*_OF_TEXT, *(on_a_tree(alter) for alter in OF_TREES))


def _copy_a_definition(subgraphs: Subgraphs, chance: random.Random) -> None:
    """Let a subgraph have a definition of another as well."""
    giver, taker = chance.choice(subgraphs), chance.choice(subgraphs)
    try:
        definitions = parse(giver["sdl"], no_location=True).definitions
    except GraphQLError:
        return
    taker["sdl"] += f"\n{print_ast(chance.choice(definitions))}\n"


def _rename_a_subgraph(subgraphs: Subgraphs, chance: random.Random) -> None:
    names = ("a", "b", "A", "a-b", "a_b", "1", "a_1", "Zed", "with space", "é", "_")
    chance.choice(subgraphs)["name"] = chance.choice(names)


def _drop_a_subgraph(subgraphs: Subgraphs, chance: random.Random) -> None:
    if len(subgraphs) > 1:
        subgraphs.pop(chance.randrange(len(subgraphs)))


def _copy_a_subgraph(subgraphs: Subgraphs, chance: random.Random) -> None:
    subgraphs.append({**chance.choice(subgraphs), "name": chance.choice(("copy", "a", "0"))})


def _override_a_field(subgraphs: Subgraphs, chance: random.Random) -> None:
    """Take a field over from a subgraph that exists."""
    changed, source = chance.choice(subgraphs), chance.choice(subgraphs)
    label = chance.choice(("", "", ', label: "percent(50)"', ', label: "late"', ', label: "1late"', ', label: ""'))
    text = f'@override(from: "{source["name"]}"{label})'

    def apply(document: ast.DocumentNode, chance: random.Random) -> None:
        places = nodes(document, ast.FieldDefinitionNode)
        if places:
            place = chance.choice(places)
            put(place, directives=(*(place.directives or ()), parsed_directive(text)))
            import_directive(document, "@override")

    changed["sdl"] = on_a_tree(apply)(changed["sdl"], chance)


def _compose_a_directive(subgraphs: Subgraphs, chance: random.Random) -> None:
    """Link a specification in some subgraphs, each in a version of its own, and compose a directive of it."""
    identity = "https://specs.example/mine"
    for item in subgraphs:
        if "federation/v2" not in item["sdl"] or chance.randrange(3) == 0:
            continue
        version = chance.choice(("v1.0", "v1.0", "v1.1", "v2.0", "v0.1"))
        name = chance.choice(("mine", "mine", "mine", "other"))
        imported = f'"@{name}"' if name == "mine" else '{name: "@mine", as: "@other"}'
        compose = f' @composeDirective(name: "@{name}")' if chance.randrange(3) else ""
        arguments = chance.choice(("", "", "(a: String)", "(a: String!)", "(a: Int = 1)"))
        locations = chance.choice(("OBJECT | FIELD_DEFINITION", "OBJECT", "FIELD_DEFINITION | ENUM | SCALAR"))
        repeatable = chance.choice(("", " repeatable"))
        item["sdl"] += (
            f'\nextend schema @link(url: "{identity}/{version}", import: [{imported}]){compose}'
            f"\ndirective @{name}{arguments}{repeatable} on {locations}\n"
        )
        applied = f'@{name}(a: "x")' if "String" in arguments else f"@{name}"

        def apply(document: ast.DocumentNode, chance: random.Random, applied: str = applied) -> None:
            places = nodes(document, ast.ObjectTypeDefinitionNode, ast.FieldDefinitionNode, ast.EnumTypeDefinitionNode)
            for place in chance.sample(places, min(len(places), 2)):
                put(place, directives=(*(place.directives or ()), parsed_directive(applied)))
            import_directive(document, "@composeDirective")

        item["sdl"] = on_a_tree(apply)(item["sdl"], chance)


_OF_FEDERATIONS: Final = (
    _copy_a_definition,
    _copy_a_definition,
    _rename_a_subgraph,
    _drop_a_subgraph,
    _copy_a_subgraph,
    _override_a_field,
    _override_a_field,
    _compose_a_directive,
    _compose_a_directive,
)
