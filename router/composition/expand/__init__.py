"""Second stage: every subgraph in Federation 2's terms, whatever it was written for.

`expand` reads the links, sets the specification's own definitions apart from the subgraph's, gives root types their
default names; `upgrade` (federation1.py) then rewrites the Federation 1 subgraphs, looking at all of them together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphql import parse

from router import federation
from router.composition.expand.links import Link
from router.composition.expand.reading_links import read_links, versions
from router.composition.expand.subgraph import Subgraph
from router.composition.expand.unlinked import left_undefined
from router.composition.outcome import Fault, Place
from router.composition.parse import Parsed
from router.composition.schema.model import Definition, Kind, Operation, Schema, Type
from router.composition.schema.reading import read_schema
from router.composition.schema.references import base_name, renamed
from router.composition.schema.rewriting import with_fields, with_types

LINK_DIRECTIVE = "(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA"
LINK_TYPES = "scalar link__Import\nenum link__Purpose { SECURITY EXECUTION }"
SPECIFIED_SCALARS = frozenset({"ID", "String", "Int", "Float", "Boolean"})
ENTITY_TYPES = frozenset({"_Entity", "_Service", "_Any", "_FieldSet"})
_FIELD_SET_DIRECTIVES = frozenset({"key", "requires", "provides"})
_LOOSE_ARGUMENTS = ([], *([("fields", type)] for type in ("String", "_FieldSet", "FieldSet")))
ENTITY_FIELDS = frozenset({"_entities", "_service"})


def expand(parsed: Parsed) -> tuple[Subgraph, tuple[Fault, ...]]:
    """Put one subgraph into Federation 2's terms, as far as that needs no other subgraph."""
    links, faults = read_links(parsed.schema, parsed.name)
    linked = next((link for link in links if link.identity == federation.FEDERATION), None)
    found = linked if linked is not None and linked.version in federation.FEDERATION_VERSIONS else None
    version = found.version if found is not None else federation.FEDERATION_1_UPGRADED
    written = parsed.schema if found is not None else _without_loose_definitions(parsed.schema)
    local = _local_names(found, links)
    machinery = _machinery(found, links, local)
    subgraph = Subgraph(
        name=parsed.name,
        url=parsed.url,
        schema=_with_query(_default_roots(_own_parts(written, machinery, federation_1=found is None))),
        version=version,
        links=links,
        local=local,
        machinery=machinery,
        written=written,
        document=parsed.document,
        federation_1=found is None,
    )
    one_by_one = any(link.identity == federation.LINK for link in links)
    told = [*faults, *(_unknown_version(linked, parsed.name) if one_by_one or not faults else ())]
    if told and (one_by_one or not faults):
        usable = linked is None or found is not None
        told = left_undefined(parsed.name, parsed.schema, told, machinery.definitions if usable else ())
    return subgraph, tuple(told)


def _unknown_version(link: Link | None, subgraph: str) -> list[Fault]:
    """Refuse a version of the federation specification that is not known."""
    if link is None or link.version in federation.FEDERATION_VERSIONS:
        return []
    message = (
        f"[{subgraph}] Invalid version v{link.version[0]}.{link.version[1]} for the federation feature in @link"
        " directive on schema"
    )
    fix = f"Link one of {versions(federation.FEDERATION_VERSIONS)}."
    return [Fault("UNKNOWN_FEDERATION_LINK_VERSION", message, (Place(subgraph, *link.at),), fix)]


def _local_names(link: Link | None, links: tuple[Link, ...]) -> dict[str, str]:
    """Map the canonical name of each federation directive in reach to its local name."""
    if link is None:
        names = {name: name for name in federation.FEDERATION_1_DIRECTIVES}
    else:
        names = {
            directive.name: link.directive(directive.name)
            for directive in federation.FEDERATION_DIRECTIVES
            if directive.stands_in(link.version)
        }
    for feature, other in _linked_features(links):
        names.update({name: other.directive(name) for name in feature.directives})
    return names


def _linked_features(links: tuple[Link, ...]) -> Iterator[tuple[federation.Feature, Link]]:
    """Go through the specifications that go into supergraphs and are linked by themselves."""
    for feature in federation.SUPERGRAPH_FEATURES:
        for other in links:
            if other.identity == feature.identity and feature.directives_in(other.version) is not None:
                yield feature, other


def _machinery(link: Link | None, links: tuple[Link, ...], local: dict[str, str]) -> Schema:
    """Build the definitions the linked specifications bring along."""

    def type_name(name: str) -> str:
        if link is not None:
            return link.type(name)
        return f"_{name}"

    names = {scalar: type_name(scalar) for scalar in federation.FEDERATION_SCALARS}
    version = link.version if link is not None else federation.FEDERATION_1
    text = [LINK_TYPES]
    linking = next((other for other in links if other.identity == federation.LINK), None)
    text.append(f"directive @{linking.prefix if linking is not None else 'link'}{LINK_DIRECTIVE}")
    text += [f"scalar {names[scalar]}" for scalar, since in federation.FEDERATION_SCALARS.items() if since <= version]
    apart = {name for feature, _ in _linked_features(links) for name in feature.directives}
    for directive in federation.FEDERATION_DIRECTIVES:
        if directive.name in local and directive.stands_in(version) and directive.name not in apart:
            text.append(f"directive @{local[directive.name]}{directive.sdl.format(**names)}")
    for feature, other in _linked_features(links):
        scalar = other.type(feature.scalar) if feature.scalar is not None else ""
        if scalar:
            text.append(f"scalar {scalar}")
        for name, sdl in (feature.directives_in(other.version) or {}).items():
            definition = sdl.replace(f"{feature.name}__{feature.scalar}", scalar) if scalar else sdl
            text.append(f"directive @{local[name]}{definition}")
    return read_schema(parse("\n".join(text), no_location=True))


def _without_loose_definitions(schema: Schema) -> Schema:
    """Leave out definitions of Federation 1's directives as its libraries printed them, which say too little."""

    def loose(definition: Definition) -> bool:
        given = [(name, str(argument.type)) for name, argument in definition.arguments.items()]
        return definition.name in _FIELD_SET_DIRECTIVES and given in _LOOSE_ARGUMENTS

    return replace(schema, definitions={name: item for name, item in schema.definitions.items() if not loose(item)})


def _own_parts(schema: Schema, machinery: Schema, *, federation_1: bool) -> Schema:
    """Leave out what the specifications define, and the entity resolver's own fields and types."""
    query = schema.roots.get(Operation.QUERY, Operation.QUERY.value)

    def change(type: Type) -> Type | None:
        if type.name in ENTITY_TYPES or type.name.startswith(("federation__", "link__")):
            return None
        if type.kind is Kind.SCALAR and (type.name in machinery.types or type.name in SPECIFIED_SCALARS):
            return None
        if type.name == query and ENTITY_FIELDS & type.fields.keys():
            return with_fields(type, lambda item: None if item.name in ENTITY_FIELDS else item)
        return type

    own = with_types(schema, change)
    roots = {operation: name for operation, name in schema.roots.items() if name in own.types}
    hidden = set(machinery.definitions) | ({"extends"} if federation_1 else set())
    definitions = {name: item for name, item in schema.definitions.items() if name not in hidden}
    return replace(own, roots=roots, definitions=definitions)


def _with_query(schema: Schema) -> Schema:
    """Give the subgraph a query type: each has one, if only for the entity resolver's fields."""
    if Operation.QUERY in schema.roots:
        return schema
    query = Operation.QUERY.value
    types = schema.types if query in schema.types else {**schema.types, query: Type(query, Kind.OBJECT)}
    return replace(schema, types=types, roots={**schema.roots, Operation.QUERY: query})


def _default_roots(schema: Schema) -> Schema:
    """Call the root types Query, Mutation and Subscription; a type that took such a name is left to the rules."""
    names = {
        name: operation.value
        for operation, name in schema.roots.items()
        if name != operation.value and operation.value not in schema.types
    }
    if not names:
        return schema

    def change(type: Type) -> Type:
        type = with_fields(
            type,
            lambda item: replace(item, type=renamed(item.type, names.get(base_name(item.type), base_name(item.type)))),
        )
        members = {names.get(member, member): extension for member, extension in type.members.items()}
        return replace(type, name=names.get(type.name, type.name), members=members)

    changed = with_types(schema, change)
    return replace(
        changed,
        types={type.name: type for type in changed.types.values()},
        roots={operation: names.get(name, name) for operation, name in schema.roots.items()},
    )
