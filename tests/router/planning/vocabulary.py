"""What planner tests speak: a federation from subgraph SDL, and the plan of a query as text."""

from collections.abc import Iterator

from graphql import parse, validate

from router.composition import Composed, Source, compose
from router.graph import Graph
from router.plan import EntityFetch, Fetch, Plan, fetches
from router.planning import as_text, plan
from router.supergraph import Supergraph

_LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@provides", '
    '"@external", "@shareable", "@override", "@interfaceObject", "@inaccessible", "@context", "@fromContext"])\n'
)


def composed(**subgraphs: str) -> str:
    """The supergraph's SDL."""
    found = compose([Source(name, f"http://{name}", _LINK + sdl) for name, sdl in subgraphs.items()])
    assert isinstance(found, Composed), found
    return found.sdl


def federated(**subgraphs: str) -> Graph:
    """The graph of these subgraphs, composed."""
    return Graph.of(Supergraph.parse(composed(**subgraphs)))


def planned(graph: Graph, query: str, *labels: str, budget: int = 2000) -> Plan:
    """The plan of a query that is valid."""
    document = parse(query)
    assert not (errors := validate(graph.supergraph.api_schema, document)), errors
    return plan(graph, document, labels=frozenset(labels), budget=budget)


def text_of(graph: Graph, query: str, *labels: str) -> str:
    """The plan of a query, as text."""
    return as_text(planned(graph, query, *labels))


def operations(graph: Graph, query: str, *labels: str) -> list[str]:
    """Each request's subgraph and document, in the plan's order."""
    return [f"{each.subgraph}: {each.operation}" for each in requests(graph, query, *labels)]


def requests(graph: Graph, query: str, *labels: str) -> Iterator[Fetch | EntityFetch]:
    """Each request of the plan."""
    return fetches(planned(graph, query, *labels).root)
