"""Operations made to exhaust a planner yield a whole plan, in a bounded number of steps. Steps are counted, not timed."""

import sys
from types import FrameType

import pytest
from graphql import parse

from router.graph import Graph
from router.plan import EntityFetch, Fetch, fetches
from router.planning import plan
from tests.router.planning.vocabulary import federated

NAMES = [f"T{number}" for number in range(70)]
MANY = {
    "catalog": "type Query { all: [Any!]! } interface Any { id: ID! next: Any } "
    + " ".join(f'type {n} implements Any @key(fields: "id") {{ id: ID! next: Any own{n}: Int }}' for n in NAMES),
    "prices": " ".join(f'type {n} @key(fields: "id") {{ id: ID! price: Int }}' for n in NAMES),
}
LISTS = {
    "l": 'type Query { nodes: [N!]! } type N @key(fields: "id") { id: ID! kids: [[[N!]!]!]! }',
    "m": 'type N @key(fields: "id") { id: ID! v: Int friends: [[N]] }',
}
FIELDS = [f"f{number}" for number in range(40)]
EVERYWHERE = {"root": 'type Query { t: T } type T @key(fields: "id") { id: ID! }'} | {
    f"s{number}": 'type T @key(fields: "id") { id: ID! next: T @shareable '
    + " ".join(f"{name}: Int @shareable" for name in FIELDS)
    + "}"
    for number in range(30)
}


def counted(graph: Graph, query: str) -> tuple[list[Fetch | EntityFetch], int]:
    """The requests of a query's plan, and how many functions of the planner were called to find it."""
    document, calls = parse(query), 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += event == "call" and "/router/" in frame.f_code.co_filename

    sys.setprofile(count)
    try:
        made = plan(graph, document)
    finally:
        sys.setprofile(None)
    found = list(fetches(made.root))
    for each in found:
        parse(each.operation)
    return found, calls


def nested(inner: str, levels: int) -> str:
    """A selection in itself, some levels deep."""
    found = "{ id }"
    for _ in range(levels):
        found = inner.replace("*", found)
    return found


def fragments(body: str, count: int, last: str) -> str:
    """Fragments that spread the next ones, where the body says `...*` and `...+`."""
    texts = [
        f"fragment F{n} on N {{ {body.replace('*', f'F{n + 1}').replace('+', f'F{min(n + 2, count)}')} }}"
        for n in range(count)
    ]
    return " ".join([*texts, f"fragment F{count} on N {{ {last} }}"])


EVERY = " ".join(f"... on {name} {{ price own{name} }}" for name in NAMES)


@pytest.mark.parametrize(
    ("subgraphs", "query", "requests", "steps"),
    [
        pytest.param(MANY, "{ all " + nested(f"{{ {EVERY} next * }}", 6) + " }", 2, 200_000, id="70 types, 6 levels"),
        pytest.param(LISTS, "{ nodes " + nested("{ v kids * friends { v } }", 20) + " }", 2, 9_000, id="deep lists"),
        pytest.param(
            LISTS, "{ nodes " + nested("{ v kids { v friends * } }", 10) + " }", 20, 11_000, id="deep, there and back"
        ),
        pytest.param(
            LISTS, "{ nodes { " + " ".join(f"a{n}: v" for n in range(500)) + " } }", 2, 40_000, id="500 aliases"
        ),
        pytest.param(
            LISTS,
            "{ nodes { " + " ".join(f"a{n}: friends {{ v kids {{ v }} }}" for n in range(500)) + " } }",
            4,
            270_000,
            id="500 aliases of objects",
        ),
        pytest.param(
            LISTS,
            "{ nodes { ...F0 } } " + fragments("v ...* ...+", 300, "v"),
            2,
            1_500,
            id="300 fragments in each other",
        ),
        pytest.param(
            LISTS,
            "{ nodes { ...F0 } } " + fragments("v kids { ...* } friends { ...* }", 10, "v"),
            12,
            450_000,
            id="fragments that double",
        ),
        pytest.param(EVERYWHERE, "{ t { " + " ".join(FIELDS) + " } }", 2, 70_000, id="30 subgraphs that answer all"),
        pytest.param(
            EVERYWHERE, "{ t " + nested("{ f0 f1 f2 f3 next * }", 8) + " }", 2, 70_000, id="30 subgraphs, 8 levels"
        ),
    ],
)
def test_a_pathological_operation_is_planned_in_bounded_steps(
    subgraphs: dict[str, str], query: str, requests: int, steps: int
) -> None:
    found, calls = counted(federated(**subgraphs), query)

    assert len(found) <= requests
    assert calls <= steps
    assert sum(len(each.operation) for each in found) <= 30 * len(query) + 2000
