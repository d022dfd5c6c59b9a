"""Reads schemas to compare, whatever a path names: a supergraph, a supergraph.yaml to compose, or a plain schema."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graphql import GraphQLError, GraphQLSchema, assert_valid_schema, build_schema

from router import federation
from router.composition import Composed, Fault, Refused, Source, compose
from router.sources.config import BadConfig, Contract, load_config
from router.sources.files import Unreadable, read_text
from router.sources.gather import gather
from router.supergraph import Authorization, InvalidSupergraph, Supergraph


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema as clients see it. `sdl` is the supergraph's, None of a plain schema; `api` is None where faults are."""

    name: str
    api: GraphQLSchema | None
    sdl: str | None = None
    sources: tuple[Source, ...] = ()
    faults: tuple[Fault, ...] = ()
    contracts: tuple[Contract, ...] = ()
    authorization: Mapping[str, Authorization] = field(default_factory=dict)
    """What coordinates ask of their viewers."""


def read_schema(path: Path, replaced: Mapping[str, Path] | None = None) -> Schema:
    """Read what the path names; a .yaml is composed, with the schemas of `replaced` subgraphs read from elsewhere.

    Raises Unreadable and BadConfig.
    """
    if path.suffix in (".yaml", ".yml"):
        return _composed(path, replaced or {})
    if replaced:
        raise Unreadable(f"{path} is no supergraph.yaml: no subgraph of it can be replaced")
    return parse_schema(read_text(path), str(path))


def parse_schema(text: str, name: str) -> Schema:
    """Read a supergraph's SDL, or a plain schema's. Raises Unreadable."""
    try:
        if "join__Graph" in text:
            return _of_supergraph(text, name)
        plain = build_schema(text)
        assert_valid_schema(plain)
        return Schema(name, plain)
    except (InvalidSupergraph, GraphQLError, TypeError, RecursionError) as error:
        if f'"{federation.FEDERATION}/' in text and "join__Graph" not in text:
            raise Unreadable(f"{name} is a subgraph's schema: compose it first, with `router compose`") from None
        raise Unreadable(f"{name} is not a schema: {error}") from None


def _of_supergraph(sdl: str, name: str) -> Schema:
    supergraph = Supergraph.parse(sdl)
    return Schema(name, supergraph.api_schema, sdl, authorization=supergraph.authorization)


def _composed(path: Path, replaced: Mapping[str, Path]) -> Schema:
    config = load_config(path, os.environ)
    # What is replaced need not be there, or answer, any more.
    kept = tuple(each for each in config.subgraphs if each.name not in replaced)
    found = gather(replace(config, subgraphs=kept))
    if found.problems:
        raise BadConfig(path, found.problems)
    read = {source.name: source for source in found.sources}
    urls = {each.name: each.routing_url for each in config.subgraphs}
    for name, file in replaced.items():
        read[name] = Source(name, urls.get(name, ""), read_text(file), str(file))
    names = [*urls, *(name for name in replaced if name not in urls)]
    told = ", ".join(f"{name}{'' if name in urls else ' (new)'} from {file}" for name, file in replaced.items())
    name = f"{path} with {told}" if told else str(path)
    return composed([read[each] for each in names], name, config.contracts)


def composed(sources: Sequence[Source], name: str, contracts: tuple[Contract, ...] = ()) -> Schema:
    """Compose subgraphs; faults are part of the answer."""
    match compose(sources):
        case Composed(sdl, _):
            return replace(_of_supergraph(sdl, name), sources=tuple(sources), contracts=contracts)
        case Refused(faults):
            return Schema(name, None, None, tuple(sources), faults, contracts)
