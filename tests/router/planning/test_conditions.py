"""@skip and @include: literals are decided, variables stay exactly where they stood."""

from inline_snapshot import snapshot

from router.plan import Condition, fetches
from tests.router.planning.test_hops import SHOP
from tests.router.planning.vocabulary import federated, operations, planned, text_of


def test_literals_are_decided_while_planning() -> None:
    query = "{ products { id name @skip(if: true) weight @include(if: true) } }"

    assert operations(federated(**SHOP), query) == snapshot(["products: { products { id weight } }"])


def test_when_everything_is_skipped_nothing_is_asked() -> None:
    assert planned(federated(**SHOP), "{ products @skip(if: true) { id } }").root is None


def test_a_request_wholly_under_a_condition_is_made_under_it() -> None:
    query = "query ($more: Boolean!) { products { id reviews @include(if: $more) { body } } }"

    assert text_of(federated(**SHOP), query) == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "products") {
      {
        products {
          id
        }
      }
    },
    Include(if: $more) {
      Flatten(path: "products.@") {
        Fetch(service: "reviews") {
          {
            ... on Product {
              __typename
              id
            }
          } =>
          {
            ... on Product {
              reviews {
                body
              }
            }
          }
        }
      },
    },
  }
}\
""")


def test_a_condition_does_not_leak_to_fields_beside_it() -> None:
    query = "query ($a: Boolean!) { products { ... @include(if: $a) { cost } reviews { body } weight } }"

    assert text_of(federated(**SHOP), query) == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "products") {
      {
        products {
          id
          weight
        }
      }
    },
    Parallel {
      Include(if: $a) {
        Flatten(path: "products.@") {
          Fetch(service: "shipping") {
            {
              ... on Product {
                __typename
                id
                weight
              }
            } =>
            {
              ... on Product {
                cost
              }
            }
          }
        },
      },
      Flatten(path: "products.@") {
        Fetch(service: "reviews") {
          {
            ... on Product {
              __typename
              id
            }
          } =>
          {
            ... on Product {
              reviews {
                body
              }
            }
          }
        }
      },
    },
  }
}\
""")


def test_a_key_that_the_client_wants_conditionally_is_fetched_unconditionally() -> None:
    query = "query ($a: Boolean!) { products { id @include(if: $a) reviews { body } } }"

    assert operations(federated(**SHOP), query) == snapshot(
        [
            "products: { products { id } }",
            "reviews: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { reviews { body } } } }",
        ]
    )


def test_two_conditions_of_one_kind_nest() -> None:
    query = (
        "query ($a: Boolean!, $b: Boolean!) { products @skip(if: $a) { id ... @skip(if: $a) { name @skip(if: $b) } } }"
    )

    assert operations(federated(**SHOP), query) == snapshot(
        ["products: query($a: Boolean!, $b: Boolean!) { products { id ... @skip(if: $a) { name @skip(if: $b) } } }"]
    )


def test_a_hop_below_a_conditional_field_is_conditional_when_the_plan_needs_that_field_anyway() -> None:
    graph = federated(
        a='type Query { me: User } type User @key(fields: "id") { id: ID! friend: User }',
        b="""
            type User @key(fields: "id") {
                id: ID! friend: User @external name: String mood: String @requires(fields: "friend { id }")
            }
        """,
    )

    plan = planned(graph, "query ($a: Boolean!) { me { mood friend @include(if: $a) { name } } }")

    assert plan.root is not None
    assert [fetch.operation for fetch in fetches(plan.root)] == snapshot(
        [
            "{ me { id friend { id } } }",
            "query($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { mood } } }",
            "query($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { name } } }",
        ]
    )
    assert "Condition(variable='a'" in repr(plan.root)
    assert not isinstance(plan.root, Condition)


def test_variables_that_a_request_does_not_use_are_not_declared_in_it() -> None:
    graph = federated(
        a='type Query { find(text: String, first: Int): [P!]! } type P @key(fields: "id") { id: ID! }',
        b='type P @key(fields: "id") { id: ID! price(in: Currency = USD): Int } enum Currency { USD EUR }',
    )
    query = 'query Q($t: String = "x", $c: Currency!, $n: Int) { find(text: $t, first: $n) { price(in: $c) } }'

    assert operations(graph, query) == snapshot(
        [
            'a: query Q__a__0($t: String = "x", $n: Int) { find(text: $t, first: $n) { id } }',
            "b: query Q__b__1($representations: [_Any!]!, $c: Currency!) { _entities(representations: $representations) { ... on P { price(in: $c) } } }",
        ]
    )
