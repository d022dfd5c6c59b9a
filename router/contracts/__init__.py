"""Contracts: variants of a supergraph for some of its clients, chosen by @tag. Pure: SDL in, SDL out.

    read → hide → check → mark

What a contract leaves out stays in the supergraph and is marked @inaccessible, so the router can still fetch it for
keys and @requires, and no client can ask for it. The rules are those Apollo documents for GraphOS contracts.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from graphql import DocumentNode, EnumTypeDefinitionNode, GraphQLError, SchemaDefinitionNode

from router.composition.outcome import Composed, Hint, Outcome, Refused
from router.composition.schema.reading import read_schema
from router.contracts.checking import faults_of
from router.contracts.hiding import Names, Tags, hide, tags_in_use
from router.contracts.marking import mark
from router.sdl import parse_sdl, uncollected
from router.supergraph import InvalidSupergraph
from router.supergraph.links import Links, links

__all__ = ["contract"]

_MACHINERY = ("join", "link", "core", "context", "federation", "requiresScopes", "policy")


def contract(
    supergraph_sdl: str,
    include: AbstractSet[str],
    exclude: AbstractSet[str],
    *,
    hide_unreachable_types: bool = False,
) -> Outcome:
    """Make the variant of a supergraph that has what is tagged `include` (or everything, when that is empty) but not
    what is tagged `exclude`. With `hide_unreachable_types`, what no operation can reach is left out too.

    Refused when what remains is no API: no queries, something required hidden, or a reference to what is hidden. A hint
    tells of each tag that nothing carries. Raises InvalidSupergraph for text that is no supergraph.
    """
    with uncollected():
        return _contract(
            supergraph_sdl, Tags(frozenset(include), frozenset(exclude)), unreachable=hide_unreachable_types
        )


def _contract(sdl: str, tags: Tags, *, unreachable: bool) -> Outcome:
    document = _parse(sdl)
    known = links(document)
    _demand_supergraph(document, known)
    names = Names(known.directive("tag"), known.directive("inaccessible"), _prefixes(known))
    schema = read_schema(document)
    hidden = hide(schema, names, tags, unreachable=unreachable)
    faults = faults_of(schema, names, hidden)
    if faults:
        return Refused(faults)
    unused = sorted((tags.include | tags.exclude) - tags_in_use(schema, names))
    hints = tuple(Hint("CONTRACT_TAG_UNUSED", f'Nothing in the supergraph is tagged "{tag}".') for tag in unused)
    return Composed(mark(sdl, document, names.inaccessible, hidden), hints)


def _parse(sdl: str) -> DocumentNode:
    try:
        return parse_sdl(sdl)
    except (GraphQLError, RecursionError) as error:
        said = "it nests too deep" if isinstance(error, RecursionError) else str(error)
        raise InvalidSupergraph(f"the supergraph is not valid GraphQL: {said}") from error


def _demand_supergraph(document: DocumentNode, known: Links) -> None:
    graphs = f"{known.prefix('join')}__Graph"
    linked = any(isinstance(node, SchemaDefinitionNode) and node.directives for node in document.definitions)
    named = (node.name.value for node in document.definitions if isinstance(node, EnumTypeDefinitionNode))
    if not linked or graphs not in named:
        raise InvalidSupergraph(f"the schema has no {graphs} enum, or no links: is it a supergraph?")


def _prefixes(known: Links) -> tuple[str, ...]:
    return tuple(f"{known.prefix(name)}__" for name in _MACHINERY)
