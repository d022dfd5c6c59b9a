"""Entities are looked up where their fields are answered, by keys whose fields are fetched first."""

from inline_snapshot import snapshot

from tests.router.planning.vocabulary import federated, operations, text_of

SHOP = {
    "products": """
        type Query { products: [Product!]! }
        type Product @key(fields: "id") { id: ID! name: String weight: Int }
    """,
    "reviews": """
        type Product @key(fields: "id") { id: ID! reviews: [Review!]! }
        type Review @key(fields: "id") { id: ID! body: String product: Product author: User @provides(fields: "name") }
        type User @key(fields: "id") { id: ID! name: String @external }
    """,
    "users": 'type User @key(fields: "id") { id: ID! name: String @shareable email: String }',
    "shipping": """
        type Product @key(fields: "id") {
            id: ID! weight: Int @external
            cost: Int @requires(fields: "weight")
        }
    """,
}


def test_fields_of_another_subgraph_are_looked_up_by_key() -> None:
    assert text_of(federated(**SHOP), "{ products { name reviews { body } } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "products") {
      {
        products {
          name
          id
        }
      }
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
  }
}\
""")


def test_what_a_subgraph_provides_needs_no_hop() -> None:
    assert operations(federated(**SHOP), "{ products { reviews { author { id name } } } }") == snapshot(
        [
            "products: { products { id } }",
            "reviews: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { reviews { author { id name } } } } }",
        ]
    )


def test_inputs_of_requires_travel_in_the_representation() -> None:
    assert text_of(federated(**SHOP), "{ products { cost } }") == snapshot("""\
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
  }
}\
""")


def test_subgraphs_that_do_not_wait_for_each_other_are_asked_at_once() -> None:
    assert text_of(federated(**SHOP), "{ products { cost reviews { author { email } } } }") == snapshot("""\
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
      Sequence {
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
                  author {
                    id
                  }
                }
              }
            }
          }
        },
        Flatten(path: "products.@.reviews.@.author") {
          Fetch(service: "users") {
            {
              ... on User {
                __typename
                id
              }
            } =>
            {
              ... on User {
                email
              }
            }
          }
        },
      },
    },
  }
}\
""")


def test_a_hop_uses_a_key_that_its_target_can_resolve_and_fetches_that_key_first() -> None:
    graph = federated(
        a='type Query { a: A } type A @key(fields: "id") { id: ID! }',
        b='type A @key(fields: "id") @key(fields: "pid") { id: ID! pid: ID! }',
        c="""
            type A @key(fields: "pid") @key(fields: "part { one }") { pid: ID! part: Part! @shareable name: String }
            type Part @shareable { one: ID! two: ID! }
        """,
        d="""
            type A @key(fields: "part { two }") {
                part: Part! name: String @external loud: String @requires(fields: "name")
            }
            type Part @shareable { one: ID! two: ID! }
        """,
    )

    assert operations(graph, "{ a { loud } }") == snapshot(
        [
            "a: { a { id } }",
            "b: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on A { pid } } }",
            "c: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on A { part { two } name } } }",
            "d: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on A { loud } } }",
        ]
    )


def test_requires_of_requires_are_fetched_in_order() -> None:
    graph = federated(
        a="""
            type Query { feed: [Post] }
            type Post @key(fields: "id") {
                id: ID! byNovice: Boolean! @external byExpert: Boolean! @requires(fields: "byNovice")
            }
        """,
        b="""
            type Post @key(fields: "id") {
                id: ID! author: Author! @external byNovice: Boolean! @requires(fields: "author { years }")
            }
            type Author @key(fields: "id") { id: ID! years: Int! @external }
        """,
        c="""
            type Post @key(fields: "id") { id: ID! author: Author! }
            type Author @key(fields: "id") { id: ID! years: Int! }
        """,
    )

    assert operations(graph, "{ feed { byExpert } }") == snapshot(
        [
            "a: { feed { id } }",
            "c: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Post { author { years } } } }",
            "b: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Post { byNovice } } }",
            "a: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Post { byExpert } } }",
        ]
    )


def test_a_value_type_is_reached_again_through_its_entity() -> None:
    graph = federated(
        a="""
            type Query { product: Product }
            type Product @key(fields: "id") { id: ID! size: Size @shareable }
            type Size { height: Int }
        """,
        b='type Product @key(fields: "id") { id: ID! size: Size @shareable } type Size { width: Int }',
    )

    assert operations(graph, "{ product { size { height width } } }") == snapshot(
        [
            "a: { product { size { height } id } }",
            "b: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { size { width } } } }",
        ]
    )


def test_shared_root_fields_are_merged() -> None:
    graph = federated(
        a="type Query { product: Product @shareable } type Product @shareable { id: ID! brand: Brand } type Brand { name: String }",
        b="type Query { product: Product @shareable } type Product @shareable { id: ID! price: Price } type Price { amount: Int }",
    )

    assert text_of(graph, "{ product { id brand { name } price { amount } } }") == snapshot("""\
QueryPlan {
  Parallel {
    Fetch(service: "a") {
      {
        product {
          id
          brand {
            name
          }
        }
      }
    },
    Fetch(service: "b") {
      {
        product {
          price {
            amount
          }
        }
      }
    },
  }
}\
""")


def test_a_nested_key_is_sent_as_it_is_nested() -> None:
    graph = federated(
        a="""
            type Query { users: [User!]! }
            type User @key(fields: "id org { id }") { id: ID! org: Org! }
            type Org @shareable { id: ID! }
        """,
        b='type User @key(fields: "id org { id }") { id: ID! org: Org! age: Int } type Org @shareable { id: ID! }',
    )

    assert text_of(graph, "{ users { age } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        users {
          id
          org {
            id
          }
        }
      }
    },
    Flatten(path: "users.@") {
      Fetch(service: "b") {
        {
          ... on User {
            __typename
            id
            org {
              id
            }
          }
        } =>
        {
          ... on User {
            age
          }
        }
      }
    },
  }
}\
""")


def test_no_hop_leads_to_a_key_that_is_not_resolvable() -> None:
    graph = federated(
        a='type Query { user: User } type User @key(fields: "id", resolvable: false) { id: ID! }',
        b='type User @key(fields: "id") { id: ID! name: String }',
    )

    assert operations(graph, "{ user { id name } }") == snapshot(
        [
            "a: { user { id } }",
            "b: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { name } } }",
        ]
    )


def test_a_ring_of_keys_is_walked_the_short_way_round() -> None:
    count = 16
    subgraphs = {
        f"s{n:02}": f'type T @key(fields: "k{n}") @key(fields: "k{(n + 1) % count}") '
        f"{{ k{n}: ID! k{(n + 1) % count}: ID! v{n}: Int }}"
        for n in range(count)
    }
    subgraphs["s00"] += " type Query { t: T }"

    asked = operations(federated(**subgraphs), "{ t { v3 v14 } }")

    assert sorted(each[:3] for each in asked) == ["s00", "s01", "s02", "s03", "s14", "s15"]
