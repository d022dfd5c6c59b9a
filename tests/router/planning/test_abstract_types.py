"""Interfaces and unions stay whole where one subgraph answers for all their types, and are split only where not."""

from graphql import parse
from inline_snapshot import snapshot

from router.plan import fetches
from router.planning import plan
from tests.router.planning.vocabulary import federated, operations, planned, requests, text_of

MEDIA = {
    "a": """
        type Query { media: [Media!]! }
        interface Media { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
        type Film implements Media @key(fields: "id") { id: ID! title: String }
    """,
    "b": """
        type Book @key(fields: "id") { id: ID! price: Int }
        type Film @key(fields: "id") { id: ID! price: Int length: Int }
    """,
}


def test_a_field_of_the_interface_is_asked_of_the_interface() -> None:
    assert operations(federated(**MEDIA), "{ media { id title ... on Book { pages } } }") == snapshot(
        ["a: { media { __typename id title ... on Book { pages } } }"]
    )


def test_types_that_live_elsewhere_are_looked_up_in_one_request() -> None:
    query = "{ media { ... on Book { price } ... on Film { price length } } }"

    assert text_of(federated(**MEDIA), query) == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        media {
          __typename
          id
        }
      }
    },
    BatchFetch(service: "b") {
      Flatten(paths: ["media.@|[Book]", "media.@|[Film]"]) {
        {
          ... on Book {
            __typename
            id
          }
          ... on Film {
            __typename
            id
          }
        } =>
        {
          ... on Book {
            price
          }
          ... on Film {
            price
            length
          }
        }
      },
    },
  }
}\
""")


def test_seventy_implementations_cost_two_short_requests() -> None:
    names = [f"P{number}" for number in range(70)]
    graph = federated(
        a="type Query { items: [Item!]! } interface Item { id: ID! title: String } "
        + " ".join(f'type {n} implements Item @key(fields: "id") {{ id: ID! title: String }}' for n in names),
        b="interface Item { id: ID! stock: Int similar: [Item!]! } "
        + " ".join(
            f'type {n} implements Item @key(fields: "id") {{ id: ID! stock: Int similar: [Item!]! }}' for n in names
        ),
    )

    assert operations(graph, "{ items { title stock similar { stock similar { stock } } } }") == snapshot(
        [
            "a: { items { __typename title id } }",
            "b: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Item { stock similar { __typename stock similar { __typename stock } } } } }",
        ]
    )


def test_a_union_member_that_a_subgraph_does_not_know_is_not_asked_there() -> None:
    graph = federated(
        a="""
            type Query { media: Media @shareable }
            union Media = Book | Song
            type Book @key(fields: "id") { id: ID! title: String @shareable }
            type Song @key(fields: "id") { id: ID! title: String }
        """,
        b="""
            type Query { media: Media @shareable }
            union Media = Book | Movie
            type Book @key(fields: "id") { id: ID! title: String @shareable }
            type Movie @key(fields: "id") { id: ID! title: String }
        """,
    )

    query = "{ media { __typename ... on Song { title } ... on Book { title } ... on Movie { title } } }"

    assert operations(graph, query) == snapshot(
        ["a: { media { __typename ... on Song { title } ... on Book { title } } }"]
    )


def test_one_field_with_other_arguments_under_two_types_is_asked_for_both() -> None:
    graph = federated(
        a="""
            type Query { media: [Media!]! }
            interface Media { cover(size: Int): String }
            type Book implements Media { cover(size: Int): String }
            type Film implements Media { cover(size: Int): String }
        """
    )

    query = "{ media { ... on Book { cover(size: 1) } ... on Film { cover(size: 2) } } }"

    assert operations(graph, query) == snapshot(
        ["a: { media { __typename ... on Book { cover(size: 1) } ... on Film { _cover_1: cover(size: 2) } } }"]
    )


def test_names_that_clash_in_a_subgraph_get_an_alias() -> None:
    graph = federated(
        a="""
            type Query { found: [Found!]! }
            union Found = User | Admin
            type User { id: ID } type Admin { id: ID! }
        """
    )
    query = "{ found { ... on User { id } ... on Admin { id } } }"
    # graphql-core refuses this query of one schema; of a federation whose subgraphs differ it is usual.
    (fetch,) = fetches(plan(graph, parse(query)).root)

    assert fetch.operation == snapshot("{ found { __typename ... on User { id } ... on Admin { _id_1: id } } }")


def test_requires_through_an_interface_fetches_for_each_of_its_types() -> None:
    graph = federated(
        a="""
            type Query { orders: [Order!]! }
            type Order @key(fields: "id") { id: ID! method: Method }
            interface Method { name: String }
            type Card implements Method { name: String last4: String }
            type Cash implements Method { name: String drawer: Int }
        """,
        b="""
            type Order @key(fields: "id") {
                id: ID! method: Method @external
                receipt: String @requires(fields: "method { name ... on Card { last4 } ... on Cash { drawer } }")
            }
            interface Method { name: String }
            type Card implements Method { name: String @external last4: String @external }
            type Cash implements Method { name: String @external drawer: Int @external }
        """,
    )

    assert text_of(graph, "{ orders { receipt } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        orders {
          id
          method {
            __typename
            name
            ... on Card {
              last4
            }
            ... on Cash {
              drawer
            }
          }
        }
      }
    },
    Flatten(path: "orders.@") {
      Fetch(service: "b") {
        {
          ... on Order {
            __typename
            id
            method {
              __typename
              name
              ... on Card {
                last4
              }
              ... on Cash {
                drawer
              }
            }
          }
        } =>
        {
          ... on Order {
            receipt
          }
        }
      }
    },
  }
}\
""")


def test_an_abstract_place_always_tells_its_type() -> None:
    for fetch in requests(federated(**MEDIA), "{ media { ... on Film { length } } }"):
        assert "__typename" in fetch.operation or fetch.subgraph == "b"
    assert planned(federated(**MEDIA), "{ media { id } }").root is not None


def test_an_interface_stands_for_those_of_its_types_that_can_be_there() -> None:
    refusals = """
        type Query { buy: Answer }
        union Answer = Bought | Declined | Empty
        interface Refusal { message: String }
        type Bought { id: ID! }
        type Declined implements Refusal { message: String }
        type Empty implements Refusal { message: String }
        type Elsewhere implements Refusal { message: String }
    """

    assert operations(federated(a=refusals), "{ buy { ... on Refusal { message } } }") == snapshot(
        ["a: { buy { __typename ... on Refusal { message } } }"]
    )
