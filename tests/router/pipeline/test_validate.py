"""What is refused of a document besides what the GraphQL specification refuses."""

import pytest
from graphql import build_schema, parse

from router.pipeline.request import Refused
from router.pipeline.validate import validate

SCHEMA = build_schema("type Query { me: User } type User { name: String }")


def test_another_field_is_not_called_typename() -> None:
    with pytest.raises(Refused) as refused:
        validate(SCHEMA, parse("{ me { __typename: name } }"))

    assert [fault.message for fault in refused.value.faults] == ["Only the type's own name can be called '__typename'."]


def test_the_types_name_may_be_called_anything() -> None:
    validate(SCHEMA, parse("{ __typename me { __typename: __typename kind: __typename name: __typename } }"))
