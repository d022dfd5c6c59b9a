"""First stage: a subgraph's text becomes a schema, or an INVALID_GRAPHQL fault with its line."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, parse

from router.composition.outcome import CompositionFailed, Fault, Place, Source
from router.composition.schema.model import Schema
from router.composition.schema.reading import read_schema

TOKENS_MAX = 2_000_000
"""No subgraph is longer than this many lexical tokens: a bound on what hostile input can cost."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A subgraph that is at least GraphQL."""

    name: str
    url: str
    schema: Schema
    document: DocumentNode


def parse_subgraph(source: Source) -> Parsed:
    """Parse one subgraph; raises CompositionFailed when it is not GraphQL or nests too deep."""
    try:
        document = parse(source.sdl, max_tokens=TOKENS_MAX)
    except GraphQLError as error:
        line = error.locations[0].line if error.locations else 0
        fault = Fault("INVALID_GRAPHQL", f"[{source.name}] {error.message}", (Place(source.name, line),))
        raise CompositionFailed((fault,)) from None
    except RecursionError:
        fault = Fault(
            "INVALID_GRAPHQL", f"[{source.name}] The schema's text nests too deep to be read.", (Place(source.name),)
        )
        raise CompositionFailed((fault,)) from None
    return Parsed(source.name, source.url, read_schema(document), document)
