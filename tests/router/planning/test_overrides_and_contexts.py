"""Progressive `@override` under labels, and `@fromContext` arguments."""

from inline_snapshot import snapshot

from router.plan import EntityFetch, Key
from tests.router.planning.vocabulary import federated, operations, requests


def test_a_progressive_override_follows_its_label() -> None:
    graph = federated(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! name: String }',
        b='type T @key(fields: "id") { id: ID! name: String @override(from: "a", label: "percent(20)") }',
    )

    assert graph.supergraph.override_labels == {"percent(20)"}
    assert operations(graph, "{ t { name } }") == snapshot(["a: { t { name } }"])
    assert operations(graph, "{ t { name } }", "percent(20)") == snapshot(
        [
            "a: { t { id } }",
            "b: query($representations: [_Any!]!) { _entities(representations: $representations) { ... on T { name } } }",
        ]
    )
    assert operations(graph, "{ t { name } }", "unknown") == snapshot(["a: { t { name } }"])


def test_a_field_that_moves_under_a_label_may_be_one_of_an_interface() -> None:
    graph = federated(
        a="""
            type Query { ts: [I!]! } interface I { name: String }
            type T implements I @key(fields: "id") { id: ID! name: String }
        """,
        b='type T @key(fields: "id") { id: ID! name: String @override(from: "a", label: "percent(20)") }',
    )

    assert [each.partition(":")[0] for each in operations(graph, "{ ts { name } }")] == ["a"]
    assert [each.partition(":")[0] for each in operations(graph, "{ ts { name } }", "percent(20)")] == ["a", "b"]


CONTEXTS = {
    "a": """
        type Query { users: [User!]! }
        type User @key(fields: "id") @context(name: "u") { id: ID! money: Money! payments: [Payment!]! }
        type Money @shareable { code: String! }
        type Payment @key(fields: "id") {
            id: ID! plain: Int
            amount(code: String @fromContext(field: "$u { money { code } }")): Int!
        }
    """,
    "b": 'type Payment @key(fields: "id") { id: ID! note: String }',
}


def test_a_context_is_read_from_the_object_above_and_given_as_a_variable() -> None:
    first, second = requests(federated(**CONTEXTS), "{ users { payments { plain amount } } }")

    assert isinstance(second, EntityFetch)
    assert [first.operation, second.operation] == snapshot(
        [
            "{ users { payments { plain id } money { code } } }",
            "query($representations: [_Any!]!, $_code_2_3: String) { _entities(representations: $representations) { ... on Payment { amount(code: $_code_2_3) } } }",
        ]
    )
    (context,) = second.lookups[0].contexts
    assert (context.sources, context.levels_up) == (((Key("money"), Key("code")),), 1)
