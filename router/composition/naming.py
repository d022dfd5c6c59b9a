"""Names in sentences: lists of subgraphs, types and fields, and what a misspelt name may have meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graphql.pyutils import suggestion_list


def subgraph_names(names: Iterable[str]) -> str:
    """Name subgraphs in a sentence: `subgraph "a"`, `subgraphs "a" and "b"`."""
    return listed([f'"{name}"' for name in names], "subgraph", "subgraphs")


def listed(items: Sequence[str], singular: str, plural: str) -> str:
    """Write a list as people do: `type "A"`, `types "A", "B" and "C"`."""
    if len(items) == 1:
        return f"{singular} {items[0]}"
    return f"{plural} {', '.join(items[:-1])} and {items[-1]}" if items else f"no {plural}"


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """Suggest what a misspelt name may have meant, as the end of a sentence; nothing when nothing is near."""
    near = [f'"{option}"' for option in suggestion_list(name, list(options))[:5]]
    return f" Did you mean {' or '.join(near)}?" if near else ""
