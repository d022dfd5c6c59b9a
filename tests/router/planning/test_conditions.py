"""@skip and @include: literals are decided, variables stay exactly where they stood."""

from inline_snapshot import snapshot

from router.plan import Condition, EntityFetch, Fetch, Node, Parallel, Sequence, fetches
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

    assert [fetch.operation for fetch in fetches(plan.root)] == snapshot(
        [
            "{ me { id friend { id } } }",
            "query($representations: [_Any!]!, $representations_1: [_Any!]!, $a: Boolean!) { _entities(representations: $representations) { ... on User { mood } } _entities_1: _entities(representations: $representations_1) { ... on User { name @include(if: $a) } } }",
        ]
    )


def test_what_only_a_conditional_field_needs_is_fetched_under_its_condition() -> None:
    graph = federated(
        a='type Query { me: User } type User @key(fields: "id") { id: ID! }',
        b='type User @key(fields: "id") { id: ID! age: Int }',
        c='type User @key(fields: "id") { id: ID! age: Int @external mood: String @requires(fields: "age") name: String }',
    )

    alone = planned(graph, "query ($a: Boolean!) { me { mood @include(if: $a) } }")
    wanted_too = planned(graph, "query ($a: Boolean!) { me { mood @include(if: $a) age } }")
    either = planned(graph, "query ($a: Boolean!, $b: Boolean!) { me { mood @include(if: $a) age @skip(if: $b) } }")

    assert conditions_of(alone.root) == snapshot({"a": "always", "b": "a", "c": "a"})
    assert conditions_of(wanted_too.root) == snapshot({"a": "always", "b": "always", "c": "a"})
    assert conditions_of(either.root) == snapshot({"a": "always", "b": "a, or not a and not b", "c": "a"})


def conditions_of(node: Node | None, held: tuple[str, ...] = ()) -> dict[str, str]:
    """By subgraph: when it is asked."""
    match node:
        case Fetch() | EntityFetch():
            return {node.subgraph: " and ".join(held) or "always"}
        case Sequence(nodes) | Parallel(nodes):
            return {name: when for child in nodes for name, when in conditions_of(child, held).items()}
        case Condition(variable, then, otherwise):
            found = conditions_of(then, (*held, variable))
            for name, when in conditions_of(otherwise, (*held, f"not {variable}")).items():
                found[name] = f"{found[name]}, or {when}" if name in found else when
            return found
        case _:
            return {}


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
