"""Input types go in, output types come out, and defaults fit their types (GraphQL, "Input and Output Types")."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { x: In } input In { a: Int }",
        "type Query { x(by: T): Int } type T { a: Int }",
        'type Query { x(a: Int = "one"): Int }',
        "type Query { x(a: C = GREEN): Int } enum C { RED }",
        "type Query { x(a: Int! @deprecated): Int }",
        "type Query { x(a: In): Int } input In { in: In! }",
        "type Query { x(a: In): Int } input In { b: B! } input B { in: In! }",
    ],
)
def test_what_goes_in_is_input_and_what_comes_out_is_output(sdl):
    assert_refused("INVALID_GRAPHQL", a=sdl)


def test_the_default_of_a_specified_directives_argument_fits_its_type():
    definition = "directive @tag(name: String! = 1) repeatable on OBJECT"

    assert "@tag(name:)" in assert_refused("INVALID_GRAPHQL", a=f"type Query {{ x: Int }} {definition}")
