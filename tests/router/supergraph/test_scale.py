"""Large supergraphs: reading one costs its size, and planning on one costs the operation. Counted in calls, not in time."""

from __future__ import annotations

from graphql import parse

from router.composition import Composed, Source, compose
from router.graph import Graph
from router.planning import plan
from router.supergraph import Supergraph
from tests.router.counting import calls

LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])\n'


def supergraph(entities: int) -> str:
    """Two subgraphs that share that many entities, each of which refers to the next."""
    one, other = LINK + "type Query { first: E0 }\n", LINK
    for i in range(entities):
        one += f'type E{i} @key(fields: "id") {{ id: ID! a{i}: String next: E{(i + 1) % entities} }}\n'
        other += f'type E{i} @key(fields: "id") {{ id: ID! b{i}: String }}\n'
    outcome = compose([Source("one", "http://one", one), Source("other", "http://other", other)])
    assert isinstance(outcome, Composed), outcome
    return outcome.sdl


def test_reading_twice_as_much_costs_twice_as_much() -> None:
    small, large = supergraph(60), supergraph(120)
    Supergraph.parse(small)

    assert calls(lambda: Supergraph.parse(large)) < 2.3 * calls(lambda: Supergraph.parse(small))


def test_a_plan_costs_the_operation_and_not_the_supergraph() -> None:
    operation = parse("{ first { a0 b0 next { a1 b1 } } }")
    costs = []
    for size in (30, 120):
        read = Supergraph.parse(supergraph(size))
        plan(Graph.of(read), operation, None)
        graph = Graph.of(read)
        costs.append(calls(lambda graph=graph: plan(graph, operation, None)))  # type: ignore[misc]

    assert costs[1] < 1.2 * costs[0]


def test_reading_costs_little_more_than_what_is_read() -> None:
    """Nine megabytes took minutes once, then eight seconds; a call for each few letters would be seconds again."""
    text = supergraph(120)
    Supergraph.parse(text)

    assert calls(lambda: Supergraph.parse(text)) < 2.2 * len(text)
