"""INVALID_GRAPHQL: what is valid in every subgraph may not be so together."""

from tests.router.composition.vocabulary import assert_refused


def test_what_is_valid_apart_may_not_be_together():
    message = assert_refused(
        "INVALID_GRAPHQL",
        a="type Query { t: T @shareable } interface N { id: ID! } type T implements N { id: ID! @shareable }",
        b="type Query { t: T @shareable } type T { id: ID @shareable }",
    )

    assert message == "Interface field N.id expects type ID! but T.id of type ID is not a proper subtype."


def test_a_default_does_not_outlive_its_value():
    message = assert_refused(
        "INVALID_GRAPHQL",
        a="type Query { a(c: Colour = RED): Int } enum Colour { RED BLUE }",
        b="type Query { b(c: Colour): Int } enum Colour { BLUE }",
    )

    assert message == "Invalid default value (got: RED) provided for argument Query.a(c:) of type Colour."
