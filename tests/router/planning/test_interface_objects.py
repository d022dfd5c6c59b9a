"""`@interfaceObject`, both ways: into one from an object, and out of one to learn the object's type."""

from inline_snapshot import snapshot

from tests.router.planning.vocabulary import federated, operations, text_of

ACCOUNTS = {
    "a": """
        type Query { users: [Account!]! }
        interface Account @key(fields: "id") { id: ID! name: String }
        type Admin implements Account @key(fields: "id") { id: ID! name: String level: Int }
        type Guest implements Account @key(fields: "id") { id: ID! name: String }
    """,
    "b": """
        type Query { accounts: [Account!]! }
        type Account @key(fields: "id") @interfaceObject { id: ID! points: Int }
    """,
}


def test_an_interface_object_adds_fields_to_every_implementation() -> None:
    assert text_of(federated(**ACCOUNTS), "{ users { name points } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        users {
          __typename
          name
          id
        }
      }
    },
    Flatten(path: "users.@") {
      Fetch(service: "b") {
        {
          ... on Account {
            __typename
            id
          }
        } =>
        {
          ... on Account {
            points
          }
        }
      }
    },
  }
}\
""")


def test_its_own_fields_need_no_other_subgraph() -> None:
    assert operations(federated(**ACCOUNTS), "{ accounts { id points } }") == snapshot(
        ["b: { accounts { id points } }"]
    )


def test_the_concrete_type_is_learned_before_anything_of_that_type_is_read() -> None:
    query = "{ accounts { points ... on Admin { level } } }"

    assert text_of(federated(**ACCOUNTS), query) == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "b") {
      {
        accounts {
          id
          points
        }
      }
    },
    Flatten(path: "accounts.@") {
      Fetch(service: "a") {
        {
          ... on Account {
            __typename
            id
          }
        } =>
        {
          ... on Account {
            __typename
            ... on Admin {
              level
            }
          }
        }
      }
    },
  }
}\
""")


def test_typename_is_never_taken_from_an_interface_object() -> None:
    assert operations(federated(**ACCOUNTS), "{ accounts { __typename } }") == snapshot(
        [
            "b: { accounts { id } }",
            "a: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Account { __typename } } }",
        ]
    )


def test_its_fields_under_a_type_condition_are_asked_of_no_other_object() -> None:
    assert operations(federated(**ACCOUNTS), "{ accounts { ... on Admin { points level } } }") == snapshot(
        [
            "b: { accounts { id } }",
            "a: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Account { __typename ... on Admin { id level } } } }",
            "b: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Account { points } } }",
        ]
    )


def test_its_requires_are_fetched_of_the_interface() -> None:
    graph = federated(
        a=ACCOUNTS["a"],
        b="""
            type Account @key(fields: "id") @interfaceObject {
                id: ID! name: String @external greeting: String @requires(fields: "name")
            }
        """,
    )

    assert text_of(graph, "{ users { greeting } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        users {
          __typename
          id
          name
        }
      }
    },
    Flatten(path: "users.@") {
      Fetch(service: "b") {
        {
          ... on Account {
            __typename
            id
            name
          }
        } =>
        {
          ... on Account {
            greeting
          }
        }
      }
    },
  }
}\
""")
