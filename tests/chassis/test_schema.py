"""Entities that hold whatever is asked, declared authorization that is enforced, and refusals as data."""

import copy
from typing import Any

import pytest
from graphql import GraphQLUnionType, build_schema

from chassis.documents import Limits
from chassis.schema import Schema
from chassis.viewer import Viewer
from tests.chassis.toy import Context, Loads, Mutation, Query

pytestmark = pytest.mark.anyio

ENTITIES = """query($r: [_Any!]!) { _entities(representations: $r) {
  __typename ... on Toy { id name shipping } ... on Needy { id }
} }"""


@pytest.fixture
def schema() -> Schema:
    return Schema(query=Query, mutation=Mutation)


async def run(schema: Schema, query: str, variables: dict | None = None, *, viewer: Viewer | None = None, loads=None):
    context = Context(viewer=viewer or Viewer(), loads=loads or Loads())
    return await schema.execute(query, variables, context_value=context)


async def entities(schema: Schema, *representations: Any, **more: Any):
    return await run(schema, ENTITIES, {"r": list(representations)}, **more)


def toy(id: str, **more: Any) -> dict[str, Any]:
    return {"__typename": "Toy", "id": id, **more}


async def test_fifty_references_are_loaded_at_once(schema: Schema):
    loads = Loads()

    answer = await entities(schema, *(toy(str(number)) for number in range(50)), loads=loads)

    assert len(loads.batches) == 1
    assert [each["name"] for each in answer.data["_entities"]] == [f"toy {number}" for number in range(50)]


async def test_an_unexpected_field_does_not_lose_the_entity(schema: Schema):
    answer = await entities(schema, toy("1", colour="red", nested={"a": [1]}))

    assert answer.errors is None
    assert answer.data["_entities"][0]["name"] == "toy 1"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"__typename": "Nope", "id": "1"}, "no entity 'Nope'"),
        ({"__typename": "Query"}, "no entity 'Query'"),
        ({"__typename": "String"}, "no entity 'String'"),
        ({"__typename": "Elsewhere", "sku": "1"}, "no entity 'Elsewhere'"),
        ({"__typename": 7}, "__typename"),
        ({"id": "1"}, "__typename"),
        (7, "__typename"),
        ("Toy", "__typename"),
        ({"__typename": "Needy", "id": "1"}, "lacks size"),
        ({"__typename": "Toy", "id": True}, "key 'id'"),
        ({"__typename": "Toy", "id": ["1"]}, "key 'id'"),
        ({"__typename": "Toy", "id": "boom"}, ""),
    ],
)
async def test_a_bad_reference_fails_alone(schema: Schema, wrong: Any, message: str):
    answer = await entities(schema, toy("1"), wrong, toy("2"))

    before, failed, after = answer.data["_entities"]
    assert (before["name"], failed, after["name"]) == ("toy 1", None, "toy 2")
    assert [error.path for error in answer.errors] == [["_entities", 1]]
    assert message in answer.errors[0].message


async def test_an_unknown_reference_is_null_without_an_error(schema: Schema):
    answer = await entities(schema, toy("gone"))

    assert answer.errors is None
    assert answer.data["_entities"] == [None]


async def test_the_callers_references_stay_as_they_were(schema: Schema):
    given = [toy("1", weight={"grams": 3}), {"__typename": "Needy", "id": "1", "size": {"w": 1}}]
    before = copy.deepcopy(given)

    answer = await entities(schema, *given)

    assert answer.errors is None
    assert given == before


async def test_required_fields_arrive_with_the_reference(schema: Schema):
    answer = await entities(schema, toy("1", weight={"grams": 3}))

    assert answer.data["_entities"][0]["shipping"] == "for {'grams': 3}"


async def test_a_second_key_is_read_in_snake_case(schema: Schema):
    answer = await entities(schema, {"__typename": "Toy", "serialNumber": "77"})

    assert answer.data["_entities"][0]["name"] == "toy 77"


async def test_a_number_is_as_good_as_its_text_for_a_key(schema: Schema):
    answer = await entities(schema, toy(7))  # type: ignore[arg-type]

    assert answer.data["_entities"][0]["name"] == "toy 7"


async def test_an_entity_interface_answers_the_concrete_type(schema: Schema):
    answer = await entities(schema, {"__typename": "Thing", "id": "5"})

    assert answer.data["_entities"] == [
        {"__typename": "Toy", "id": "5", "name": "toy 5", "shipping": "for None"},
    ]


async def test_too_many_references_are_refused(schema: Schema):
    schema.limit(Limits(), entities_max=3)

    answer = await entities(schema, *(toy(str(number)) for number in range(4)))

    assert answer.errors[0].extensions["code"] == "ENTITY_LIMIT_EXCEEDED"


def test_two_schemas_in_one_process_keep_their_own_entities():
    import strawberry

    @strawberry.federation.type(keys=["id"])
    class Other:
        id: strawberry.ID

    @strawberry.type
    class OtherQuery:
        other: Other | None = None

    first, second = Schema(query=Query), Schema(query=OtherQuery)

    def members(schema: Schema) -> set[str]:
        union = schema.core.type_map["_Entity"]
        assert isinstance(union, GraphQLUnionType)
        return {each.name for each in union.types}

    assert members(first) == {"Toy", "Needy", "Elsewhere"}
    assert members(second) == {"Other"}


def test_the_printed_schema_links_the_federation_directives_it_uses(schema: Schema):
    build_schema(schema.sdl, assume_valid=True)
    assert 'url: "https://specs.apollo.dev/federation/v2.9"' in schema.sdl
    assert 'type Elsewhere @key(fields: "sku", resolvable: false)' in schema.sdl
    assert 'secret: String @requiresScopes(scopes: [["toys:read", "toys:all"], ["toys:admin"]])' in schema.sdl
    assert schema.sdl.endswith("}\n")


@pytest.mark.parametrize(
    ("viewer", "code"),
    [
        (Viewer(), "UNAUTHENTICATED"),
        (Viewer(user_id="u"), "FORBIDDEN"),
        (Viewer(user_id="u", scopes=frozenset({"toys:read"})), "FORBIDDEN"),
        (Viewer(user_id="u", scopes=frozenset({"toys:read", "toys:all"})), None),
        (Viewer(user_id="u", scopes=frozenset({"toys:admin"})), None),
        (Viewer(internal=True), None),
    ],
)
async def test_declared_scopes_are_enforced_by_root_field_and_by_reference(
    schema: Schema, viewer: Viewer, code: str | None
):
    by_field = await run(schema, "{ toys { secret } }", viewer=viewer)
    by_reference = await run(
        schema,
        'query { _entities(representations: [{__typename: "Toy", id: "1"}]) { ... on Toy { secret } } }',
        viewer=viewer,
    )

    for answer in (by_field, by_reference):
        assert [error.extensions["code"] for error in answer.errors or []] == ([code] if code else [])
    assert by_field.data == {"toys": [{"secret": None if code else "secret"}]}


async def test_a_type_that_needs_a_viewer_guards_each_of_its_fields(schema: Schema):
    assert (await run(schema, "{ private { value } }")).data == {"private": None}
    assert (await run(schema, "{ private { value } }", viewer=Viewer(user_id="u"))).data == {
        "private": {"value": "value"}
    }


MEND = """mutation($how: String!) { mendIt(how: $how) {
  __typename ... on MendSuccess { name } ... on Refusal { code message field } ... on Broken { price { amount currency } }
} }"""


async def test_a_refusal_is_a_member_of_the_union_with_its_facts(schema: Schema):
    answer = await run(schema, MEND, {"how": "break"})

    assert answer.data["mendIt"] == {
        "__typename": "Broken",
        "code": "UNAVAILABLE",
        "message": "It broke.",
        "field": ["how"],
        "price": {"amount": "19.99", "currency": "USD"},
    }


async def test_a_success_is_a_member_too(schema: Schema):
    assert (await run(schema, MEND, {"how": "glue"})).data["mendIt"] == {"__typename": "MendSuccess", "name": "glue"}
    assert "union MendItResult = MendSuccess | Broken | NotFound" in schema.sdl
    assert '"""Mend it."""\n  mendIt(how: String!): MendItResult!' in schema.sdl


async def test_a_refusal_the_mutation_does_not_list_rises_as_an_error(schema: Schema):
    answer = await run(schema, MEND, {"how": "mistype"})

    assert answer.data is None
    assert answer.errors[0].message == "Not listed here."
