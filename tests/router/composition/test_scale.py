"""Composition costs what it composes, however much that is. Counted in calls, not in time."""

from __future__ import annotations

from bench.generated import federation
from router.composition import Composed, Outcome, Source, compose
from tests.router.composition.vocabulary import sources
from tests.router.counting import calls


def generated(subgraphs: int) -> list[Source]:
    return [Source(each.name, each.url, each.sdl) for each in federation(subgraphs, entities=4)]


def cost(given: list[Source]) -> int:
    """Calls of composing; it composes."""
    outcomes: list[Outcome] = []
    made = calls(lambda: outcomes.append(compose(given)))
    assert isinstance(outcomes[0], Composed), outcomes
    return made


def test_a_federation_twice_as_large_costs_twice_as_much() -> None:
    assert cost(generated(20)) < 2.2 * cost(generated(10))


def with_implementations(count: int) -> list[Source]:
    """An interface whose implementations live in three subgraphs, each of which leads back to the interface."""
    names = [f"N{i}" for i in range(count)]
    one = "type Query { node: Node nodes: [Node] } interface Node { id: ID! next: Node }"
    two, three = "type Query { more: [Node] } interface Node { id: ID! }", ""
    for i, name in enumerate(names):
        one += f' type {name} implements Node @key(fields: "id") {{ id: ID! next: Node a{i}: Int }}'
        two += f' type {name} implements Node @key(fields: "id") {{ id: ID! b{i}: Int peer{i}: Node }}'
        three += f' type {name} @key(fields: "id") {{ id: ID! c{i}: {names[(i + 1) % count]} }}'
    return sources(one=one, two=two, three=three)


def test_seventy_implementations_of_an_interface_do_not_multiply() -> None:
    """Each of them leads to all: the pairs are looked at, but not the ways through them."""
    small, large = cost(with_implementations(35)), cost(with_implementations(70))

    assert large < 4.2 * small
    assert large < 2_000_000
