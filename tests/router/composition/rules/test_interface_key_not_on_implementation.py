"""INTERFACE_KEY_NOT_ON_IMPLEMENTATION: what finds an interface must find each of its types."""

from tests.router.composition.vocabulary import assert_composes, assert_refused


def test_implementations_have_their_interfaces_keys():
    assert_refused(
        "INTERFACE_KEY_NOT_ON_IMPLEMENTATION",
        a='type Query { n: N } interface N @key(fields: "id") { id: ID! } type T implements N { id: ID! }',
    )


def test_a_key_of_type_names_is_a_key_like_others():
    assert_refused(
        "INTERFACE_KEY_NOT_ON_IMPLEMENTATION",
        a='type Query { n: N } interface N @key(fields: "__typename") { id: ID! } type T implements N { id: ID! }',
    )


def test_a_key_that_names_a_field_twice_is_the_same_key():
    assert_composes(
        a='type Query { m: Media } interface Media @key(fields: "id") { id: ID! } '
        'type Book implements Media @key(fields: "id id") { id: ID! }'
    )


def test_a_key_that_is_no_text_is_told_alone():
    assert_refused(
        "KEY_INVALID_FIELDS_TYPE",
        a='type Query { m: Media } interface Media @key(fields: "id") { id: ID! } '
        "type Book implements Media @key(fields: {id: 1}) { id: ID! }",
    )
