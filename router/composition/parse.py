"""First stage: a subgraph's text becomes a schema, or an INVALID_GRAPHQL fault with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError

from router.composition.outcome import CompositionFailed, Fault, Place, Source
from router.composition.schema.model import Schema
from router.composition.schema.reading import read_schema
from router.sdl import parse_sdl

_WORD = re.compile(r"\w+")


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
        document = parse_sdl(source.sdl)
    except GraphQLError as error:
        fault = Fault(
            "INVALID_GRAPHQL",
            f"[{source.name}] {error.message}",
            (_place(source, error),),
            "Correct the syntax here or right before: the parser stopped at the first word it could not place.",
        )
        raise CompositionFailed((fault,)) from None
    return Parsed(source.name, source.url, read_schema(document), document)


def _place(source: Source, error: GraphQLError) -> Place:
    """Answer the place of the word or sign that the parser stopped at."""
    if not error.locations or not error.positions:
        return Place(source.name)
    line, column = error.locations[0]
    word = _WORD.match(source.sdl, next(iter(error.positions)))
    return Place(source.name, line, column, line, column + (len(word[0]) if word is not None else 1))
