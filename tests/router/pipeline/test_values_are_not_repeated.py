"""What was sent is not repeated in an error: it may be a card's number or a password."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse

from router.pipeline.request import Refused
from router.pipeline.validate import coerce_variables, validate

SCHEMA = build_schema("input Card { number: String!, month: Int! } type Query { pay(card: Card!): Int }")


@pytest.mark.parametrize(
    ("card", "says"),
    [
        ({"number": "4242", "month": 1, "pin": 2}, "not to include unknown field 'pin'."),
        ({"number": "4242"}, "to include required field 'month'."),
        ({"number": ["4242"], "month": 1}, "at .number: String cannot represent a non string value."),
        ("4242", "Expected value of type 'Card' to be an object."),
    ],
)
def test_a_variable_that_does_not_fit_is_described_and_not_repeated(card: Any, says: str) -> None:
    operation = parse("query($card: Card!) { pay(card: $card) }").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)

    with pytest.raises(Refused) as refused:
        coerce_variables(SCHEMA, operation, {"card": card})

    (fault,) = refused.value.faults
    assert fault.message.endswith(says)
    assert "4242" not in fault.message


def test_a_literal_is_not_repeated_either() -> None:
    with pytest.raises(Refused) as refused:
        validate(SCHEMA, parse('{ pay(card: {number: "4242"}) }'))

    assert "4242" not in str([fault.message for fault in refused.value.faults])
