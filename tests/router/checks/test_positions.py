"""A value that was taken before is taken after: what JSON can say for one type and another."""

import pytest
from graphql import GraphQLType, build_schema

from router.checks.positions import accepts


def typed(text: str) -> GraphQLType:
    schema = build_schema(f"type Query {{ a(i: {text}): Int }}")
    assert schema.query_type is not None
    kind: GraphQLType = schema.query_type.fields["a"].args["i"].type
    return kind


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Int", "Int"),
        ("Int!", "Int"),
        ("Int", "Float"),
        ("Int", "ID"),
        ("String", "ID"),
        ("Int", "[Int]"),
        ("[Int!]", "[Int]"),
    ],
)
def test_it_takes_what_was_taken(old, new) -> None:
    assert accepts(typed(old), typed(new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Int", "Int!"),
        ("Float", "Int"),
        ("ID", "String"),
        ("[Int]", "Int"),
        ("[Int]", "[Int!]"),
        ("Int", "[Int!]!"),
        ("String", "Int"),
    ],
)
def test_it_refuses_some_of_what_was_taken(old, new) -> None:
    assert not accepts(typed(old), typed(new))
