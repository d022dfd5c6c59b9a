"""An interface with seventy implementations spread over subgraphs stays a plan of a few requests."""

from graphql import parse

from router.plan import fetches
from router.planning import plan
from tests.differential.routed import Federation
from tests.scenarios.scenario import LINK

NAMES = [f"T{number}" for number in range(70)]


def _federation() -> Federation:
    catalog = LINK + "type Query { all: [Any!]! }\ninterface Any { id: ID! next: Any }\n"
    catalog += "\n".join(f'type {n} implements Any @key(fields: "id") {{ id: ID! next: Any }}' for n in NAMES)
    prices = LINK + "\n".join(f'type {n} @key(fields: "id") {{ id: ID! price: Int }}' for n in NAMES)
    return Federation.composed({"catalog": catalog, "prices": prices})


def test_what_the_interface_answers_is_asked_of_the_interface() -> None:
    [fetch] = fetches(_federation().plan("{ all { id next { id next { id next { __typename } } } } }").root)

    assert "..." not in fetch.operation


def test_a_field_of_every_implementation_is_two_requests() -> None:
    graph = _federation().graph
    every = " ".join(f"... on {n} {{ price }}" for n in NAMES)

    found = list(fetches(plan(graph, parse(f"{{ all {{ {every} next {{ {every} }} }} }}")).root))

    assert [fetch.subgraph for fetch in found] == ["catalog", "prices"]
    assert sum(len(fetch.operation) for fetch in found) < 70 * 300
