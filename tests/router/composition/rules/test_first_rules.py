"""Some faults are told before all others of a subgraph: with them, who resolves what cannot be said."""

import pytest

from tests.router.composition.vocabulary import AsWritten, assert_refused, faults_of

ALSO = "interface Also { a: Int @shareable }"


@pytest.mark.parametrize(
    ("code", "schema"),
    [
        ("PROVIDES_ON_NON_OBJECT_FIELD", 'type Query { a: Int @provides(fields: "x") }'),
        (
            "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE",
            (
                'type Query { a: A } type A @key(fields: "id") { id: ID! b: B @external @provides(fields: "x") } '
                'type B @key(fields: "id") { id: ID! x: Int @external }'
            ),
        ),
        (
            "KEY_INVALID_FIELDS",
            (
                'type Query { i: I } interface I @key(fields: "id") { id: ID! } '
                'type A implements I @key(fields: "nope") { id: ID! }'
            ),
        ),
    ],
)
def test_what_is_told_first_is_told_alone(code, schema):
    (fault,) = faults_of(a=f"{schema} {ALSO}")

    assert fault.code == code


def test_other_faults_of_a_subgraph_are_told_together():
    assert_refused(
        "KEY_INVALID_FIELDS",
        "INVALID_SHAREABLE_USAGE",
        a=f'type Query {{ a: A }} type A @key(fields: "no") {{ id: ID }} {ALSO}',
    )


def test_types_defined_twice_come_before_links_that_cannot_be_used_and_fields_after():
    link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@nope"])'

    assert_refused("INVALID_GRAPHQL", a=AsWritten(f"{link} type Query {{ a: Int }} scalar S scalar S"))
    assert_refused("INVALID_LINK_DIRECTIVE_USAGE", a=AsWritten(f"{link} type Query {{ a: Int a: Int }}"))


def test_a_field_set_has_no_directives_not_even_deprecated():
    assert_refused(
        "KEY_DIRECTIVE_IN_FIELDS_ARG", a='type Query { a: A } type A @key(fields: "id @deprecated") { id: ID }'
    )


def test_the_default_of_a_directives_argument_fits_its_type():
    assert "@d(a:)" in assert_refused("INVALID_GRAPHQL", a='directive @d(a: Int = "x") on FIELD type Query { a: Int }')


def test_types_given_twice_come_before_links_that_cannot_be_read():
    link = 'extend schema @link(url: "https://specs.apollo.dev/federation")'

    assert_refused("INVALID_GRAPHQL", a=AsWritten(f"{link} type Query {{ a: Int }} scalar S scalar S"))


def test_of_an_external_leaf_it_is_told_that_it_is_external():
    leaf = 'type A @key(fields: "id") { id: ID! x: Int @external @provides(fields: "y") }'

    assert_refused("EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE", a=f"type Query {{ a: A }} {leaf}")
