"""INVALID_FIELD_SHARING and INVALID_SHAREABLE_USAGE: who may resolve a field besides others."""

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused


def test_two_subgraphs_share_what_both_call_shareable():
    assert_composes(a="type Query { x: Int @shareable }", b="type Query { x: Int @shareable }")


def test_sharing_needs_the_consent_of_all():
    message = assert_refused("INVALID_FIELD_SHARING", a="type Query { x: Int @shareable }", b="type Query { x: Int }")

    assert message == (
        'Non-shareable field "Query.x" is resolved from multiple subgraphs: it is resolved from subgraphs "a" and "b"'
        ' and defined as non-shareable in subgraph "b"'
    )


def test_a_shareable_type_speaks_for_its_own_declaration_only():
    both = "type Query { v: V @shareable } type V @shareable { x: Int } extend type V { y: Int }"

    message = assert_refused("INVALID_FIELD_SHARING", a=both, b=both)

    assert 'field "V.y"' in message
    assert 'field "V.x"' not in message


def test_key_fields_are_shared_without_a_word():
    assert_composes(
        a='type Query { u: User } type User @key(fields: "id org { id }") { id: ID! org: Org } type Org { id: ID! }',
        b='type User @key(fields: "id org { id }") { id: ID! org: Org } type Org { id: ID! }',
    )


def test_external_fields_are_not_shared():
    assert_composes(
        a='type Query { u: User } type User @key(fields: "id") { id: ID! name: String }',
        b='type User @key(fields: "id") { id: ID! name: String @external hello: String @requires(fields: "name") }',
    )


def test_federation_1_shares_value_types_without_a_word():
    value = "type Money { amount: Int }"

    assert_composes(
        a=AsWritten(f"type Query {{ a: Money }} {value}"), b=AsWritten(f"type Query {{ b: Money }} {value}")
    )


def test_subscriptions_are_never_shared():
    both = "type Query { a: Int @shareable } type Subscription { tick: Int @shareable }"

    assert "subscription" in assert_refused("INVALID_FIELD_SHARING", a=both, b=both)


def test_a_misspelt_override_is_mentioned_where_sharing_fails():
    message = assert_refused(
        "INVALID_FIELD_SHARING",
        a='type Query { x: Int @override(from: "bee") }',
        b="type Query { x: Int }",
    )

    assert "misspelling" in message
