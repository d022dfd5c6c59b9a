"""Types keep their interfaces' promises (GraphQL, "Objects": type validation, IsValidImplementation)."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { x: T } interface N { a: Int } type T implements N { b: Int }",
        "type Query { x: T } interface N { a: Int! } type T implements N { a: Int }",
        "type Query { x: T } interface N { a(x: Int): Int } type T implements N { a: Int }",
        "type Query { x: T } interface N { a: Int } type T implements N { a(x: Int!): Int }",
        "type Query { x: T } interface M { a: Int } interface N implements M { a: Int } type T implements N { a: Int }",
        "type Query { x: T } scalar N type T implements N { a: Int }",
    ],
)
def test_types_keep_their_interfaces_promises(sdl):
    assert_refused("INVALID_GRAPHQL", a=sdl)
