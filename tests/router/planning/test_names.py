"""Values that only the plan needs never meet the client's response names."""

from inline_snapshot import snapshot

from tests.router.planning.test_hops import SHOP
from tests.router.planning.vocabulary import federated, operations, text_of


def test_an_alias_may_take_the_name_of_a_key() -> None:
    assert text_of(federated(**SHOP), "{ products { id: name reviews { body } } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "products") {
      {
        products {
          id: name
          _id_1: id
        }
      }
    },
    Flatten(path: "products.@") {
      Fetch(service: "reviews") {
        {
          ... on Product {
            __typename
            id: _id_1
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


def test_requires_with_arguments_that_the_client_uses_otherwise_is_asked_twice() -> None:
    graph = federated(
        a="""
            type Query { product: Product }
            type Product @key(fields: "id") { id: ID! price(in: String): Int }
        """,
        b="""
            type Product @key(fields: "id") {
                id: ID! price(in: String): Int @external
                cheap: Boolean @requires(fields: "price(in: \\"USD\\")")
                dear: Boolean @requires(fields: "price(in: \\"EUR\\")")
            }
        """,
    )

    assert text_of(graph, '{ product { price(in: "GBP") cheap dear } }') == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        product {
          price(in: "GBP")
          id
          _price_1: price(in: "USD")
          _price_2: price(in: "EUR")
        }
      }
    },
    BatchFetch(service: "b") {
      Flatten(paths: ["product"]) {
        {
          ... on Product {
            __typename
            id
            price: _price_1
          }
        } =>
        {
          ... on Product {
            cheap
          }
        }
      },
      Flatten(paths: ["product"]) {
        {
          ... on Product {
            __typename
            id
            price: _price_2
          }
        } =>
        {
          ... on Product {
            dear
          }
        }
      },
    },
  }
}\
""")


def test_a_client_variable_named_like_the_plans_own_does_not_meet_it() -> None:
    query = "query ($representations: Boolean!) { products { reviews { body @include(if: $representations) id } } }"

    assert operations(federated(**SHOP), query)[1] == snapshot(
        "reviews: query($_representations: [_Any!]!, $representations: Boolean!) { _entities(representations: $_representations) { ... on Product { reviews { body @include(if: $representations) id } } } }"
    )


def test_requests_are_named_after_the_operation_the_subgraph_and_their_place() -> None:
    assert operations(federated(**SHOP), "query Checkout { products { cost } }") == snapshot(
        [
            "products: query Checkout__products__0 { products { id weight } }",
            "shipping: query Checkout__shipping__1($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { cost } } }",
        ]
    )
