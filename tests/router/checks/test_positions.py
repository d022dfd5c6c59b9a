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


INPUTS = """
input Small { a: Int! again: Small }  input Same { a: Int! again: Same }  input Wider { a: Int again: Wider b: Int }
input Stricter { a: Int! again: Stricter b: Int! }  input Narrow { a: Int! }  input One @oneOf { a: Int again: One }
input Free { a: Int }  input Bound { a: Int! }  enum Few { A }  enum Many { A B }
"""


def between(old: str, new: str) -> bool:
    schema = build_schema(f"type Query {{ a(o: {old}, n: {new}): Int }} {INPUTS}")
    assert schema.query_type is not None
    arguments = schema.query_type.fields["a"].args
    return accepts(arguments["o"].type, arguments["n"].type)


@pytest.mark.parametrize(("old", "new"), [("Small", "Same"), ("Small!", "Wider"), ("Few", "Many"), ("Bound", "Free")])
def test_a_value_does_not_name_its_type(old, new) -> None:
    assert between(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [("Small", "Stricter"), ("Small", "Narrow"), ("Free", "One"), ("Many", "Few"), ("Free", "Bound"), ("Few", "Small")],
)
def test_what_could_be_in_it_must_be_taken(old, new) -> None:
    assert not between(old, new)
