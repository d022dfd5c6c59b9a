"""Inputs that cannot be stored, and numbers nobody means: refused before a resolver sees them."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
import strawberry

from chassis.app import Subgraph, create_app
from chassis.context import Context
from chassis.database import Database
from chassis.money import Amount
from chassis.schema import Schema
from chassis.settings import Settings

pytestmark = pytest.mark.anyio


@strawberry.input
class Said:
    words: list[str]


@strawberry.federation.type(keys=["id"])
class Page:
    id: strawberry.ID

    @classmethod
    async def resolve_reference(cls, info: strawberry.Info, id: str) -> "Page":
        return Page(id=strawberry.ID(id))


@strawberry.type
class Query:
    @strawberry.field
    def echo(self, text: str | None = None, said: Said | None = None) -> str:
        return text or "".join(said.words if said else [])

    @strawberry.field
    def double(self, number: Decimal) -> Decimal:
        return number * 2


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    database = Database("postgresql://nowhere/pages")
    pages = Subgraph("pages", Schema(query=Query, types=[Page]), database, lambda viewer: Context(viewer=viewer))
    app = create_app([pages], Settings(), background=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pages") as asking:
        yield asking


async def ask(client: httpx.AsyncClient, query: str, **variables: Any) -> tuple[int, dict[str, Any]]:
    response = await client.post("/pages/graphql", json={"query": query, "variables": variables})
    return response.status_code, response.json()


@pytest.mark.parametrize(
    ("query", "variables", "where"),
    [
        ("query($t: String) { echo(text: $t) }", {"t": "a\0b"}, "$t holds"),
        ("query($s: Said) { echo(said: $s) }", {"s": {"words": ["a", "b\0"]}}, "$s.words[1] holds"),
        ("query($s: Said) { echo(said: $s) }", {"s": {"wo\0rds": []}}, "$s holds"),
        (
            "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }",
            {"r": [{"__typename": "Page", "id": "\0"}]},
            "$r[0].id holds",
        ),
    ],
)
async def test_a_text_with_u0000_in_a_variable_is_refused_by_its_place(
    client: httpx.AsyncClient, query: str, variables: dict[str, Any], where: str
):
    status, body = await ask(client, query, **variables)

    assert status == 400
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert where in body["errors"][0]["message"]


@pytest.mark.parametrize("text", [r'"a\u0000b"', r'"a\u{0}b"', r'"a\u{0000}b"'])
async def test_a_text_with_u0000_in_the_operation_is_refused(client: httpx.AsyncClient, text: str):
    status, body = await ask(client, f"{{ echo(text: {text}) }}")

    assert status == 400
    assert body["errors"][0]["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED"}
    assert "data" not in body


async def test_what_only_looks_like_it_is_a_text_like_any_other(client: httpx.AsyncClient):
    status, body = await ask(client, "query($t: String) { echo(text: $t) }", t="\\u0000")

    assert (status, body) == (200, {"data": {"echo": "\\u0000"}})


@pytest.mark.parametrize(
    ("number", "doubled"),
    [("1.50", "3.00"), (2, "4"), (0.1, "0.2"), ("-1e3", "-2E+3"), ("1e29", "2E+29"), ("1e-30", "2E-30")],
)
async def test_a_number_is_taken_as_it_was_written(client: httpx.AsyncClient, number: Any, doubled: str):
    _, body = await ask(client, "query($n: Decimal!) { double(number: $n) }", n=number)

    assert body == {"data": {"double": doubled}}


@pytest.mark.parametrize(
    "number",
    ["1e999999", "1e30", "-1e30", "1e-31", "9" * 31, "9" * 10_000, "NaN", "Infinity", "sNaN", "", "x", True, [1], {}],
)
async def test_a_number_nobody_means_is_refused(client: httpx.AsyncClient, number: Any):
    status, body = await ask(client, "query($n: Decimal!) { double(number: $n) }", n=number)

    assert status == 400
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert len(body["errors"][0]["message"]) < 1_000


async def test_and_so_it_is_in_the_operation_itself(client: httpx.AsyncClient):
    status, body = await ask(client, "{ double(number: 1e999999) }")

    assert status == 400
    assert "double" not in str(body.get("data"))


@pytest.mark.parametrize("amount", ["1e999999", "1e16", "-1e16"])
def test_no_amount_of_money_is_that_large(amount: str):
    with pytest.raises(ValueError, match="more money"):
        Amount.of(amount)


def test_the_largest_amount_is_one_a_database_can_store():
    assert Amount.of("9999999999999999.99").minor < 2**63
