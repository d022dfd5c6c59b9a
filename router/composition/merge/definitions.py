"""Merges directive definitions: those for operations, which all subgraphs must know, and those carried on."""

from __future__ import annotations

from router.composition.merge.applications import Merger
from router.composition.merge.descriptions import merge_description
from router.composition.merge.inconsistencies import hint_on_locations, hint_on_repeating, locations_in_words
from router.composition.merge.inputs import merge_arguments
from router.composition.schema.model import Definition

EXECUTABLE_LOCATIONS = frozenset(
    {
        "QUERY",
        "MUTATION",
        "SUBSCRIPTION",
        "FIELD",
        "FRAGMENT_DEFINITION",
        "FRAGMENT_SPREAD",
        "INLINE_FRAGMENT",
        "VARIABLE_DEFINITION",
    }
)
SPECIFIED = frozenset({"include", "skip", "deprecated", "specifiedBy"})


def merge_definitions(merger: Merger) -> dict[str, Definition]:
    """Answer the definitions of all directives the supergraph has, machinery aside."""
    session = merger.session
    merged: dict[str, Definition] = {}
    for name in dict.fromkeys(name for subgraph in session.subgraphs for name in subgraph.schema.definitions):
        if name in merger.carried.directives or name in SPECIFIED:
            continue
        sources = {
            index: subgraph.schema.definitions[name]
            for index, subgraph in enumerate(session.subgraphs)
            if name in subgraph.schema.definitions
        }
        own = {
            index: [location for location in definition.locations if location in EXECUTABLE_LOCATIONS]
            for index, definition in sources.items()
        }
        if not any(own.values()):
            continue
        missing = [index for index in range(len(session.subgraphs)) if index not in sources]
        if missing:
            session.hint(
                "INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE",
                f'Executable directive "@{name}" will not be part of the supergraph as it does not appear in all'
                f" subgraphs: it is defined in {session.names(sources)} but not in {session.names(missing)}.",
                *session.places(sources, f"@{name}"),
            )
            continue
        common = tuple(sorted(EXECUTABLE_LOCATIONS.intersection(*own.values())))
        if not common:
            session.hint(
                "NO_EXECUTABLE_DIRECTIVE_INTERSECTION",
                f'Executable directive "@{name}" has no location that is common to all subgraphs: it will not appear in'
                " the supergraph as there no intersection between "
                + session.differences(own, locations_in_words, between=" and ")
                + ".",
                *session.places(sources, f"@{name}"),
            )
            continue
        hint_on_locations(session, name, common, own)
        hint_on_repeating(session, name, sources)
        merged[name] = Definition(
            name=name,
            arguments=merge_arguments(merger, f"@{name}", {index: item.arguments for index, item in sources.items()}),
            locations=common,
            repeatable=all(definition.repeatable for definition in sources.values()),
            description=merge_description(session, f"@{name}", sources),
        )
    for carried in merger.carried.directives.values():
        definition = carried.definition
        if carried.canonical is not None:
            merged[carried.name] = Definition(
                carried.name, definition.arguments, definition.locations, definition.repeatable
            )
        else:
            index = next(
                index
                for index, subgraph in enumerate(session.subgraphs)
                if subgraph.schema.definitions.get(definition.name) is definition
            )
            merged[carried.name] = Definition(
                name=carried.name,
                arguments=merge_arguments(merger, f"@{carried.name}", {index: definition.arguments}),
                locations=definition.locations,
                repeatable=definition.repeatable,
                description=definition.description,
            )
    return merged
