"""Collects the subgraphs' schemas that a configuration names, from files and from URLs, all problems at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from router.composition.outcome import Source
from router.sources.config import Config, FromFile, FromText, FromUrl, Problem, Subgraph
from router.sources.files import Unreadable, read_text
from router.sources.introspection import TIMEOUT_MS, Asker, IntrospectionFailed

ASKED_AT_ONCE_MAX = 16


@dataclass(frozen=True, slots=True)
class Gathered:
    """What could be read, in the configuration's order, and what could not."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]


def gather(config: Config, *, timeout_ms: int = TIMEOUT_MS) -> Gathered:
    """Read every schema the configuration names; URLs are asked side by side."""
    return asyncio.run(gathered(config.subgraphs, timeout_ms=timeout_ms))


async def gathered(subgraphs: Sequence[Subgraph], *, timeout_ms: int = TIMEOUT_MS) -> Gathered:
    """Read the schemas of these subgraphs."""
    asker = Asker(timeout_ms=timeout_ms)
    turns = asyncio.Semaphore(ASKED_AT_ONCE_MAX)
    try:
        found = await asyncio.gather(*(_read(subgraph, asker, turns) for subgraph in subgraphs))
    finally:
        await asker.close()
    return Gathered(
        tuple(item for item in found if isinstance(item, Source)),
        tuple(item for item in found if isinstance(item, Problem)),
    )


async def _read(subgraph: Subgraph, asker: Asker, turns: asyncio.Semaphore) -> Source | Problem:
    try:
        match subgraph.schema:
            case FromText(sdl):
                return Source(subgraph.name, subgraph.routing_url, sdl)
            case FromFile(path, named):
                return Source(subgraph.name, subgraph.routing_url, read_text(path), named)
            case FromUrl(url, headers):
                async with turns:
                    return Source(subgraph.name, subgraph.routing_url, await asker.service_sdl(url, headers))
    except (Unreadable, IntrospectionFailed) as error:
        return Problem(subgraph.key, subgraph.line, f"subgraph `{subgraph.name}`: {error}")
