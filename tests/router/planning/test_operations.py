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
