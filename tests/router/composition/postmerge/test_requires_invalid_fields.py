"""REQUIRES_INVALID_FIELDS: arguments inside a @requires must suit every subgraph that may be asked for the field."""

from tests.router.composition.vocabulary import assert_refused


def test_an_argument_in_a_requirement_suits_every_subgraph_that_has_the_field():
    message = assert_refused(
        "REQUIRES_INVALID_FIELDS",
        a='type Query { p: P } type P @key(fields: "id") { id: ID! x(a: Int): Int @shareable }',
        b='type P @key(fields: "id") { id: ID! x(a: Int): Int @external y: Int @requires(fields: "x(a: 1)") }',
        c='type P @key(fields: "id") { id: ID! x: Int @shareable }',
    )

    assert 'argument "a" is not defined in subgraph "c"' in message
