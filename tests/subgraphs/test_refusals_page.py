"""docs/refusals.md says what the subgraphs do, and every mutation has a refusal to name."""

import pytest
from graphql import GraphQLUnionType, build_schema, get_named_type

from chassis.settings import Settings
from subgraphs import NAMES, refusals
from subgraphs.cli import load

SCHEMAS = {name: load(name, Settings()).schema.sdl for name in NAMES}


def test_the_page_is_what_the_subgraphs_answer() -> None:
    assert refusals.PAGE.read_text(encoding="utf-8") == refusals.page(SCHEMAS), "run: subgraphs refusals --write"


@pytest.mark.parametrize("name", NAMES)
def test_every_mutation_answers_a_union_with_one_success(name: str) -> None:
    schema = build_schema(SCHEMAS[name], assume_valid=True)
    assert schema.mutation_type is not None

    for mutation, field in schema.mutation_type.fields.items():
        answer = get_named_type(field.type)
        assert isinstance(answer, GraphQLUnionType), mutation
        refuses = [any(each.name == "Refusal" for each in member.interfaces) for member in answer.types]
        assert refuses.count(False) == 1, mutation
