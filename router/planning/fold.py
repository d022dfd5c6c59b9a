"""Folding: fragments that select alike become one, and one that covers a whole interface dissolves into it.

What was planned for each object type apart is asked in as few words as if it had never been told apart.
"""

from __future__ import annotations

from router.graph import Graph
from router.planning.fetches import Picks
from router.supergraph import Kind


def fold(graph: Graph, picks: Picks, subgraph: str) -> None:
    """Fold a selection set of a subgraph's request, everything below it first."""
    for pick in picks.fields.values():
        if pick.inner is not None:
            fold(graph, pick.inner, subgraph)
    for inner in picks.fragments.values():
        fold(graph, inner, subgraph)
    alike: list[tuple[dict[str, None], Picks]] = []
    for types, inner in picks.fragments.items():
        same = next((each for each in alike if _equal(each[1], inner)), None)
        if same is not None:
            same[0].update(dict.fromkeys(types))
        elif not inner.is_empty():
            alike.append((dict.fromkeys(types), inner))
    picks.fragments.clear()
    for names, inner in alike:
        if is_answered_by_interface(graph, picks.type, inner, subgraph) and names.keys() >= set(
            graph.possible_in(picks.type, subgraph)
        ):
            picks.add(inner)
        else:
            picks.fragments[tuple(names)] = inner


def is_answered_by_interface(graph: Graph, interface: str, picks: Picks, subgraph: str) -> bool:
    """Whether the subgraph has all these fields on the interface itself, with types of the same names."""
    definition = graph.types.get(interface)
    if definition is None or definition.kind is not Kind.INTERFACE or picks.fragments:
        return False
    edges = [(pick, graph.edge(interface, pick.name, subgraph)) for pick in picks.fields.values()]
    return all(edge is not None and edge.named_type == pick.type.strip("[]!") for pick, edge in edges)


def _equal(one: Picks, other: Picks) -> bool:
    """Whether two selection sets select the same, of whatever types."""
    return (
        one.typename == other.typename
        and one.fields.keys() == other.fields.keys()
        and one.fields == other.fields
        and one.fragments == other.fragments
    )
