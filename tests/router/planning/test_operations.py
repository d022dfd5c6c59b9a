"""Mutations run in order, subscriptions keep their source apart, and introspection asks no subgraph."""

import pytest
from graphql import parse
from inline_snapshot import snapshot

from router.graph import Graph
from router.plan import Subscription
from router.planning import Unreachable, as_text, plan
from router.supergraph import Supergraph
from tests.router.planning.vocabulary import federated, operations, planned, text_of
from tests.router.supergraph.sdl import SUPERGRAPH

STORES = {
    "a": """
        type Query { a: Int } type Mutation { addA(n: Int): A moveA: A }
        type Subscription { changed: A }
        type A @key(fields: "id") { id: ID! }
    """,
    "b": 'type Mutation { addB: Int } type A @key(fields: "id") { id: ID! name: String }',
}


def test_mutations_run_in_the_clients_order_across_subgraphs() -> None:
    assert text_of(federated(**STORES), "mutation { one: addA(n: 1) { name } addB two: moveA { id } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      mutation {
        one: addA(n: 1) {
          id
        }
      }
    },
    Flatten(path: "one") {
      Fetch(service: "b") {
        {
          ... on A {
            __typename
            id
          }
        } =>
        {
          ... on A {
            name
          }
        }
      }
    },
    Fetch(service: "b") {
      mutation {
        addB
      }
    },
    Fetch(service: "a") {
      mutation {
        two: moveA {
          id
        }
      }
    },
  }
}\
""")


def test_neighbouring_mutations_of_one_subgraph_share_a_request() -> None:
    assert operations(federated(**STORES), "mutation M { one: addA(n: 1) { id } two: moveA { id } addB }") == snapshot(
        ["a: mutation M__a__0 { one: addA(n: 1) { id } two: moveA { id } }", "b: mutation M__b__1 { addB }"]
    )


SHARED = {
    "a": """
        type Query { a: Int } type Mutation { add: A @shareable countA: Int make: Made @shareable }
        type A @key(fields: "id") { id: ID! } type Made @shareable { id: ID! }
    """,
    "b": """
        type Mutation { add: A @shareable make: Made @shareable } type A @key(fields: "id") { id: ID! name: String }
        type Made @shareable { id: ID! note: String }
    """,
}


def test_a_shared_mutation_runs_in_one_subgraph_and_in_its_turn() -> None:
    graph = federated(**SHARED)

    assert operations(graph, "mutation { add { name } countA }") == snapshot(
        ["b: mutation { add { name } }", "a: mutation { countA }"]
    )
    assert text_of(graph, "mutation { add { name } countA }").splitlines()[1] == "  Sequence {"
    assert operations(graph, "mutation { countA make { id } }") == snapshot(["a: mutation { countA make { id } }"])
    assert operations(graph, "mutation { countA make { id note } }") == snapshot(
        ["a: mutation { countA }", "b: mutation { make { id note } }"]
    )


def test_who_runs_a_shared_mutation_depends_on_those_after_it() -> None:
    assert operations(federated(**SHARED), "mutation { one: add { id } two: add { name } }") == snapshot(
        ["b: mutation { one: add { id } two: add { name } }"]
    )


def test_a_mutation_under_several_conditions_runs_once() -> None:
    query = "mutation ($x: Boolean!) { one: moveA @include(if: $x) { id } addB one: moveA { __typename } }"

    assert operations(federated(**STORES), query) == snapshot(
        [
            "a: mutation { one: moveA { __typename id } }",
            "b: mutation { addB }",
            "a: mutation { one: moveA { __typename } }",
        ]
    )


def test_a_mutation_under_more_conditions_than_can_be_told_apart_is_refused() -> None:
    names = [f"v{n}" for n in range(40)]
    pairs = zip(names[::2], names[1::2], strict=True)
    query = f"mutation ({' '.join(f'${n}: Boolean!' for n in names)}) {{"
    query += " ".join(f"addB @include(if: ${one}) @skip(if: ${other})" for one, other in pairs) + "}"

    with pytest.raises(Unreachable, match="too many different conditions"):
        planned(federated(**STORES), query)


def test_a_subscription_fetches_the_rest_for_each_event() -> None:
    graph = federated(**STORES)

    assert isinstance(planned(graph, "subscription { changed { id } }").root, Subscription)
    assert text_of(graph, "subscription { changed { name } }") == snapshot("""\
QueryPlan {
  Subscription {
    Primary {
      Fetch(service: "a") {
        subscription {
          changed {
            id
          }
        }
      },
    },
    Rest {
      Flatten(path: "changed") {
        Fetch(service: "b") {
          {
            ... on A {
              __typename
              id
            }
          } =>
          {
            ... on A {
              name
            }
          }
        }
      },
    },
  }
}\
""")


def test_what_is_deferred_is_fetched_apart_when_the_client_can_wait_for_it() -> None:
    graph = federated(**STORES)
    query = 'mutation { one: addA(n: 1) { id ... @defer(label: "slow") { name } } }'

    patient = plan(graph, parse(query), defer=True)

    assert as_text(patient) == snapshot("""\
QueryPlan {
  Defer {
    Primary {
      Fetch(service: "a") {
        mutation {
          one: addA(n: 1) {
            id
          }
        }
      },
    },
    Deferred(path: "one", label: "slow") {
      Flatten(path: "one") {
        Fetch(service: "b") {
          {
            ... on A {
              __typename
              id
            }
          } =>
          {
            ... on A {
              name
            }
          }
        }
      },
    },
  }
}\
""")
    assert "Defer" not in text_of(graph, query)


def test_introspection_and_root_typenames_are_no_part_of_a_plan() -> None:
    graph = federated(**STORES)

    assert planned(graph, "{ __typename __schema { queryType { name } } }").root is None
    assert operations(graph, "{ __typename a }") == ["a: { a }"]


def test_a_field_no_subgraph_can_be_asked_for_is_named() -> None:
    broken = SUPERGRAPH.replace("name: String @join__field(graph: B)", "name: String @join__field")
    graph = Graph.of(Supergraph.parse(broken))

    with pytest.raises(Unreachable, match=r"T\.name"):
        plan(graph, parse("{ t { name } }"))
    conditional = plan(graph, parse("query ($a: Boolean!) { t @include(if: $a) { name } }"))
    assert [each.field for each in conditional.unanswerable] == ["T.name"]
