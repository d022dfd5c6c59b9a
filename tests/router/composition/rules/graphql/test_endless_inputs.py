"""No input object must contain itself: no finite value of it could be written (GraphQL, "Circular References")."""

import pytest

from tests.router.composition.vocabulary import assert_composes, assert_refused


@pytest.mark.parametrize(
    "fields",
    [
        "input In { in: In! }",
        "input In { b: B! } input B { in: In! }",
        "input In { b: B! } input B { c: C! } input C { b: B! }",
    ],
)
def test_no_value_needs_itself(fields):
    assert "within itself" in assert_refused("INVALID_GRAPHQL", a=f"type Query {{ x(a: In): Int }} {fields}")


def test_what_may_be_left_out_or_empty_ends_somewhere():
    assert_composes(a="type Query { x(a: In): Int } input In { in: In many: [In!]! }")
