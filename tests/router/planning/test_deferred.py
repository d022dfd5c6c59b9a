"""@defer: what the operation waits for, what it need not wait for, and what stands in which part."""

from graphql import parse
from inline_snapshot import snapshot

from router.plan import Defer, Deferred, Node, Plan, Subscription, fetches
from router.planning import as_json, plan
from tests.router.planning.vocabulary import federated

SHOP = {
    "a": """
        type Query { user: User users: [User!]! now: Int slow: Int }
        type Mutation { rename: User }
        type Subscription { renamed: User }
        type User @key(fields: "id") { id: ID! name: String profile: Profile @shareable }
        type Profile @shareable { bio: String }
    """,
    "b": """
        type User @key(fields: "id") { id: ID! score: Int profile: Profile @shareable friends: [User!]! }
        type Profile @shareable { photo: String }
    """,
    "c": 'type User @key(fields: "id") { id: ID! score: Int @external level: Int @requires(fields: "score") }',
}


def deferring(query: str) -> Plan:
    """The plan for a client that can wait for parts."""
    return plan(federated(**SHOP), parse(query), defer=True)


def shown(node: Node | None) -> object:
    """A plan in brief: the requests of each part, and what is inside."""
    match node:
        case Defer(primary, deferred):
            return [shown(primary), {_name(each): shown(each.node) for each in deferred}]
        case _:
            return [f"{each.subgraph}: {each.operation.split('{ ', 1)[1][:-2]}" for each in fetches(node)]


def _name(part: Deferred) -> str:
    condition = f" if {part.variable}" if part.variable else ""
    return f"{part.label} at {'.'.join(getattr(each, 'name', '@') for each in part.path)}{condition}"


def parts_of(query: str) -> object:
    """The plan of a query, in brief."""
    return shown(deferring(query).root)


def test_what_an_object_waits_for_is_not_what_its_deferred_fields_wait_for() -> None:
    assert parts_of('{ user { name ... @defer(label: "x") { score level } } }') == snapshot(
        [
            ["a: user { name id }"],
            {
                "x at user": [
                    "b: _entities(representations: $representations) { ... on User { score } }",
                    "c: _entities(representations: $representations) { ... on User { level } }",
                ]
            },
        ]
    )


def test_an_object_is_known_to_be_there_though_all_of_it_is_deferred() -> None:
    assert parts_of('{ user { ... @defer(label: "x") { name score } } }') == snapshot(
        [
            ["a: user { __typename name id }"],
            {"x at user": ["b: _entities(representations: $representations) { ... on User { score } }"]},
        ]
    )


def test_root_fields_are_asked_apart_even_of_one_subgraph() -> None:
    assert parts_of('{ now ... @defer(label: "x") { slow } }') == snapshot([["a: now"], {"x at ": ["a: slow"]}])


def test_what_is_wanted_at_once_is_not_fetched_again() -> None:
    assert parts_of(
        '{ user { score ... @defer(label: "x") { score level } } ... @defer { user { name } } }'
    ) == snapshot(
        [
            ["a: user { id name }", "b: _entities(representations: $representations) { ... on User { score } }"],
            {
                "None at ": [],
                "x at user": ["c: _entities(representations: $representations) { ... on User { level } }"],
            },
        ]
    )


def test_nested_parts_come_after_what_they_stand_in() -> None:
    query = '{ user { ... @defer(label: "x") { friends { id ... @defer(label: "y") { level } } } } }'

    assert parts_of(query) == snapshot(
        [
            ["a: user { __typename id }"],
            {
                "x at user": [
                    ["b: _entities(representations: $representations) { ... on User { friends { id score } } }"],
                    {
                        "y at user.friends.@": [
                            "c: _entities(representations: $representations) { ... on User { level } }"
                        ]
                    },
                ]
            },
        ]
    )


def test_an_object_that_is_no_entity_is_split_where_another_request_brings_the_rest() -> None:
    assert parts_of('{ user { profile { bio ... @defer(label: "x") { photo } } } }') == snapshot(
        [
            ["a: user { profile { bio } id }"],
            {
                "x at user.profile": [
                    "b: _entities(representations: $representations) { ... on User { profile { photo } } }"
                ]
            },
        ]
    )


def test_a_fragment_spread_twice_at_one_place_is_one_part() -> None:
    assert parts_of("{ user { name ...F @defer ...F @defer } } fragment F on User { score }") == snapshot(
        [
            ["a: user { name id }"],
            {"None at user": ["b: _entities(representations: $representations) { ... on User { score } }"]},
        ]
    )


def test_two_parts_that_share_a_field_need_nothing_of_each_other() -> None:
    query = '{ user { ... @defer(label: "x") { score } ... @defer(label: "y") { score level } } }'

    assert parts_of(query) == snapshot(
        [
            ["a: user { __typename id }"],
            {
                "x at user": ["b: _entities(representations: $representations) { ... on User { score } }"],
                "y at user": [
                    "b: _entities(representations: $representations) { ... on User { score } }",
                    "c: _entities(representations: $representations) { ... on User { level } }",
                ],
            },
        ]
    )


def test_a_condition_of_the_request_is_told_and_one_of_the_text_decided() -> None:
    query = """query ($d: Boolean!) {
        user { name ... @defer(label: "x", if: $d) { score } ... @defer(label: "y", if: false) { level } }
    }"""

    assert parts_of(query) == snapshot(
        [
            [
                "a: user { name id }",
                "b: _entities(representations: $representations) { ... on User { score } }",
                "c: _entities(representations: $representations) { ... on User { level } }",
            ],
            {"x at user if d": ["b: _entities(representations: $representations) { ... on User { score } }"]},
        ]
    )


def test_parts_of_a_mutation_follow_all_its_root_fields() -> None:
    query = 'mutation { one: rename { ... @defer(label: "x") { score } } two: rename { name } }'

    assert parts_of(query) == snapshot(
        [
            ["a: one: rename { __typename id } two: rename { name }"],
            {"x at one": ["b: _entities(representations: $representations) { ... on User { score } }"]},
        ]
    )


def test_events_are_answered_whole() -> None:
    made = deferring("subscription { renamed { name ... @defer(if: false) { score } } }")

    assert isinstance(made.root, Subscription)
    assert len(list(fetches(made.root))) == 2


def test_the_json_names_each_part() -> None:
    made = deferring('query Q($d: Boolean!) { users { id ... @defer(label: "x", if: $d) { name score } } }')

    assert as_json(made)["node"]["deferred"] == snapshot(
        [
            {
                "depends": [],
                "label": "x",
                "queryPath": ["users", "@"],
                "node": {
                    "kind": "Flatten",
                    "path": ["users", "@"],
                    "node": {
                        "kind": "Fetch",
                        "serviceName": "b",
                        "variableUsages": [],
                        "operation": "query Q__b__1($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { score } } }",
                        "operationName": "Q__b__1",
                        "operationKind": "query",
                        "requires": [
                            {
                                "kind": "InlineFragment",
                                "typeCondition": "User",
                                "selections": [
                                    {"kind": "Field", "name": "__typename"},
                                    {"kind": "Field", "name": "id"},
                                ],
                            }
                        ],
                    },
                },
                "if": "d",
            }
        ]
    )
